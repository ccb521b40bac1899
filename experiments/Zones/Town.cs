using System.Collections.Immutable;
using Mechanisms.Reputation;

namespace Experiments.Zones;

/// <param name="Sensitivity">How much it minds that its place becomes known, 0 to 1.</param>
internal sealed record Person(double X, double Y, double Sensitivity, double Reputation, bool IsDishonest);

/// <summary>Members in a square, rated by agencies.</summary>
internal sealed record Town(ImmutableArray<Person> People, double MeanReputation)
{
    /// <summary>The same random numbers give the same town.</summary>
    public static Town Draw(int users, Random random)
    {
        var dishonest = Enumerable.Range(0, users).Select(_ => random.NextDouble() < Setting.Dishonest).ToArray();
        var worth = Array.ConvertAll(dishonest, bad => bad ? 0.6 * random.NextDouble() : 0.3 + (0.7 * random.NextDouble()));
        var ratings = new double[users * Setting.Agencies];
        for (var i = 0; i < ratings.Length; i++)
        {
            ratings[i] = worth[i / Setting.Agencies] + (Setting.RatingError * ((2 * random.NextDouble()) - 1));
        }

        var directions = Enumerable.Repeat(RatingDirection.HigherIsBetter, Setting.Agencies).ToImmutableArray();
        var reputations = EntropyWeights.Of(new CreditRatings(users, directions, ratings)).Reputations;
        return new Town(
            [.. reputations.Select((r, i) => new Person(Setting.Side * random.NextDouble(), Setting.Side * random.NextDouble(), random.NextDouble(), r, dishonest[i]))],
            reputations.Average());
    }

    /// <summary>Whom somebody's radio hears.</summary>
    public IEnumerable<int> HeardBy(int person)
    {
        var (x, y) = (People[person].X, People[person].Y);
        return Enumerable.Range(0, People.Length).Where(i => i != person && Math.Pow(People[i].X - x, 2) + Math.Pow(People[i].Y - y, 2) <= Setting.Reach * Setting.Reach);
    }
}
