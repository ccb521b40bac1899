using Ethereum;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Data;
using Workers.Hosting.Envelopes;

namespace Workers.Hosting.Members;

/// <summary>Members by their entries on chain, as a worker with this database follows them.</summary>
public sealed class MemberDirectory<TDb>(IServiceScopeFactory scopes) : IMemberDirectory
    where TDb : WorkerDbContext
{
    /// <inheritdoc/>
    public async ValueTask<MemberEntry?> FindAsync(Address account, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        return await db.Set<MemberRow>().AsNoTracking().SingleOrDefaultAsync(m => m.Account == account && m.IsActive, cancellationToken) is { } row ? row.ToEntry() : null;
    }
}
