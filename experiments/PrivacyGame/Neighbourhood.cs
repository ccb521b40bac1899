using System.Collections.Immutable;
using Mechanisms.Mobility;
using Mechanisms.PrivacyGame;

namespace Experiments.PrivacyGame;

/// <summary>A made-up area with the places and habits of its people. A smaller group is the first members of the same draw.</summary>
internal sealed class Neighbourhood
{
    private const double WalkingSpeed = 5;
    private const double Smoothing = 0.1;
    private const double Side = 6;
    private static readonly Position Beijing = new(39.98, 116.31);
    private readonly double[][] _visits;
    private readonly double[][] _next;
    private readonly PlaceCells _cells;

    private Neighbourhood(PlaceCells cells, double[][] visits, double[][] next, TransitionMatrix[] moves, int[] present)
    {
        (_cells, _visits, _next, Moves, Present) = (cells, visits, next, moves, present);
        var kilometres = CellDistances.InKilometres(cells);
        MeanDistance = kilometres.Sum() / (cells.Count * (cells.Count - 1));
    }

    /// <summary>How each member moves in one interval.</summary>
    public IReadOnlyList<TransitionMatrix> Moves { get; }

    /// <summary>Where each member was seen last.</summary>
    public IReadOnlyList<int> Present { get; }

    /// <summary>Between two places, in kilometres.</summary>
    public double MeanDistance { get; }

    /// <summary>An area, and a week of its people's movement.</summary>
    public static Neighbourhood Draw(AreaKind kind, int seed, int members)
    {
        var apart = Seeds.Apart(seed);
        var places = MadeUpArea.Places(Beijing, Side, AreaOptions.Of(kind), apart)
            .OrderBy(place => place.Position.DistanceTo(Beijing)).Take(Setting.Places).ToImmutableArray();
        var cells = new PlaceCells(places);
        var week = new MovementOptions(DateTimeOffset.UnixEpoch, TimeSpan.FromDays(7), TimeSpan.FromMinutes(5), WalkingSpeed, MeanStay: TimeSpan.FromHours(1));
        var resampling = new ResamplingOptions(Setting.Interval, MaxGap: TimeSpan.FromHours(1), WalkingSpeed);
        var walks = MadeUpMovement.Trajectories(places, members, week, apart).Select(track => Resampling.ToCells(track, cells, resampling).Sequences).ToArray();
        var moves = walks.Select(walk => MobilityModel.Transitions(walk, cells.Count, Smoothing)).ToArray();
        var present = walks.Select(walk => walk[^1][^1]).ToArray();
        return new Neighbourhood(
            cells,
            [.. walks.Select(walk => MobilityModel.Prior(walk, cells.Count, Smoothing))],
            [.. moves.Zip(present, (move, here) => move.Row(here).ToArray())],
            moves,
            present);
    }

    /// <summary>
    /// The game of the first members. A guess is right or wrong, so the privacy of a release is the share of wrong guesses of the best attacker: what the paper's percentages are read as.
    /// </summary>
    public CollaborativeGame Game(int members, double? alpha, Func<double, double> beta)
    {
        var prior = _visits.Take(members).SelectMany(visits => visits.Select(p => p / members)).ToArray();
        double[] prediction = alpha is null ? [] : [.. _next.Take(members).SelectMany(next => next.Select(p => p / members))];
        var kilometres = CellDistances.InKilometres(_cells);
        var same = Enumerable.Range(0, kilometres.Length).Select(i => i % (_cells.Count + 1) == 0 ? 0.0 : 1).ToArray();
        var distance = new PairMatrix(members, same, [.. kilometres.Select(_ => 1.0)]);
        var cost = new PairMatrix(members, kilometres, [.. kilometres.Select(c => c + Setting.Forwarding)]);
        var highest = new CollaborativeGame(prior, prediction, distance, cost, alpha ?? 0, beta: 0).HighestPrivacy;
        return new CollaborativeGame(prior, prediction, distance, cost, alpha ?? 0, beta(highest));
    }
}
