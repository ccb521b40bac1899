using Mechanisms.Stackelberg;

namespace Mechanisms.Tests.Stackelberg;

/// <summary>Seeded games: the paper's (Table 2) and rougher ones whose thresholds lie on both sides of 1.</summary>
internal static class Draws
{
    public const double PaperPrice = 0.1;
    public const double PaperCost = 100;

    public static RevenueGame Paper(int seed, int users)
    {
        var random = new Random(seed);
        return new RevenueGame(
            [.. Enumerable.Range(0, users).Select(_ => new DataUser(Uniform(random, 10, 100), Uniform(random, 0.1, 2)))],
            PaperPrice,
            PaperCost);
    }

    /// <summary>λ, μ and τ over several decades, one to sixty users, some of them identical.</summary>
    public static RevenueGame Rough(int seed)
    {
        var random = new Random(seed);
        var users = new List<DataUser>();
        var count = random.Next(1, 61);
        while (users.Count < count)
        {
            users.Add(users.Count > 0 && random.Next(5) == 0
                ? users[random.Next(users.Count)]
                : new DataUser(LogUniform(random, 0.01, 1000), LogUniform(random, 0.01, 10)));
        }

        return new RevenueGame(users, LogUniform(random, 0.001, 10), random.Next(0, 200));
    }

    public static double Uniform(Random random, double low, double high) => low + (random.NextDouble() * (high - low));

    public static double LogUniform(Random random, double low, double high) =>
        Math.Exp(Uniform(random, Math.Log(low), Math.Log(high)));
}
