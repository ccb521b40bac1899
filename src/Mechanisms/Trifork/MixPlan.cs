namespace Mechanisms.Trifork;

/// <summary>How a dataset is mixed.</summary>
/// <param name="Format">What its units are.</param>
/// <param name="DecoyShare">Decoys for each unit of the dataset, above 0; at least one is taken.</param>
/// <param name="BucketBits">See <see cref="MixPlan.BucketBitsFor"/>.</param>
/// <param name="Generator">What draws the permutation.</param>
public sealed record Mixing(UnitFormat Format, double DecoyShare, int BucketBits, TriforkParameters Generator);

/// <summary>What, with the seed, undoes a mixing.</summary>
/// <param name="Format">What the units are.</param>
/// <param name="Units">N, units of the dataset.</param>
/// <param name="MixedUnits">N_rand, units with the decoys; above N.</param>
/// <param name="Length">Bytes of the dataset; its last unit may have been filled up.</param>
/// <param name="BucketBits">The units were dealt to 2^this buckets, each of which was shuffled in memory; 0 to 12.</param>
/// <param name="Generator">What drew the permutation.</param>
public sealed record MixPlan(UnitFormat Format, long Units, long MixedUnits, long Length, int BucketBits, TriforkParameters Generator)
{
    /// <summary>Most bits: 4,096 buckets.</summary>
    public const int MaxBucketBits = 12;

    /// <summary>Bytes that a bucket should hold: what is in memory at a time.</summary>
    public const long BucketLength = 32 << 20;

    /// <summary>The bits for a dataset of some length.</summary>
    /// <param name="length">Bytes with the decoys.</param>
    /// <exception cref="ArgumentOutOfRangeException">Above 128 GiB.</exception>
    public static int BucketBitsFor(long length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, BucketLength << MaxBucketBits);
        var bits = 0;
        while (length > BucketLength << bits)
        {
            bits++;
        }

        return bits;
    }
}
