using System.Collections.Immutable;
using Experiments.PrivacyGame;
using Mechanisms.Mobility;

namespace Experiments.Tests.PrivacyGame;

public sealed class SimulationTests
{
    [Fact]
    public async Task The_same_seeds_write_the_same_files_and_others_do_not()
    {
        var (first, again, other) = (await RunAsync(1), await RunAsync(1), await RunAsync(2));
        Assert.Equal(Files(first), Files(again));
        Assert.DoesNotContain(Files(other), Files(first).Contains);
    }

    [Fact]
    public async Task Company_hides_and_places_far_apart_cost_more()
    {
        var draws = await RunAsync(1, seeds: 4);
        Assert.All(draws, draw => Assert.True(draw.Sizes[1].Budget.Still.OneQuery > draw.Sizes[0].Budget.Still.OneQuery));
        double Median(AreaKind kind, Func<AreaDraw, double> value) => Spread.Of(draws.Select(draw => value(draw.Areas[kind]))).Median;
        Assert.True(Median(AreaKind.Centre, area => area.MeanDistance) < Median(AreaKind.Suburb, area => area.MeanDistance));
        Assert.True(Median(AreaKind.Centre, area => area.CostOfPrivacy[5]) < Median(AreaKind.Suburb, area => area.CostOfPrivacy[5]));
        Assert.All(draws.SelectMany(draw => draw.Sizes), size => Assert.InRange(size.Budget.Mobile.OneQuery, 0.1, size.Budget.Still.OneQuery + 0.01));
    }

    [Fact]
    public async Task A_cancelled_run_stops()
    {
        using var source = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Simulation.RunAsync(1, 1_000, [1], 1, source.Cancel, source.Token));
    }

    private static Task<ImmutableArray<Draw>> RunAsync(int firstSeed, int seeds = 2) =>
        Simulation.RunAsync(firstSeed, seeds, [1, 4], members: 3, () => { }, TestContext.Current.CancellationToken);

    private static string[] Files(ImmutableArray<Draw> draws) =>
    [
        Report.Markdown(draws, 1), Figures.Privacy(draws).ToSvg(), Figures.Cost(draws).ToSvg(), Figures.Areas(draws).ToSvg(),
        Figures.Followed(draws, "title", "budget", size => size.Budget).ToSvg(),
    ];
}
