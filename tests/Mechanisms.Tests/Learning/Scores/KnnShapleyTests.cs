using Mechanisms.Datasets;
using Mechanisms.Learning;
using Mechanisms.Learning.Scores;
using Mechanisms.Learning.Training;

namespace Mechanisms.Tests.Learning.Scores;

public class KnnShapleyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(12)]
    public void Values_are_the_mean_contributions_over_all_subsets(int neighbours)
    {
        for (var seed = 0; seed < 6; seed++)
        {
            var random = new Random(seed);
            var (training, validation) = (Draw(random, random.Next(1, 9)), Draw(random, 4));
            var values = KnnShapley.Values(training, validation, neighbours, 2, Cancellation);
            for (var i = 0; i < training.Count; i++)
            {
                Assert.Equal(BruteForce(training, validation, neighbours, i), values[i], 1e-12);
            }
        }
    }

    [Fact]
    public void Values_add_up_to_the_worth_of_all_samples_on_any_number_of_threads()
    {
        var random = new Random(77);
        var (training, validation) = (Draw(random, 500, 40), Draw(random, 150, 40));
        var values = KnnShapley.Values(training, validation, 5, 1, Cancellation);
        Assert.Equal(Worth(training, validation, 5, [.. Enumerable.Range(0, 500)]), values.Sum(), 1e-12);
        Assert.Equal(values, KnnShapley.Values(training, validation, 5, 3, Cancellation));
        var shards = Enumerable.Range(0, 500).Select(i => i % 7).ToArray();
        var sums = KnnShapley.PerShard(values, shards, 7);
        Assert.Equal(values.Where((_, i) => i % 7 == 3).Sum(), sums[3], 1e-12);
        Assert.Equal(values.Sum(), sums.Sum(), 1e-12);
    }

    [Fact]
    public void A_shard_with_wrong_labels_is_worth_less()
    {
        var random = new Random(5);
        var (training, validation) = (Clusters(random, 200, wrong: 40), Clusters(random, 100, wrong: 0));
        var sums = KnnShapley.PerShard(KnnShapley.Values(training, validation, 5, 2, Cancellation), [.. Enumerable.Range(0, 200).Select(i => i / 40)], 5);
        Assert.Equal(sums.Min(), sums[0]);
        Assert.True(sums[0] < 0 && sums[1..].Min() > 0, string.Join(' ', sums));
    }

    [Fact]
    public void Samples_of_another_shape_are_refused() =>
        Assert.Throws<TrainingException>(() => KnnShapley.Values(Draw(new Random(1), 5, 3), Draw(new Random(1), 5, 4), 1, 1, Cancellation));

    /// <summary>Shapley's definition: Σ over S without i of |S|! (n−1−|S|)! / n! · (v(S ∪ i) − v(S)).</summary>
    private static double BruteForce(Dataset training, Dataset validation, int neighbours, int sample)
    {
        var value = 0.0;
        var n = training.Count;
        for (var set = 0u; set < 1u << n; set++)
        {
            if ((set >> sample & 1) == 0)
            {
                int[] without = [.. Enumerable.Range(0, n).Where(i => (set >> i & 1) == 1)];
                var weight = Factorial(without.Length) * Factorial(n - 1 - without.Length) / Factorial(n);
                value += weight * (Worth(training, validation, neighbours, [.. without, sample]) - Worth(training, validation, neighbours, without));
            }
        }

        return value;
    }

    private static double Worth(Dataset training, Dataset validation, int neighbours, int[] set)
    {
        var size = training.SampleShape.Count;
        var total = 0.0;
        for (var v = 0; v < validation.Count; v++)
        {
            var query = validation.Samples.Values.Slice(v * size, size).ToArray();
            var nearest = set.OrderBy(i => query.Zip(training.Samples.Values.Slice(i * size, size).ToArray(), (a, b) => ((double)a - b) * ((double)a - b)).Sum()).Take(neighbours);
            total += nearest.Count(i => training.Labels[i] == validation.Labels[v]) / (double)neighbours;
        }

        return total / validation.Count;
    }

    private static double Factorial(int n) => Enumerable.Range(1, n).Aggregate(1.0, (product, i) => product * i);

    private static Dataset Draw(Random random, int count, int size = 2) =>
        new(Graphs.Draw(random, count, size), [.. Enumerable.Range(0, count).Select(_ => random.Next(3))], 3);

    private static Dataset Clusters(Random random, int count, int wrong)
    {
        var features = Graphs.Draw(random, count, 2);
        var labels = new int[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = random.Next(2);
            features.Values[2 * i] += labels[i] == 0 ? -1.2f : 1.2f;
            labels[i] = i < wrong ? 1 - labels[i] : labels[i];
        }

        return new Dataset(features, labels, 2);
    }
}
