using Ethereum;
using Microsoft.Extensions.Options;
using Workers.Hosting.Envelopes;

namespace LocationService;

/// <summary>The accounts that the operator lists. They ask and are never asked, so they need no endpoint.</summary>
internal sealed class Customers(IOptions<LocationServiceOptions> options) : IMemberDirectory
{
    private readonly Dictionary<Address, MemberEntry> _entries = options.Value.Customers
        .Select(customer => new MemberEntry(Address.Parse(customer.Key), Hex.Parse(customer.Value), Endpoint: ""))
        .ToDictionary(entry => entry.Account);

    /// <inheritdoc/>
    public ValueTask<MemberEntry?> FindAsync(Address account, CancellationToken cancellationToken) => new(_entries.GetValueOrDefault(account));
}
