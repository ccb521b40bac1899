using Ethereum;
using Microsoft.Extensions.Options;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;

namespace LocationService;

/// <summary>The market's members, as the chain tells them, and the accounts that the operator lists. Those ask and are never asked, so they need no endpoint.</summary>
internal sealed class Customers(MemberDirectory<LocationServiceDb> members, IOptions<LocationServiceOptions> options) : IMemberDirectory
{
    private readonly Dictionary<Address, MemberEntry> _entries = options.Value.Customers
        .Select(customer => new MemberEntry(Address.Parse(customer.Key), Hex.Parse(customer.Value), Endpoint: ""))
        .ToDictionary(entry => entry.Account);

    /// <inheritdoc/>
    public async ValueTask<MemberEntry?> FindAsync(Address account, CancellationToken cancellationToken) =>
        await members.FindAsync(account, cancellationToken) ?? _entries.GetValueOrDefault(account);
}
