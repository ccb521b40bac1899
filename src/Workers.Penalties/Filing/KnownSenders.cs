using Ethereum;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Penalties.Attesting;

namespace Workers.Penalties.Filing;

/// <summary>Whom this house hears: the other attestors that its operator lists, then members and location services as the chain knows them.</summary>
internal sealed class KnownSenders(IServiceScopeFactory scopes, MemberDirectory<PenaltiesDb> members, IOptions<AttestingOptions> options) : IMemberDirectory
{
    private readonly Dictionary<Address, MemberEntry> _houses = options.Value.Houses.Select(h => h.Value.ToEntry(h.Key)).ToDictionary(e => e.Account);

    /// <inheritdoc/>
    public async ValueTask<MemberEntry?> FindAsync(Address account, CancellationToken cancellationToken)
    {
        if ((_houses.GetValueOrDefault(account) ?? await members.FindAsync(account, cancellationToken)) is { } known)
        {
            return known;
        }

        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PenaltiesDb>();
        return await db.Services.AsNoTracking().SingleOrDefaultAsync(s => s.Account == account && s.IsOffered, cancellationToken) is { } service ? service.ToEntry() : null;
    }
}
