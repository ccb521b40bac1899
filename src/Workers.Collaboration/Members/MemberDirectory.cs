using Ethereum;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Envelopes;

namespace Workers.Collaboration.Members;

/// <summary>Members by their entries on chain.</summary>
internal sealed class MemberDirectory(IServiceScopeFactory scopes) : IMemberDirectory
{
    /// <inheritdoc/>
    public async ValueTask<MemberEntry?> FindAsync(Address account, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CollaborationDb>();
        return await db.Members.AsNoTracking().SingleOrDefaultAsync(m => m.Account == account && m.IsActive, cancellationToken) is { } row ? EntryOf(row) : null;
    }

    /// <summary>The entry that a row holds.</summary>
    public static MemberEntry EntryOf(MemberRow row) => new(row.Account, row.PublicKey, row.Endpoint);
}
