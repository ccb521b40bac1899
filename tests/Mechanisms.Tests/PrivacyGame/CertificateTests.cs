using Mechanisms.PrivacyGame;

namespace Mechanisms.Tests.PrivacyGame;

public sealed class CertificateTests
{
    private const int Seed = 20_261_122;
    private const double Tolerance = 1e-9;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Whatever_attack_and_price_are_claimed_the_bound_is_not_above_the_optimum()
    {
        var random = new Random(Seed);
        for (var i = 0; i < 300; i++)
        {
            var game = Games.Random(i, 2, 2, random.NextDouble(), random.NextDouble(), mobility: i % 2 == 0);
            var optimum = Games.LiteralOptimum(game)!.Value;
            var claim = new Certificate(new double[16], Columns(random, 4), random.NextDouble() * 3);
            Assert.True(claim.Check(game).LowerBound <= optimum + Tolerance, $"seed {Seed}, game {i}: {claim.Check(game).LowerBound} is above {optimum}");
        }
    }

    [Fact]
    public void What_was_altered_and_still_holds_is_still_a_release_that_keeps_everything_at_no_more_than_it_says()
    {
        var random = new Random(Seed);
        var game = Games.Random(3, 2, 3, 0.5, 0.6, mobility: true);
        var optimum = Games.LiteralOptimum(game)!.Value;
        var solved = new FirstOrderSolver().Solve(game, new SolverLimits(1e-4), cancellationToken: Cancellation);
        var gap = 1.01e-4 * solved.Check(game).Cost;
        Assert.True(solved.Check(game).Holds(game.Beta, gap, Tolerance));
        var (refused, held) = (0, 0);
        for (var i = 0; i < 5_000; i++)
        {
            var altered = new Certificate([.. solved.Release], [.. solved.Attack], solved.Price);
            var at = random.Next(altered.Release.Length);
            var by = Math.Pow(10, -random.Next(1, 7)) * (random.Next(2) == 0 ? 1 : -1);
            switch (random.Next(4))
            {
                case 0:
                    altered.Release[at] += by;
                    break;
                case 1:
                    // Rows stay distributions: from one observation to another.
                    var other = (at / 6 * 6) + random.Next(6);
                    by = Math.Min(Math.Abs(by), altered.Release[at]);
                    altered.Release[at] -= by;
                    altered.Release[other] += by;
                    break;
                case 2:
                    altered.Attack[at] += by;
                    break;
                default:
                    altered = altered with { Price = altered.Price + by };
                    break;
            }

            if (!Holds(altered, game, gap))
            {
                refused++;
                continue;
            }

            held++;
            var (cost, privacy) = Literally(game, altered.Release);
            Assert.True(privacy >= game.Beta - (2 * Tolerance), $"seed {Seed}, alteration {i}: privacy {privacy}");
            Assert.InRange(cost, optimum - (10 * Tolerance), optimum + gap + (10 * Tolerance));
        }

        Assert.True(refused > 2_500 && held > 50, $"{refused} refused, {held} held");
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-1e-300)]
    [InlineData(double.PositiveInfinity)]
    public void What_is_no_probability_is_named(double value)
    {
        var game = Games.Random(3, 2, 2, 0.5, 0.5, mobility: true);
        var release = new double[16];
        release[6] = value;
        var error = Assert.Throws<InvalidCertificateException>(() => new Certificate(release, Columns(new Random(1), 4), 1).Check(game));
        Assert.Contains("row 1, column 2", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidCertificateException>(() => new Certificate(new double[16], Columns(new Random(1), 4), value).Check(game));
        Assert.Throws<InvalidCertificateException>(() => new Certificate(new double[9], Columns(new Random(1), 4), 1).Check(game));
        Assert.Throws<InvalidCertificateException>(() => new Certificate(new double[16], new double[16], 1).Check(game));
    }

    private static bool Holds(Certificate certificate, CollaborativeGame game, double gap)
    {
        try
        {
            return certificate.Check(game).Holds(game.Beta, gap, Tolerance);
        }
        catch (InvalidCertificateException)
        {
            return false;
        }
    }

    /// <summary>Cost and privacy by the paper's sums, and Eq. 11, without anything of the solver's.</summary>
    private static (double Cost, double Privacy) Literally(CollaborativeGame game, double[] release)
    {
        var n = game.States;
        double cost = 0, privacy = 0;
        for (var seen = 0; seen < n; seen++)
        {
            var (least, predicted) = (double.PositiveInfinity, 0.0);
            for (var guess = 0; guess < n; guess++)
            {
                double error = 0;
                for (var o = 0; o < n; o++)
                {
                    error += game.Prior[o] * release[(o * n) + seen] * game.Distance[guess, o];
                }

                least = Math.Min(least, error);
                cost += game.Prior[guess] * release[(guess * n) + seen] * game.Cost[seen, guess];
                predicted += game.Prediction[guess] * release[(guess * n) + seen];
            }

            privacy += least;
            for (var o = 0; o < n; o++)
            {
                Assert.True(predicted <= (Math.Exp(game.Alpha) * release[(o * n) + seen]) + (2 * Tolerance));
            }
        }

        return (cost, privacy);
    }

    private static double[] Columns(Random random, int n)
    {
        var attack = Enumerable.Range(0, n * n).Select(_ => random.NextDouble()).ToArray();
        for (var seen = 0; seen < n; seen++)
        {
            var sum = Enumerable.Range(0, n).Sum(guess => attack[(guess * n) + seen]);
            for (var guess = 0; guess < n; guess++)
            {
                attack[(guess * n) + seen] /= sum;
            }
        }

        return attack;
    }
}
