namespace Mechanisms.Datasets;

/// <summary>How much a file may hold. Checked before memory is taken for it.</summary>
/// <param name="MaxNumbers">Numbers of one array, at most 2^27 (a gibibyte of doubles).</param>
public sealed record DatasetLimits(int MaxNumbers = 1 << 26)
{
    private const int Highest = 1 << 27;

    /// <inheritdoc cref="DatasetLimits(int)"/>
    public int MaxNumbers { get; } = MaxNumbers is > 0 and <= Highest
        ? MaxNumbers
        : throw new ArgumentOutOfRangeException(nameof(MaxNumbers), MaxNumbers, $"From 1 to {Highest}.");
}
