namespace Workers.Encryption.Applications;

/// <summary>An application installed in this house.</summary>
public sealed class ApplicationRow
{
    /// <summary>keccak256 of the package's CID, 0x hex: its name on chain.</summary>
    public required string ApplicationId { get; init; }

    /// <summary>The package's CID: the application's id (paper 0).</summary>
    public required string Cid { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset InstalledAt { get; init; }
}
