namespace Mechanisms.Mobility;

/// <summary>How much a file may hold. A file is held in memory while it is read; GeoJSON takes up to about twelve times its bytes then.</summary>
/// <param name="MaxBytes">Bytes of a file, at most 2^30.</param>
/// <param name="MaxLineBytes">Bytes of a line, for the formats that have lines (PLT, CSV), and of a name or category in all of them.</param>
/// <param name="MaxPoints">Points of a file, over all of its tracks.</param>
public sealed record MobilityLimits(int MaxBytes = 16 << 20, int MaxLineBytes = 4 << 10, int MaxPoints = 1_000_000)
{
    /// <summary>Elements or values within each other, for the formats that nest (GPX, GeoJSON).</summary>
    public const int MaxDepth = 32;

    /// <inheritdoc cref="MobilityLimits(int, int, int)"/>
    public int MaxBytes { get; } = MaxBytes is > 0 and <= 1 << 30
        ? MaxBytes
        : throw new ArgumentOutOfRangeException(nameof(MaxBytes), MaxBytes, $"From 1 to {1 << 30}.");

    /// <inheritdoc cref="MobilityLimits(int, int, int)"/>
    public int MaxLineBytes { get; } = MaxLineBytes > 0
        ? MaxLineBytes
        : throw new ArgumentOutOfRangeException(nameof(MaxLineBytes), MaxLineBytes, "At least 1.");

    /// <inheritdoc cref="MobilityLimits(int, int, int)"/>
    public int MaxPoints { get; } = MaxPoints > 0
        ? MaxPoints
        : throw new ArgumentOutOfRangeException(nameof(MaxPoints), MaxPoints, "At least 1.");
}
