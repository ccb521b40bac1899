using System.Collections.Immutable;

namespace Mechanisms.Datasets;

/// <summary>What a session asks of every shard, so that the shards of all providers can be compared.</summary>
/// <param name="SamplesPerShard">Samples in each shard, 1 to 10,000.</param>
/// <param name="SampleShape">Dimensions of one sample, one to four, each at least 1.</param>
/// <param name="Classes">Number of classes, 2 to 10,000.</param>
public sealed record ShardConfiguration(int SamplesPerShard, ImmutableArray<int> SampleShape, int Classes)
{
    private const int MaxRank = 4;
    private const long MaxNumbers = 1 << 26;

    /// <inheritdoc cref="ShardConfiguration"/>
    public int SamplesPerShard { get; } = InRange(SamplesPerShard, 1, 10_000, nameof(SamplesPerShard));

    /// <inheritdoc cref="ShardConfiguration"/>
    public int Classes { get; } = InRange(Classes, 2, 10_000, nameof(Classes));

    /// <inheritdoc cref="ShardConfiguration"/>
    public ImmutableArray<int> SampleShape { get; } = Checked(SampleShape, SamplesPerShard);

    /// <summary>Numbers in one sample.</summary>
    public int SampleLength => SampleShape.Aggregate(1, (product, length) => product * length);

    /// <summary>
    /// Cuts a provider's data into shards. Samples are drawn into them at random, so that every shard is as good as the whole; what does
    /// not fill a last shard is left out.
    /// </summary>
    /// <param name="data">Samples of the session's shape and classes.</param>
    /// <param name="seed">Decides which sample falls into which shard.</param>
    /// <exception cref="ArgumentException">The data is of another shape or has other classes, or does not fill one shard.</exception>
    public IReadOnlyList<Dataset> Split(Dataset data, int seed)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!data.SampleShape.Extents.SequenceEqual(SampleShape) || data.Classes != Classes)
        {
            throw new ArgumentException(
                $"The data has samples of ({string.Join(", ", data.SampleShape.Extents)}) in {data.Classes} classes; the session asks for ({string.Join(", ", SampleShape)}) in {Classes}.", nameof(data));
        }

        var shards = data.Count / SamplesPerShard;
        if (shards == 0)
        {
            throw new ArgumentException($"{data.Count} samples do not fill one shard of {SamplesPerShard}.", nameof(data));
        }

        int[] order = [.. Enumerable.Range(0, data.Count)];
        new Random(seed).Shuffle(order);
        return [.. Enumerable.Range(0, shards).Select(s => data.Select(order.AsSpan(s * SamplesPerShard, SamplesPerShard)))];
    }

    private static ImmutableArray<int> Checked(ImmutableArray<int> shape, int samples)
    {
        InRange(shape.Length, 1, MaxRank, nameof(shape));
        long numbers = samples;
        foreach (var length in shape)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(length, 1, nameof(shape));
            numbers *= length;
            ArgumentOutOfRangeException.ThrowIfGreaterThan(numbers, MaxNumbers, nameof(shape));
        }

        return shape;
    }

    private static int InRange(int value, int least, int most, string name) =>
        value >= least && value <= most ? value : throw new ArgumentOutOfRangeException(name, value, $"From {least} to {most}.");
}
