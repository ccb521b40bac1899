namespace Experiments.Randomness;

/// <summary>
/// Tests of NIST SP 800-22 rev. 1a, each a P-value for a sequence of bits: how often a truly random sequence looks at least
/// as odd. The section is that of the document.
/// </summary>
internal static class NistTests
{
    /// <summary>The tests, and what each makes of a sequence (one bit for each element).</summary>
    public static IReadOnlyList<(string Name, Func<byte[], double> PValue)> All { get; } =
    [
        ("Frequency", Frequency),
        ("Frequency within blocks of 128", bits => BlockFrequency(bits, 128)),
        ("Cumulative sums, forward", bits => CumulativeSums(bits, backward: false)),
        ("Cumulative sums, backward", bits => CumulativeSums(bits, backward: true)),
        ("Runs", Runs),
        ("Longest run of ones", LongestRun),
        ("Approximate entropy, m = 10", bits => ApproximateEntropy(bits, 10)),
        ("Serial, m = 16, first", bits => Serial(bits, 16).First),
        ("Serial, m = 16, second", bits => Serial(bits, 16).Second),
    ];

    /// <summary>2.1: as many ones as zeros.</summary>
    public static double Frequency(byte[] bits)
    {
        var sum = bits.Sum(bit => (2 * bit) - 1);
        return Gamma.Erfc(Math.Abs(sum) / Math.Sqrt(2.0 * bits.Length));
    }

    /// <summary>2.2: as many in each block.</summary>
    public static double BlockFrequency(byte[] bits, int block)
    {
        var blocks = bits.Length / block;
        var statistic = 4.0 * block * Enumerable.Range(0, blocks).Sum(i => Math.Pow((Ones(bits.AsSpan(i * block, block)) / (double)block) - 0.5, 2));
        return Gamma.Q(blocks / 2.0, statistic / 2);
    }

    /// <summary>2.3: as many changes from one bit to the next as there should be.</summary>
    public static double Runs(byte[] bits)
    {
        var (n, share) = (bits.Length, Ones(bits) / (double)bits.Length);
        if (Math.Abs(share - 0.5) >= 2 / Math.Sqrt(n))
        {
            return 0;
        }

        var runs = 1 + Enumerable.Range(1, n - 1).Count(i => bits[i] != bits[i - 1]);
        var expected = 2 * n * share * (1 - share);
        return Gamma.Erfc(Math.Abs(runs - expected) / (2 * Math.Sqrt(2.0 * n) * share * (1 - share)));
    }

    /// <summary>2.4: the longest run of ones in each block, whose length and classes depend on the sequence's.</summary>
    public static double LongestRun(byte[] bits)
    {
        var (block, shortest, chances) = bits.Length switch
        {
            < 128 => throw new ArgumentException("At least 128 bits are needed.", nameof(bits)),
            < 6_272 => (8, 1, new[] { 0.2148, 0.3672, 0.2305, 0.1875 }),
            < 750_000 => (128, 4, [0.1174, 0.2430, 0.2493, 0.1752, 0.1027, 0.1124]),
            _ => (10_000, 10, new[] { 0.0882, 0.2092, 0.2483, 0.1933, 0.1208, 0.0675, 0.0727 }),
        };
        var counts = new int[chances.Length];
        var blocks = bits.Length / block;
        for (var i = 0; i < blocks; i++)
        {
            var (longest, run) = (0, 0);
            foreach (var bit in bits.AsSpan(i * block, block))
            {
                run = bit == 1 ? run + 1 : 0;
                longest = Math.Max(longest, run);
            }

            counts[Math.Clamp(longest - shortest, 0, counts.Length - 1)]++;
        }

        var statistic = counts.Zip(chances, (count, chance) => Math.Pow(count - (blocks * chance), 2) / (blocks * chance)).Sum();
        return Gamma.Q((chances.Length - 1) / 2.0, statistic / 2);
    }

    /// <summary>2.13: how far a walk that goes up for a one and down for a zero gets from its start.</summary>
    public static double CumulativeSums(byte[] bits, bool backward)
    {
        var (n, sum, farthest) = (bits.Length, 0, 0);
        for (var i = 0; i < n; i++)
        {
            sum += (2 * bits[backward ? n - 1 - i : i]) - 1;
            farthest = Math.Max(farthest, Math.Abs(sum));
        }

        var root = Math.Sqrt(n);
        double Phi(int multiple) => Gamma.Normal(multiple * farthest / root);
        var first = Between(((-n / farthest) + 1) / 4, ((n / farthest) - 1) / 4).Sum(k => Phi((4 * k) + 1) - Phi((4 * k) - 1));
        var second = Between(((-n / farthest) - 3) / 4, ((n / farthest) - 1) / 4).Sum(k => Phi((4 * k) + 3) - Phi((4 * k) + 1));
        return 1 - first + second;
    }

    /// <summary>2.12: blocks of m and m + 1 bits come as often as they should.</summary>
    public static double ApproximateEntropy(byte[] bits, int m)
    {
        var entropy = Phi(m) - Phi(m + 1);
        return Gamma.Q(1 << (m - 1), bits.Length * (Math.Log(2) - entropy));

        double Phi(int length) => Patterns(bits, length).Where(count => count > 0).Sum(count => count / (double)bits.Length * Math.Log(count / (double)bits.Length));
    }

    /// <summary>2.11: all blocks of m bits come equally often.</summary>
    public static (double First, double Second) Serial(byte[] bits, int m)
    {
        var (psi, one, two) = (Psi(m), Psi(m - 1), Psi(m - 2));
        return (Gamma.Q(Math.Pow(2, m - 2), (psi - one) / 2), Gamma.Q(Math.Pow(2, m - 3), (psi - (2 * one) + two) / 2));

        double Psi(int length) => length == 0 ? 0 : (Math.Pow(2, length) / bits.Length * Patterns(bits, length).Sum(count => (double)count * count)) - bits.Length;
    }

    /// <summary>How often each block of some bits comes, overlapping, the sequence taken as a circle.</summary>
    private static int[] Patterns(byte[] bits, int length)
    {
        var counts = new int[1 << length];
        var pattern = 0;
        for (var i = 0; i < bits.Length + length - 1; i++)
        {
            pattern = ((pattern << 1) | bits[i % bits.Length]) & (counts.Length - 1);
            if (i >= length - 1)
            {
                counts[pattern]++;
            }
        }

        return counts;
    }

    private static int Ones(ReadOnlySpan<byte> bits)
    {
        var sum = 0;
        foreach (var bit in bits)
        {
            sum += bit;
        }

        return sum;
    }

    private static IEnumerable<int> Between(int first, int last) => Enumerable.Range(first, Math.Max(0, last - first + 1));
}
