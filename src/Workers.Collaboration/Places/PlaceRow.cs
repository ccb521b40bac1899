using Ethereum;
using Workers.Hosting.Data;

namespace Workers.Collaboration.Places;

/// <summary>Where this member's device is, and whom its radio hears. One row; what was before is forgotten.</summary>
public sealed class PlaceRow : IVersioned
{
    /// <summary>The only row's.</summary>
    public const int TheOne = 1;

    public int Id { get; init; } = TheOne;

    /// <summary>Millionths of a degree.</summary>
    public int Latitude { get; set; }

    /// <summary>Millionths of a degree.</summary>
    public int Longitude { get; set; }

    /// <summary>Accounts, separated by spaces.</summary>
    public string Heard { get; set; } = "";

    public DateTimeOffset At { get; set; }

    public int Version { get; set; }

    /// <summary>Accounts of the members that the radio hears.</summary>
    public IReadOnlyList<Address> HeardAccounts() => [.. Heard.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Address.Parse)];
}
