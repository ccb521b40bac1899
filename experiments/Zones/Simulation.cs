using System.Collections.Immutable;

namespace Experiments.Zones;

/// <summary>Means over one draw's requests.</summary>
internal readonly record struct Cost(double Response, double Processor, double Messages, double Kilobytes);

/// <summary>Everything that one seed gives.</summary>
/// <param name="Costs">By scheme and K (Figs. 4 to 6).</param>
/// <param name="OverUsers">Share of zones that come about, by K and users (Fig. 7).</param>
/// <param name="OverReputation">The same by K and the requester's reputation.</param>
/// <param name="Leaks">Share of told places that are passed on, by scheme and K (Fig. 8).</param>
internal sealed record Draw(
    ImmutableDictionary<Scheme, ImmutableArray<Cost>> Costs,
    ImmutableDictionary<int, ImmutableArray<double>> OverUsers,
    ImmutableDictionary<int, ImmutableArray<double>> OverReputation,
    ImmutableDictionary<Scheme, ImmutableArray<double>> Leaks);

/// <summary>The runs of §6, under many seeds.</summary>
internal static class Simulation
{
    private const int Requesters = 100;

    /// <summary>Runs the draws firstSeed, firstSeed + 1, … on all cores. The result depends on nothing else.</summary>
    public static async Task<ImmutableArray<Draw>> RunAsync(int firstSeed, int seeds, Action onDraw, CancellationToken cancellationToken)
    {
        var draws = new Draw[seeds];
        await Parallel.ForAsync(0, seeds, cancellationToken, (k, _) =>
        {
            draws[k] = Run(new Random(Seeds.Apart(firstSeed + k)));
            onDraw();
            return ValueTask.CompletedTask;
        });
        return [.. draws];
    }

    private static Draw Run(Random random)
    {
        var towns = Setting.Users.ToDictionary(users => users, users => Town.Draw(users, random));
        var town = towns[Setting.UsersOverSize];
        return new Draw(
            Enum.GetValues<Scheme>().ToImmutableDictionary(s => s, s => Setting.Sizes.Select(k => CostOf(s, town, k, random)).ToImmutableArray()),
            Setting.ShownSizes.ToImmutableDictionary(k => k, k => Setting.Users.Select(users => Success(towns[users], k, reputation: null, random)).ToImmutableArray()),
            Setting.ShownSizes.ToImmutableDictionary(k => k, k => Setting.Reputations.Select(r => Success(town, k, r, random)).ToImmutableArray()),
            Enum.GetValues<Scheme>().ToImmutableDictionary(s => s, s => Setting.Sizes.Select(k => Leaked(s, town, k, random)).ToImmutableArray()));
    }

    /// <summary>Of requesters whom most would help: what a zone costs that comes about.</summary>
    private static Cost CostOf(Scheme scheme, Town town, int size, Random random)
    {
        var formed = Enumerable.Range(0, Requesters).Select(_ => Schemes.Form(scheme, town, random.Next(town.People.Length), reputation: 0.8, size, random)).Where(a => a.IsFormed).ToList();
        return formed.Count == 0
            ? default
            : new Cost(formed.Average(a => a.Response), formed.Average(a => a.Processor), formed.Average(a => (double)a.Messages), formed.Average(a => a.Bytes / 1_000.0));
    }

    private static double Success(Town town, int size, double? reputation, Random random) => Enumerable.Range(0, Requesters).Count(_ =>
    {
        var requester = random.Next(town.People.Length);
        return Schemes.Form(Scheme.Emcs, town, requester, reputation ?? town.People[requester].Reputation, size, random).IsFormed;
    }) / (double)Requesters;

    /// <summary>
    /// Dishonest requesters pass on all that they are told; with EMCS somebody hands the first such word in, and they are locked. With scheme [21] it is not the requester alone: each private chain has a bookkeeper
    /// from the participants, who reads it.
    /// </summary>
    private static double Leaked(Scheme scheme, Town town, int size, Random random)
    {
        var (locked, told, leaked) = (new HashSet<int>(), 0, 0);
        for (var i = 0; i < Setting.Requests; i++)
        {
            var requester = random.Next(town.People.Length);
            if (locked.Contains(requester))
            {
                continue;
            }

            var attempt = Schemes.Form(scheme, town, requester, town.People[requester].Reputation, size, random);
            told += attempt.Told.Count;
            int[] readers = scheme == Scheme.PrivateChains && attempt.Told.Count > 0
                ? [requester, .. Enumerable.Range(0, Setting.PrivateChains).Select(_ => attempt.Told[random.Next(attempt.Told.Count)])]
                : [requester];
            if (readers.Any(r => town.People[r].IsDishonest) && attempt.Told.Count > 0)
            {
                leaked += attempt.Told.Count;
                if (scheme == Scheme.Emcs)
                {
                    locked.Add(requester);
                }
            }
        }

        return told == 0 ? 0 : (double)leaked / told;
    }
}
