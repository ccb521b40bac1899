namespace Experiments.HyperX;

/// <summary>Providers that meet in a session, and whether the best of them is found.</summary>
internal static class Groups
{
    /// <summary>Providers of a session in the paper's evaluation.</summary>
    public const int Size = 5;

    /// <summary>All ways to choose so many of so many datasets, each in ascending order.</summary>
    public static IEnumerable<int[]> Of(int datasets, int size)
    {
        if (size == 0)
        {
            return [[]];
        }

        return from last in Enumerable.Range(0, datasets)
               from rest in Of(last, size - 1)
               select (int[])[.. rest, last];
    }

    /// <summary>
    /// The share of all groups of five in which the provider with the highest score is the least spoilt one. Several that share the highest score
    /// count as the collector drawing one of them: the best of k equals is found 1/k.
    /// </summary>
    /// <param name="scores">One for each dataset, the least spoilt first.</param>
    public static double ShareFound(IReadOnlyList<double> scores) => Mean(scores, chosen => chosen == 0 ? 1 : 0);

    /// <summary>What choosing by these scores costs: the mean difference between the worth of the best and of the chosen provider.</summary>
    /// <param name="scores">One for each dataset, the least spoilt first.</param>
    /// <param name="worth">One for each dataset.</param>
    public static double Regret(IReadOnlyList<double> scores, IReadOnlyList<double> worth) =>
        Of(scores.Count, Size).Average(group => worth[group[0]] - Chosen(group, scores).Average(place => worth[group[place]]));

    private static double Mean(IReadOnlyList<double> scores, Func<int, double> value) =>
        Of(scores.Count, Size).Average(group => Chosen(group, scores).Average(value));

    private static int[] Chosen(int[] group, IReadOnlyList<double> scores)
    {
        var highest = group.Max(dataset => scores[dataset]);
        return [.. Enumerable.Range(0, group.Length).Where(place => scores[group[place]].Equals(highest))];
    }
}
