using System.Collections.Immutable;
using System.Numerics;
using Mechanisms.PrivacyGame;
using Mechanisms.PrivacyGame.Models;

namespace Mechanisms.Tests.PrivacyGame.Models;

public sealed class ModelCheckTests
{
    private const int Seed = 20_261_122;

    [Fact]
    public void What_an_honest_node_solves_passes_whatever_the_game()
    {
        foreach (var game in SolvedModel.Kinds())
        {
            var verdict = SolvedModel.Check(game, SolvedModel.Of(game).Model);
            Assert.True(verdict.Problem is null, $"{game.Distance.Members} members, {game.Distance.Cells} cells, α = {game.Alpha}, β = {game.Beta} of {game.HighestPrivacy}: {verdict.Problem}");
        }
    }

    [Fact]
    public void Equation_11_holds_exactly_for_every_pair_in_whole_numbers()
    {
        var pairs = 0;
        foreach (var game in SolvedModel.Kinds().Where(g => g.HasMobility))
        {
            var (model, n) = (SolvedModel.Of(game).Model, game.States);
            var one = BigInteger.One << 32;
            var kept = model.Rows.Select(row => Dense(row, n)).ToArray();
            var predicted = Enumerable.Range(0, n).Select(seen => Enumerable.Range(0, n).Aggregate(BigInteger.Zero, (sum, o) => sum + (model.Prediction[o] * kept[o][seen]))).ToArray();

            // F in units of 2^−96.
            BigInteger F(int o, int seen) => ((one - model.Redrawn) * kept[o][seen] * one) + (model.Redrawn * predicted[seen]);
            Assert.True((double)model.Redrawn / (double)one >= Math.Exp(-game.Alpha));
            for (var seen = 0; seen < n; seen++)
            {
                // Σ ψ F ≤ e^α F, with ε in place of e^−α, times 2^32.
                var left = Enumerable.Range(0, n).Aggregate(BigInteger.Zero, (sum, o) => sum + (model.Prediction[o] * F(o, seen)));
                for (var o = 0; o < n; o++, pairs++)
                {
                    Assert.True(model.Redrawn * left <= F(o, seen) * one * one, $"α = {game.Alpha}: Eq. 11 does not hold for {o} and {seen}");
                }
            }
        }

        Assert.True(pairs > 1_000, $"only {pairs} pairs");
    }

    [Fact]
    public void Privacy_in_whole_numbers_is_the_sum_of_the_paper_and_never_above_it()
    {
        foreach (var game in SolvedModel.Kinds().Where(g => g.States > 1))
        {
            var model = SolvedModel.Of(game).Model;
            var largest = Enumerable.Range(0, game.States).SelectMany(g => Enumerable.Range(0, game.States).Select(o => game.Distance[g, o])).Max();
            var exact = (double)new ExactPrivacy(game).Of(model) / Math.Pow(2, 123) * largest;
            var rounded = model.ToCertificate().Check(game).Privacy;
            Assert.InRange(exact, rounded - (4e-8 * largest), rounded + (4e-9 * largest));
        }
    }

    [Fact]
    public void A_model_that_costs_less_but_leaks_is_refused_even_with_a_genuine_watermark()
    {
        foreach (var (alpha, mobility) in new[] { (0.5, true), (0.0, false) })
        {
            var game = Games.Random(7, 3, 3, alpha, 0.8, mobility);
            var leaky = new CollaborativeGame(game.Prior, mobility ? game.Prediction : [], game.Distance, game.Cost, alpha, 0.78 / 0.8 * game.Beta);
            var honest = SolvedModel.Check(game, SolvedModel.Of(game).Model);
            var verdict = SolvedModel.Check(game, SolvedModel.Of(leaky).Model);
            Assert.Null(honest.Problem);
            Assert.True(verdict.Findings!.Cost < honest.Findings!.Cost);
            Assert.Contains("β is", verdict.Problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_model_that_redraws_less_than_the_wanted_alpha_is_refused()
    {
        var game = Games.Random(8, 3, 3, 0.5, 0.5, mobility: true);
        var lax = new CollaborativeGame(game.Prior, game.Prediction, game.Distance, game.Cost, 0.51, game.Beta);
        Assert.Contains("It redraws", SolvedModel.Check(game, SolvedModel.Of(lax).Model).Problem, StringComparison.Ordinal);
        var none = new CollaborativeGame(game.Prior, [], game.Distance, game.Cost, 0, game.Beta);
        Assert.Contains("It redraws 0", SolvedModel.Check(game, SolvedModel.Of(none).Model).Problem, StringComparison.Ordinal);
        Assert.Contains("It redraws", SolvedModel.Check(none, SolvedModel.Of(game).Model).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_of_another_prediction_request_expiry_size_or_key_is_refused_by_name()
    {
        var solved = SolvedModel.Of(Games.Random(9, 3, 3, 0.5, 0.5, mobility: true));
        var (game, model) = solved;
        var other = game.Prediction.ToArray();
        (other[0], other[1]) = (other[0] + 1e-8, other[1] - 1e-8);
        Assert.Contains("prediction ψ of state 0", SolvedModel.Check(new CollaborativeGame(game.Prior, other, game.Distance, game.Cost, game.Alpha, game.Beta), model).Problem, StringComparison.Ordinal);
        Assert.Contains("It is for the request", ModelCheck.Check(model, game, new byte[32], SolvedModel.Expires, SolvedModel.Watermark).Problem, StringComparison.Ordinal);
        Assert.Contains("It expires at", ModelCheck.Check(model, game, SolvedModel.Request, SolvedModel.Expires.AddSeconds(1), SolvedModel.Watermark).Problem, StringComparison.Ordinal);
        Assert.Contains("watermark's key", ModelCheck.Check(model, game, SolvedModel.Request, SolvedModel.Expires, new Watermark(new byte[32])).Problem, StringComparison.Ordinal);
        Assert.Contains("It is for 3 members in 3 cells", SolvedModel.Check(Games.Random(9, 9, 1, 0.5, 0.5, mobility: true), model).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_keeps_everything_but_costs_far_more_than_the_least_is_refused()
    {
        var game = Games.Random(10, 3, 3, 0.5, 0.3, mobility: true);
        var n = game.States;
        var constant = new double[n * n];
        for (var o = 0; o < n; o++)
        {
            constant[(o * n) + 2] = 1;
        }

        var solution = new FirstOrderSolver().Solve(game, new SolverLimits(), cancellationToken: TestContext.Current.CancellationToken) with { Release = constant };
        var verdict = SolvedModel.Check(game, PrivacyModel.From(game, solution, SolvedModel.Terms, SolvedModel.Watermark));
        Assert.True(verdict.Findings!.Privacy >= game.Beta);
        Assert.Contains("It costs", verdict.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_alters_probabilities_without_the_key_is_found_out_thousands_of_times()
    {
        var random = new Random(Seed);
        var solved = SolvedModel.Of(Games.Random(11, 4, 5, 0.6, 0.7, mobility: true));
        var (digest, missed) = (PrivacyModelFile.DigestOf(solved.Model), 0);
        const int times = 4_000;
        for (var i = 0; i < times; i++)
        {
            var o = random.Next(solved.Game.States);
            var row = solved.Model.Rows[o];
            if (row.Length < 3)
            {
                continue;
            }

            // From one probability of a row to another, so that it still sums to 1.
            var (from, to) = (random.Next(row.Length), random.Next(row.Length - 1));
            to += to >= from ? 1 : 0;
            var by = Math.Min(row[from].Value - 1, 1L << random.Next(4, 30));
            var altered = solved.With(solved.Model.Rows.SetItem(o, Moved(row, from, to, by)));
            Assert.NotEqual(digest, PrivacyModelFile.DigestOf(altered));
            missed += SolvedModel.Check(solved.Game, altered).Problem is null ? 1 : 0;
        }

        // By chance a row bears the right bits once in 16 for each of its marks.
        Assert.True(missed < times / 16, $"seed {Seed}: {missed} of {times} were not noticed");
    }

    private static ImmutableArray<Entry<long>> Moved(ImmutableArray<Entry<long>> row, int from, int to, long by) =>
        row.SetItem(from, row[from] with { Value = row[from].Value - by }).SetItem(to, row[to] with { Value = row[to].Value + by });

    private static BigInteger[] Dense(ImmutableArray<Entry<long>> row, int states)
    {
        var dense = new BigInteger[states];
        foreach (var (index, units) in row)
        {
            dense[index] = units;
        }

        return dense;
    }
}
