using System.Collections.Immutable;
using Experiments.Zones;

namespace Experiments.Tests.Zones;

public sealed class SimulationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_seeds_write_the_same_page_and_others_do_not()
    {
        var (first, again, other) = (await RunAsync(1, 2), await RunAsync(1, 2), await RunAsync(3, 2));
        Assert.Equal(Report.Markdown(first, 1), Report.Markdown(again, 1));
        Assert.Equal(Figures.Response(first).ToSvg(), Figures.Response(again).ToSvg());
        Assert.NotEqual(Report.Markdown(first, 1), Report.Markdown(other, 1));
    }

    [Fact]
    public async Task Zones_come_about_where_there_are_many_for_those_who_are_trusted()
    {
        foreach (var draw in await RunAsync(1, 4))
        {
            foreach (var size in Setting.ShownSizes)
            {
                Assert.Equal(0, draw.OverUsers[size][0]);
                Assert.InRange(draw.OverUsers[size][^1], 0.8, 1);
                Assert.Equal(0, draw.OverReputation[size][0]);
                Assert.InRange(draw.OverReputation[size][^1], 0.95, 1);
            }
        }
    }

    [Fact]
    public async Task Every_scheme_costs_more_for_more_and_EMCS_leaks_and_sends_least()
    {
        foreach (var draw in await RunAsync(1, 4))
        {
            foreach (var scheme in Enum.GetValues<Scheme>())
            {
                var costs = draw.Costs[scheme];
                Assert.True(costs[^1].Response > costs[0].Response && costs[^1].Processor > costs[0].Processor && costs[^1].Messages > costs[0].Messages && costs[^1].Kilobytes > costs[0].Kilobytes);
                if (scheme != Scheme.Emcs)
                {
                    Assert.True(draw.Leaks[Scheme.Emcs].Average() < 0.6 * draw.Leaks[scheme].Average());
                    Assert.True(draw.Costs[Scheme.Emcs][^1].Messages < costs[^1].Messages);
                }
            }
        }
    }

    [Fact]
    public void Nobody_tells_whom_it_does_not_trust_and_nobody_is_asked_in_vain()
    {
        var town = Town.Draw(300, new Random(1));
        var requester = Enumerable.Range(0, 300).First(i => town.HeardBy(i).Count() > 60);
        var refused = Schemes.Form(Scheme.Emcs, town, requester, reputation: 0, size: 5, new Random(2));
        Assert.False(refused.IsFormed);
        Assert.Empty(refused.Told);

        // Everybody that is heard was asked, and said no.
        Assert.Equal(2 * town.HeardBy(requester).Count(), refused.Messages);

        // Where all help nobody is asked but who is needed, and each has a request, an answer and a bill.
        var formed = Schemes.Form(Scheme.Emcs, town, requester, reputation: 1, size: 5, new Random(2));
        Assert.True(formed.IsFormed);
        Assert.Equal((4, 12), (formed.Told.Count, formed.Messages));
        Assert.Equal(4 * (Setting.RequestBytes + Setting.AnswerBytes + Setting.BillBytes), formed.Bytes);
        Assert.Equal(4, formed.Told.Intersect(town.HeardBy(requester)).Count());
    }

    [Fact]
    public void Who_is_dishonest_is_worth_less_than_others_as_a_rule()
    {
        var town = Town.Draw(2_000, new Random(1));
        var (bad, good) = (town.People.Where(p => p.IsDishonest).Average(p => p.Reputation), town.People.Where(p => !p.IsDishonest).Average(p => p.Reputation));
        Assert.InRange(good - bad, 0.2, 0.5);
        Assert.InRange(town.People.Count(p => p.IsDishonest) / 2_000.0, 0.08, 0.12);
        Assert.All(town.People, p => Assert.InRange(p.Reputation, 0, 1));
    }

    private static Task<ImmutableArray<Draw>> RunAsync(int firstSeed, int seeds) => Simulation.RunAsync(firstSeed, seeds, () => { }, Cancellation);
}
