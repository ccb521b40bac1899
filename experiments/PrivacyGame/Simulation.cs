using System.Collections.Immutable;
using Mechanisms.Mobility;

namespace Experiments.PrivacyGame;

/// <summary>A release against an attacker who sees one query, and against one who follows a sequence of them.</summary>
/// <param name="OneQuery">The share of wrong guesses of the best attacker.</param>
/// <param name="Sequence">The share of wrong guesses of one who knows how members move and remembers.</param>
/// <param name="Cost">In kilometres.</param>
internal readonly record struct Outcome(double OneQuery, double Sequence, double Cost);

/// <summary>A scheme with mobility privacy (CPGM-1; of one member SUPG-1) and without it (CPGM-2, SUPG-2).</summary>
internal readonly record struct Pair(Outcome Mobile, Outcome Still);

/// <summary>A group of one size: P1 as the paper sets it, with and without mobility privacy, and the most privacy within the budget.</summary>
/// <param name="HighestPrivacy">β_max.</param>
internal sealed record SizeDraw(int Members, double HighestPrivacy, Pair Paper, Pair Budget);

/// <summary>An area: a group, and one of its members alone; and what each level of privacy costs the group.</summary>
internal sealed record AreaDraw(double MeanDistance, SizeDraw Group, SizeDraw Single, ImmutableArray<double> CostOfPrivacy);

/// <summary>Everything that one seed gives.</summary>
internal sealed record Draw(ImmutableArray<SizeDraw> Sizes, ImmutableDictionary<AreaKind, AreaDraw> Areas);

/// <summary>The runs of §6, under many seeds.</summary>
internal static class Simulation
{
    private const int Walks = 25;

    /// <summary>Levels of privacy whose cost is asked for in every area (Fig. 6).</summary>
    public static IReadOnlyList<double> Levels { get; } = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

    /// <summary>Groups that are solved in one draw: one of each size, and in every area a group and a single member.</summary>
    public static int GroupsOf(IReadOnlyList<int> sizes) => sizes.Count + (2 * Enum.GetValues<AreaKind>().Length);

    /// <summary>Runs the draws firstSeed, firstSeed + 1, … on all cores. The result depends on nothing else.</summary>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static async Task<ImmutableArray<Draw>> RunAsync(int firstSeed, int seeds, IReadOnlyList<int> sizes, int members, Action onGroup, CancellationToken cancellationToken)
    {
        var draws = new Draw[seeds];
        await Parallel.ForAsync(0, seeds, cancellationToken, (k, token) =>
        {
            draws[k] = new Run(firstSeed + k, members, onGroup, token).Draw(sizes);
            return ValueTask.CompletedTask;
        });
        return [.. draws];
    }

    private sealed class Run(int seed, int members, Action onGroup, CancellationToken cancellationToken)
    {
        public Draw Draw(IReadOnlyList<int> sizes)
        {
            var people = Neighbourhood.Draw(AreaKind.Mixed, seed, Math.Max(members, sizes.Max()));
            var bySize = sizes.Select(size => Size(people, size)).ToImmutableArray();
            return new Draw(bySize, Enum.GetValues<AreaKind>().ToImmutableDictionary(kind => kind, Area));
        }

        private AreaDraw Area(AreaKind kind)
        {
            var people = Neighbourhood.Draw(kind, seed, members);
            var costs = Levels.Select(level => Solution.Cheapest(people, members, Setting.MildAlpha, level, cancellationToken).Cost);
            return new AreaDraw(people.MeanDistance, Size(people, members), Size(people, 1), [.. costs]);
        }

        private SizeDraw Size(Neighbourhood people, int size)
        {
            Outcome Attacked(Solution solution)
            {
                // The same walks and askers for every scheme, as far as the draws of the release allow.
                var random = new Random(unchecked(Seeds.Apart(seed) + size));
                var wrong = Enumerable.Range(0, Walks).Sum(_ => Eavesdropper.WrongGuesses(solution, people, size, Setting.Queries, random));
                return new Outcome(solution.Privacy, (double)wrong / (Walks * Setting.Queries), solution.Cost);
            }

            Outcome Paper(double? alpha) => Attacked(Solution.Cheapest(people, size, alpha, Setting.PaperBeta, cancellationToken));
            Outcome Budget(double? alpha) => Attacked(Solution.MostPrivate(people, size, alpha, Setting.Budget, cancellationToken));
            var draw = new SizeDraw(
                size,
                people.Game(size, alpha: null, _ => 0).HighestPrivacy,
                new Pair(Paper(Setting.PaperAlpha), Paper(alpha: null)),
                new Pair(Budget(Setting.MildAlpha), Budget(alpha: null)));
            onGroup();
            return draw;
        }
    }
}
