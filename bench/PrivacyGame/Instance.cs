using System.Text.Json;
using Mechanisms.PrivacyGame;

namespace Bench.PrivacyGame;

/// <summary>Ten members in cells at random places of a unit square; guesses err, and sending costs, by distance and by a part for another member.</summary>
internal sealed record Instance(int Cells, bool Mobility, double[] Same, double[] Prior, double[] Prediction, double Beta)
{
    public const int Members = 10;
    public const double Alpha = 0.5, Wish = 0.7, DistanceOfOthers = 0.3, CostOfOthers = 0.2, CostOfDistance = 0.7;
    private const int Seed = 1;

    public static Instance Make(int states, bool mobility)
    {
        var (random, cells) = (new Random(Seed), states / Members);
        var places = Enumerable.Range(0, cells).Select(_ => (X: random.NextDouble(), Y: random.NextDouble())).ToArray();
        var same = places.SelectMany(a => places.Select(b => Math.Sqrt(Math.Pow(a.X - b.X, 2) + Math.Pow(a.Y - b.Y, 2)))).ToArray();
        var (prior, prediction) = (Distribution(random, Members * cells), Distribution(random, Members * cells));
        var instance = new Instance(cells, mobility, same, prior, mobility ? prediction : [], 0);
        return instance with { Beta = Wish * instance.Game().HighestPrivacy };
    }

    public CollaborativeGame Game() => new(
        Prior,
        Prediction,
        new PairMatrix(Members, Same, [.. Same.Select(d => d + DistanceOfOthers)]),
        new PairMatrix(Members, Same, [.. Same.Select(d => (CostOfDistance * d) + CostOfOthers)]),
        Alpha,
        Beta);

    /// <summary>For highs.py.</summary>
    public string ToJson(double limit) => JsonSerializer.Serialize(new
    {
        members = Members,
        cells = Cells,
        beta = Beta,
        alpha = Alpha,
        same = Same,
        prior = Prior,
        prediction = Prediction,
        distanceOfOthers = DistanceOfOthers,
        costOfOthers = CostOfOthers,
        costOfDistance = CostOfDistance,
        limit,
    });

    private static double[] Distribution(Random random, int length)
    {
        var values = Enumerable.Range(0, length).Select(_ => -Math.Log(1 - random.NextDouble())).ToArray();
        var sum = values.Sum();
        return [.. values.Select(v => v / sum)];
    }
}
