using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Mechanisms.Datasets;
using Mechanisms.Learning.Numerics;
using Mechanisms.Learning.Training;

namespace Mechanisms.Learning.Scores;

/// <summary>
/// What each training sample contributes to a K-nearest-neighbour classifier, as exact Shapley values: O(N log N) for a
/// validation sample. Jia, Dao, Wang, Hubis, Gurel, Li, Zhang, Spanos and Song, PVLDB 12(11), 2019, Theorem 1.
/// </summary>
/// <remarks>
/// The worth of a set of training samples is the mean, over the validation samples, of the share of its K nearest that have
/// the right label: v(S) = 1/K · Σ over the min(K, |S|) nearest of [label is right], so v(∅) = 0. Distances are Euclidean;
/// of equally distant samples the first counts as nearer. The values of all samples add up to v of all (efficiency).
/// </remarks>
public static class KnnShapley
{
    /// <summary>The value of every training sample.</summary>
    /// <param name="training">Samples to be valued.</param>
    /// <param name="validation">Samples with features of the same shape.</param>
    /// <param name="neighbours">K, 1 or more.</param>
    /// <param name="threads">How many threads may work; the result does not depend on it.</param>
    /// <param name="cancellation">Looked at before each validation sample.</param>
    /// <returns>One value for each training sample, between −1/K and 1/K, in accuracy (1 is 100 %).</returns>
    /// <exception cref="TrainingException">The features' shapes differ.</exception>
    public static double[] Values(Dataset training, Dataset validation, int neighbours, int threads, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(validation);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(neighbours);
        if (!training.SampleShape.Equals(validation.SampleShape))
        {
            throw new TrainingException($"Training samples of {training.SampleShape} cannot be compared with validation samples of {validation.SampleShape}.");
        }

        // Blocks of validation samples, added in their order: the sum does not depend on who computed what.
        const int Block = 64;
        var sums = new double[training.Count];
        for (var start = 0; start < validation.Count; start += Block)
        {
            var values = new double[Math.Min(Block, validation.Count - start)][];
            Workers.For(values.Length, (long)values.Length * training.Samples.Shape.Count >> 16, threads, i =>
            {
                cancellation.ThrowIfCancellationRequested();
                values[i] = OfOne(training, validation, start + i, neighbours);
            });
            foreach (var one in values)
            {
                TensorPrimitives.Add<double>(sums, one, sums);
            }
        }

        TensorPrimitives.Divide<double>(sums, validation.Count, sums);
        return sums;
    }

    /// <summary>The values of shards: the sum over each one's samples (Shapley values add up).</summary>
    /// <param name="values">One for each training sample.</param>
    /// <param name="shards">The shard of each training sample, from 0.</param>
    /// <param name="count">How many shards there are.</param>
    public static double[] PerShard(ReadOnlySpan<double> values, ReadOnlySpan<int> shards, int count)
    {
        if (values.Length != shards.Length)
        {
            throw new ArgumentException($"{values.Length} values belong to {shards.Length} samples.", nameof(shards));
        }

        var sums = new CompensatedSum[count];
        for (var i = 0; i < values.Length; i++)
        {
            sums[shards[i]].Add(values[i]);
        }

        return [.. sums.Select(sum => sum.Value)];
    }

    private static double[] OfOne(Dataset training, Dataset validation, int sample, int neighbours)
    {
        var (count, size) = (training.Count, training.SampleShape.Count);
        var query = validation.Samples.Values.Slice(sample * size, size);
        var (distances, order) = (new float[count], new int[count]);
        for (var i = 0; i < count; i++)
        {
            distances[i] = SquaredDistance(query, training.Samples.Values.Slice(i * size, size));
            order[i] = i;
        }

        // Array.Sort is not stable: the order among equals is made part of the key.
        Array.Sort(order, (a, b) => distances[a].CompareTo(distances[b]) is var c && c != 0 ? c : a.CompareTo(b));

        // From the farthest inwards. The paper has 1/N for the farthest, which is this for K ≤ N.
        var label = validation.Labels[sample];
        double Right(int rank) => training.Labels[order[rank - 1]] == label ? 1 : 0;
        var values = new double[count];
        var value = Right(count) / neighbours * Math.Min(neighbours, count) / count;
        values[order[count - 1]] = value;
        for (var rank = count - 1; rank >= 1; rank--)
        {
            value += (Right(rank) - Right(rank + 1)) / neighbours * Math.Min(neighbours, rank) / rank;
            values[order[rank - 1]] = value;
        }

        return values;
    }

    /// <summary>Sixteen running sums, then one after the other: the same bits with vectors of any width.</summary>
    private static float SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ref var left = ref MemoryMarshal.GetReference(a);
        ref var right = ref MemoryMarshal.GetReference(b);
        var sums = Vector512<float>.Zero;
        var i = 0;
        for (; i <= a.Length - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            var difference = Vector512.LoadUnsafe(ref left, (nuint)i) - Vector512.LoadUnsafe(ref right, (nuint)i);
            sums = Vector512.FusedMultiplyAdd(difference, difference, sums);
        }

        var sum = 0f;
        for (var lane = 0; lane < Vector512<float>.Count; lane++)
        {
            sum += sums[lane];
        }

        for (; i < a.Length; i++)
        {
            var difference = a[i] - b[i];
            sum += difference * difference;
        }

        return sum;
    }
}
