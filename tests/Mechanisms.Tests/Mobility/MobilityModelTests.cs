using System.Collections.Immutable;
using Mechanisms.Mobility;

namespace Mechanisms.Tests.Mobility;

public sealed class MobilityModelTests(ITestOutputHelper output)
{
    private static readonly ImmutableArray<int>[] Sequences = [[0, 1, 1, 0], [1, 2]];

    [Fact]
    public void Visits_and_steps_are_counted_within_sequences_and_smoothed()
    {
        Assert.Equal([2 / 6.0, 3 / 6.0, 1 / 6.0, 0], MobilityModel.Prior(Sequences, 4, smoothing: 0));
        Assert.Equal([3 / 10.0, 4 / 10.0, 2 / 10.0, 1 / 10.0], MobilityModel.Prior(Sequences, 4, smoothing: 1));
        var exact = MobilityModel.Transitions(Sequences, 3, smoothing: 0);
        Assert.Equal([0, 1, 0], exact.Row(0).ToArray());
        Assert.Equal([1 / 3.0, 1 / 3.0, 1 / 3.0], exact.Row(1).ToArray());
        Assert.Equal([1 / 3.0, 1 / 3.0, 1 / 3.0], exact.Row(2).ToArray());
        var smooth = MobilityModel.Transitions(Sequences, 3, smoothing: 0.5);
        Assert.Equal([0.5 / 2.5, 1.5 / 2.5, 0.5 / 2.5], smooth.Row(0).ToArray());
        Assert.Equal(0.5 / 2.5, smooth[0, 2]);
    }

    [Fact]
    public void Without_a_visit_every_cell_is_equally_likely() =>
        Assert.Equal([0.25, 0.25, 0.25, 0.25], MobilityModel.Prior([], 4, smoothing: 0));

    [Fact]
    public void A_prediction_is_the_present_times_the_matrix()
    {
        var matrix = MobilityModel.Transitions(Sequences, 3, smoothing: 0.5);
        Assert.Equal(matrix.Row(1).ToArray(), matrix.Predict([0, 1, 0]));
        var half = matrix.Predict([0.5, 0.5, 0]);
        Assert.All(Enumerable.Range(0, 3), j => Assert.Equal((matrix[0, j] + matrix[1, j]) / 2, half[j], 1e-15));
    }

    [Fact]
    public void Sums_are_one_within_1e_12_for_any_sequences_and_smoothing()
    {
        var random = Seeded.Random(output);
        for (var round = 0; round < 60; round++)
        {
            var cells = random.Next(1, 300);
            var smoothing = Math.Pow(10, random.Next(-300, 16)) * random.Next(2);
            ImmutableArray<int>[] sequences = [.. Enumerable.Range(0, random.Next(5)).Select(_ => Enumerable.Range(0, random.Next(1, 400)).Select(_ => random.Next(cells)).ToImmutableArray())];
            var prior = MobilityModel.Prior(sequences, cells, smoothing);
            var matrix = MobilityModel.Transitions(sequences, cells, smoothing);
            Assert.Equal(1, Math.Abs(prior.Sum()), 1e-12);
            Assert.All(Enumerable.Range(0, cells), row => Assert.Equal(1, matrix.Row(row).ToArray().Sum(), 1e-12));
            var prediction = matrix.Predict(prior);
            Assert.Equal(1, prediction.Sum(), 1e-12);
            Assert.All(prediction, p => Assert.InRange(p, 0, 1));
            Assert.True(smoothing == 0 || prior.All(p => p > 0));
        }
    }

    [Fact]
    public void A_long_walk_of_a_known_chain_gives_the_chain_back()
    {
        var random = Seeded.Random(output);
        double[][] chain = [[0.9, 0.1, 0], [0.2, 0.5, 0.3], [0, 0.6, 0.4]];
        var walk = new int[200_000];
        for (var i = 1; i < walk.Length; i++)
        {
            var (draw, row) = (random.NextDouble(), chain[walk[i - 1]]);
            walk[i] = draw < row[0] ? 0 : draw < row[0] + row[1] ? 1 : 2;
        }

        // Six standard deviations of a frequency of the rarest row (about 40,000 steps) are 0.015.
        var matrix = MobilityModel.Transitions([[.. walk]], 3, smoothing: 0);
        Assert.All(Enumerable.Range(0, 9), i => Assert.Equal(chain[i / 3][i % 3], matrix.Values[i], 0.016));
    }

    [Fact]
    public void Cells_and_smoothings_that_do_not_exist_and_presents_that_are_no_distribution_are_refused()
    {
        Assert.Contains("the cell 2; there are 2", Assert.Throws<ArgumentException>(() => MobilityModel.Prior(Sequences, 2, 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => MobilityModel.Transitions([[-1]], 2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => MobilityModel.Prior(Sequences, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => MobilityModel.Transitions(Sequences, CellDistances.MaxCells + 1, 1));
        Assert.All(new[] { -1e-9, double.NaN, double.PositiveInfinity, 1e300 }, s =>
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => MobilityModel.Prior(Sequences, 3, s));
            Assert.Throws<ArgumentOutOfRangeException>(() => MobilityModel.Transitions(Sequences, 3, s));
        });
        var matrix = MobilityModel.Transitions(Sequences, 3, 1);
        Assert.All(new double[][] { [1, 0], [1, 0, 0, 0], [0.5, 0.5, 1e-8], [1.5, -0.5, 0], [double.NaN, 1, 0], [double.PositiveInfinity, 0, 0] }, p => Assert.Throws<ArgumentException>(() => matrix.Predict(p)));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Row(3).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Row(-1).ToArray());
    }
}
