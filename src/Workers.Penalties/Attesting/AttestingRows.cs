using Ethereum;
using Workers.Hosting.Data;

namespace Workers.Penalties.Attesting;

/// <summary>An account that this house has vouched for.</summary>
public sealed class AdmissionRow : IVersioned
{
    public required Address Member { get; init; }

    /// <summary>Whose it is: an account belongs to one person for ever.</summary>
    public required Hash32 Subject { get; init; }

    public required DateTimeOffset At { get; init; }

    public int Version { get; set; }
}

/// <summary>What another attestor said to this house's standings.</summary>
public sealed class SignatureRow : IVersioned
{
    public required long Round { get; init; }

    public required Address Attestor { get; init; }

    /// <summary>Of the attestation that it was asked to sign.</summary>
    public Hash32 Digest { get; set; }

    public byte[]? Signature { get; set; }

    /// <summary>Why it does not sign.</summary>
    public string? Problem { get; set; }

    public int Version { get; set; }
}
