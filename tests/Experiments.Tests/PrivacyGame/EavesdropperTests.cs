using Experiments.PrivacyGame;
using Mechanisms.Mobility;

namespace Experiments.Tests.PrivacyGame;

public sealed class EavesdropperTests
{
    private const int Queries = 2_000;
    private readonly Neighbourhood _people = Neighbourhood.Draw(AreaKind.Mixed, seed: 1, members: 3);

    [Fact]
    public void The_truth_is_never_mistaken() => Assert.Equal(0, Wrong(3, Releases(3, (o, seen) => o == seen ? 1 : 0)));

    [Fact]
    public void Who_learns_nothing_guesses_as_well_as_anybody_can_from_where_members_stay()
    {
        // Nothing is learnt, so beliefs settle at the share of time that each member spends at each place.
        var wrong = (double)Wrong(3, Releases(3, (_, seen) => seen == 0 ? 1 : 0)) / Queries;
        var settled = _people.Moves.Select(moves =>
        {
            double[] share = [1, .. new double[Setting.Places - 1]];
            for (var step = 0; step < 2_000; step++)
            {
                share = moves.Predict(share);
            }

            return share.Max();
        });
        Assert.Equal(1 - (settled.Max() / 3), wrong, 0.03);
    }

    [Fact]
    public void Who_remembers_earlier_queries_is_wrong_less_often_than_who_sees_one()
    {
        // A place is told with one chance in three and hidden otherwise: what was told an interval ago says where somebody is now.
        var release = Releases(1, (o, seen) => o == seen ? 1.0 / 3 : seen == 0 ? 2.0 / 3 : 0);
        var alone = 1 - Enumerable.Range(0, release.Game.States).Sum(seen => Enumerable.Range(0, release.Game.States).Max(o => release.Game.Prior[o] * release.Release[(o * release.Game.States) + seen]));
        Assert.InRange((double)Wrong(1, release) / Queries, 0.1, alone - 0.05);
    }

    private int Wrong(int members, Solution solution) => Eavesdropper.WrongGuesses(solution, _people, members, Queries, new Random(5));

    private Solution Releases(int members, Func<int, int, double> probability)
    {
        var game = _people.Game(members, alpha: null, _ => 0);
        var n = game.States;
        var release = Enumerable.Range(0, n * n).Select(i => probability(i / n, i % n)).ToArray();
        for (var o = 0; o < n; o++)
        {
            var sum = release.AsSpan(o * n, n).ToArray().Sum();
            for (var seen = 0; seen < n; seen++)
            {
                release[(o * n) + seen] /= sum;
            }
        }

        return new Solution(game, release, Privacy: 0, Cost: 0);
    }
}
