using Mechanisms.Datasets;

namespace Mechanisms.Trifork;

/// <summary>
/// Mixes the units of a dataset with decoys in an order of which each is equally likely, and brings them back, in constant memory: every unit is
/// dealt to a bucket at random, and every bucket is shuffled by itself (Rao, Sankhyā A 23, 1961; Sandelius, JRSS B 24, 1962).
/// </summary>
/// <remarks>
/// The generator's words are used in this order: a bucket for each of the N_rand units, the dataset's before the decoys; then the shuffles,
/// bucket after bucket. The mixed dataset is the buckets one after the other.
/// </remarks>
public static class UnitMixer
{
    /// <summary>Mixes a dataset.</summary>
    /// <param name="mixing">How.</param>
    /// <param name="dataset">The dataset's units, none given out yet.</param>
    /// <param name="decoys">Units of the same format; as many are taken as are needed.</param>
    /// <param name="start">Starts a generator with these parameters from the seed, the key of the whole.</param>
    /// <param name="openBucket">Opens an empty stream for a bucket that can be written, sought and read; it is disposed here.</param>
    /// <param name="mixed">Takes the mixed units.</param>
    /// <exception cref="DatasetFileException">The dataset is empty or not what its format says.</exception>
    /// <exception cref="ArgumentException">There are not enough decoys.</exception>
    public static async Task<MixPlan> MixAsync(
        Mixing mixing, UnitReader dataset, IAsyncEnumerable<ReadOnlyMemory<byte>> decoys, Func<TriforkParameters, TriforkGenerator> start,
        Func<int, Stream> openBucket, Stream mixed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(mixing);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(start);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(mixing.DecoyShare, nameof(mixing));
        using var generator = start(mixing.Generator);
        await using var buckets = new Buckets(mixing.BucketBits, openBucket);
        while (await dataset.ReadAsync(cancellationToken) is { } unit)
        {
            await buckets.AddAsync((int)generator.Bits(mixing.BucketBits), unit, cancellationToken);
        }

        if (dataset.Units == 0)
        {
            throw new DatasetFileException(dataset.Name, 0, "The file is empty.");
        }

        var wanted = checked((long)Math.Ceiling(dataset.Units * mixing.DecoyShare));
        var left = wanted;
        await foreach (var decoy in decoys.WithCancellation(cancellationToken))
        {
            await buckets.AddAsync((int)generator.Bits(mixing.BucketBits), decoy, cancellationToken);
            if (--left == 0)
            {
                break;
            }
        }

        if (left > 0)
        {
            throw new ArgumentException($"There are {wanted - left} decoys; {wanted} are needed.", nameof(decoys));
        }

        var units = new UnitList(buckets.Capacity);
        for (var bucket = 0; bucket < buckets.Count; bucket++)
        {
            await buckets.LoadAsync(bucket, units, cancellationToken);
            generator.Permute(units.Order);
            for (var i = 0; i < units.Count; i++)
            {
                await mixed.WriteAsync(units[units.Order[i]], cancellationToken);
            }
        }

        return new MixPlan(mixing.Format, dataset.Units, dataset.Units + wanted, dataset.Length, mixing.BucketBits, mixing.Generator);
    }

    /// <summary>Brings a dataset back.</summary>
    /// <param name="plan">What the mixing returned.</param>
    /// <param name="mixed">The mixed units, none given out yet.</param>
    /// <param name="start">As for mixing. Another seed gives another order of the units, or none.</param>
    /// <param name="openBucket">As for mixing.</param>
    /// <param name="dataset">Takes the dataset.</param>
    /// <exception cref="DatasetFileException">The mixed file does not have the plan's units.</exception>
    public static async Task RecoverAsync(
        MixPlan plan, UnitReader mixed, Func<TriforkParameters, TriforkGenerator> start, Func<int, Stream> openBucket, Stream dataset, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(mixed);
        using var shuffles = start(plan.Generator);
        await using var buckets = new Buckets(plan.BucketBits, openBucket);
        var (all, own) = (new int[buckets.Count], new int[buckets.Count]);
        for (long unit = 0; unit < plan.MixedUnits; unit++)
        {
            var bucket = (int)shuffles.Bits(plan.BucketBits);
            all[bucket]++;
            own[bucket] += unit < plan.Units ? 1 : 0;
        }

        var units = new UnitList(buckets.Capacity);
        for (var bucket = 0; bucket < buckets.Count; bucket++)
        {
            await RestoreAsync(bucket, all[bucket], own[bucket]);
        }

        if (await mixed.ReadAsync(cancellationToken) is not null)
        {
            throw new DatasetFileException(mixed.Name, mixed.Length, $"There are more than {plan.MixedUnits} units.");
        }

        using var deals = start(plan.Generator);
        var left = plan.Length;
        for (long unit = 0; unit < plan.Units; unit++)
        {
            var next = await buckets.NextAsync((int)deals.Bits(plan.BucketBits), cancellationToken);
            var length = (int)Math.Min(next.Length, left);
            await dataset.WriteAsync(next[..length], cancellationToken);
            left -= length;
        }

        if (left > 0)
        {
            throw new DatasetFileException(mixed.Name, mixed.Length, $"{left} bytes of the dataset are missing.");
        }

        async Task RestoreAsync(int bucket, int count, int kept)
        {
            units.Clear();
            for (var i = 0; i < count; i++)
            {
                units.Add((await mixed.ReadAsync(cancellationToken)
                    ?? throw new DatasetFileException(mixed.Name, mixed.Length, $"There are {mixed.Units} units; {plan.MixedUnits} are expected.")).Span);
            }

            var places = new int[count];
            shuffles.Permute(units.Order);
            for (var i = 0; i < count; i++)
            {
                places[units.Order[i]] = i;
            }

            for (var i = 0; i < kept; i++)
            {
                await buckets.AddAsync(bucket, units[places[i]], cancellationToken);
            }

            await buckets.RewindAsync(bucket, cancellationToken);
        }
    }
}
