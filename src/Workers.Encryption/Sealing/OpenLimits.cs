namespace Workers.Encryption.Sealing;

/// <summary>What opening a sealed blob may write to disk at most.</summary>
public sealed record OpenLimits
{
    /// <summary>Bytes of all files together. Default: 64 GiB.</summary>
    public long MaxBytes { get; init; } = 64L << 30;

    /// <summary>Number of files. Default: 1,000,000.</summary>
    public int MaxFiles { get; init; } = 1_000_000;
}
