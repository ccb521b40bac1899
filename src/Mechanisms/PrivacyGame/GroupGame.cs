using Mechanisms.Mobility;

namespace Mechanisms.PrivacyGame;

/// <summary>What a group agrees on beside α and β.</summary>
/// <param name="Resampling">How histories become steps between cells.</param>
/// <param name="Smoothing">Visits and steps that everybody is given beforehand; with more than 0 no place is impossible.</param>
/// <param name="OtherMemberDistance">Kilometres by which a guess is farther off that takes one member for another.</param>
/// <param name="CostPerKilometre">What asking about a place one kilometre away costs.</param>
/// <param name="OtherMemberCost">What asking through another member costs beside.</param>
public sealed record GroupGameOptions(ResamplingOptions Resampling, double Smoothing, double OtherMemberDistance, double CostPerKilometre, double OtherMemberCost);

/// <summary>The privacy game of members who move among cells: where the prior π, the prediction ψ, the distances d and the costs c come from. The state of member u in cell s is u·S + s.</summary>
public sealed class GroupGame
{
    private GroupGame(double[] prior, double[] prediction, PairMatrix distance, PairMatrix cost) => (Prior, Prediction, Distance, Cost) = (prior, prediction, distance, cost);

    /// <summary>π: every member asks equally often, each from where it has been how often.</summary>
    public double[] Prior { get; }

    /// <summary>ψ: every member asks equally often, each from where its own Markov chain leads from its last known cell; where there is none, from anywhere as π says.</summary>
    public double[] Prediction { get; }

    /// <summary>d(ô, o) in kilometres: the great circle, and more for another member.</summary>
    public PairMatrix Distance { get; }

    /// <summary>c(o', o).</summary>
    public PairMatrix Cost { get; }

    /// <summary>β_max, in kilometres.</summary>
    public double HighestPrivacy => new CollaborativeGame(Prior, [], Distance, Cost, alpha: 0, beta: 0).HighestPrivacy;

    /// <summary>Counts the members' histories.</summary>
    /// <param name="histories">One for each member, at least one; a history may be empty or lie outside the cells.</param>
    /// <exception cref="ArgumentException">There is no member, or there are more states than <see cref="CollaborativeGame.MaxStates"/>: refused before memory is taken for them.</exception>
    public static GroupGame Of(ICells cells, IReadOnlyList<Trajectory> histories, GroupGameOptions options)
    {
        ArgumentNullException.ThrowIfNull(cells);
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(options);
        var (members, states) = (histories.Count, (long)histories.Count * cells.Count);
        if (states is 0 or > CollaborativeGame.MaxStates)
        {
            throw new ArgumentException($"{members} members in {cells.Count} cells are {states} states; 1 to {CollaborativeGame.MaxStates} are allowed.", nameof(histories));
        }

        var (prior, prediction) = (new double[states], new double[states]);
        for (var u = 0; u < members; u++)
        {
            var sequences = Resampling.ToCells(histories[u], cells, options.Resampling).Sequences;
            var visited = MobilityModel.Prior(sequences, cells.Count, options.Smoothing);
            var present = new double[cells.Count];
            if (sequences.IsEmpty)
            {
                visited.CopyTo(present, 0);
            }
            else
            {
                present[sequences[^1][^1]] = 1;
            }

            var next = MobilityModel.Transitions(sequences, cells.Count, options.Smoothing).Predict(present);
            for (var s = 0; s < cells.Count; s++)
            {
                (prior[(u * cells.Count) + s], prediction[(u * cells.Count) + s]) = (visited[s] / members, next[s] / members);
            }
        }

        return From(cells, members, prior, prediction, options);
    }

    /// <summary>The same from distributions that were counted before.</summary>
    public static GroupGame From(ICells cells, int members, double[] prior, double[] prediction, GroupGameOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var same = CellDistances.InKilometres(cells);
        var cost = same.Select(d => d * options.CostPerKilometre).ToArray();
        return new GroupGame(
            prior, prediction, new PairMatrix(members, same, [.. same.Select(d => d + options.OtherMemberDistance)]), new PairMatrix(members, cost, [.. cost.Select(c => c + options.OtherMemberCost)]));
    }

    /// <summary>The game for a wish.</summary>
    /// <param name="alpha">Null: without mobility privacy.</param>
    /// <param name="beta">Kilometres, at most <see cref="HighestPrivacy"/>.</param>
    /// <exception cref="ArgumentException">The wish cannot be met, or is no number.</exception>
    public CollaborativeGame For(double? alpha, double beta) => new(Prior, alpha is null ? [] : Prediction, Distance, Cost, alpha ?? 0, beta);
}
