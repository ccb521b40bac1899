using System.Buffers.Binary;
using System.Globalization;
using Experiments.Charts;

namespace Experiments.Randomness;

/// <summary>What NIST's tests say of one word size.</summary>
/// <param name="Passed">Sequences that each test finds random at α = 0.01, in the order of <see cref="NistTests.All"/>.</param>
/// <param name="Uniformity">For each test, how evenly its P-values are spread: a P-value itself.</param>
internal sealed record NistRun(int WordBits, int Sequences, int[] Passed, double[] Uniformity)
{
    private const int Bits = 1_000_000, Bins = 10;
    private const double Significance = 0.01;

    /// <summary>SP 800-22, 4.2.1: fewest sequences that pass, three standard deviations below the 99 % expected.</summary>
    public int Fewest => (int)Math.Ceiling(Sequences * (1 - Significance - (3 * Math.Sqrt(Significance * (1 - Significance) / Sequences))));

    /// <summary>SP 800-22, 4.2: as many pass as must, and the P-values are spread evenly (4.2.2).</summary>
    public bool IsGood => Passed.All(passed => passed >= Fewest) && Uniformity.All(p => p >= 0.0001);

    /// <summary>Tests sequences of a million bits, each from a seed of its own.</summary>
    public static NistRun Of(int wordBits, int sequences, int firstSeed, Action progressed, CancellationToken cancellationToken)
    {
        var values = new double[NistTests.All.Count, sequences];
        Parallel.For(0, sequences, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
        {
            var bits = new byte[Bits];
            using (var words = new WordStream(wordBits, Seed(firstSeed + i)))
            {
                words.FillBits(bits);
            }

            for (var test = 0; test < NistTests.All.Count; test++)
            {
                values[test, i] = NistTests.All[test].PValue(bits);
            }

            progressed();
        });

        double[][] byTest = [.. Enumerable.Range(0, NistTests.All.Count).Select(test => Enumerable.Range(0, sequences).Select(i => values[test, i]).ToArray())];
        return new NistRun(wordBits, sequences, [.. byTest.Select(p => p.Count(value => value >= Significance))], [.. byTest.Select(Evenness)]);
    }

    /// <summary>A seed of 32 bytes from a number, for experiments only.</summary>
    public static byte[] Seed(int number)
    {
        var seed = new byte[32];
        BinaryPrimitives.WriteInt32LittleEndian(seed, number);
        return seed;
    }

    public static ReportTable Table(IReadOnlyList<NistRun> runs) => new(
        string.Create(CultureInfo.InvariantCulture, $"NIST SP 800-22: sequences of {runs[0].Sequences} that pass (at least {runs[0].Fewest} must), and evenness of the P-values"),
        ["test", .. runs.Select(run => string.Create(CultureInfo.InvariantCulture, $"words of {run.WordBits} bits"))],
        [.. NistTests.All.Select((test, i) => (IReadOnlyList<string>)[test.Name, .. runs.Select(run => string.Create(CultureInfo.InvariantCulture, $"{run.Passed[i]} · {run.Uniformity[i]:0.000}"))])]);

    // SP 800-22, 4.2.2.
    private static double Evenness(double[] values)
    {
        var expected = values.Length / (double)Bins;
        var statistic = values.CountBy(p => Math.Min((int)(p * Bins), Bins - 1)).ToDictionary();
        var sum = Enumerable.Range(0, Bins).Sum(bin => Math.Pow(statistic.GetValueOrDefault(bin) - expected, 2) / expected);
        return Gamma.Q((Bins - 1) / 2.0, sum / 2);
    }
}
