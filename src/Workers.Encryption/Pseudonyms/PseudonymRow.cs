namespace Workers.Encryption.Pseudonyms;

/// <summary>A name under which the owner appears on chain: a key pair in use from one moment to another.</summary>
public sealed class PseudonymRow
{
    /// <summary>The account, lower-case 0x hex.</summary>
    public required string Address { get; init; }

    public required string ApplicationId { get; init; }

    /// <summary>The secp256k1 private key, wrapped by the master key.</summary>
    public required byte[] WrappedPrivateKey { get; init; }

    public required DateTimeOffset EnabledAt { get; init; }

    /// <summary>Empty while in use.</summary>
    public DateTimeOffset? ExpiredAt { get; set; }
}
