using Testing;
using Workers.Standalone.Zones;

namespace Workers.Collaboration.Tests.Market;

/// <summary>What <c>./run zones</c> plays.</summary>
[Collection(nameof(Alone))]
public sealed class ZoneStoryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task In_a_town_of_twenty_the_honest_find_what_they_look_for_and_whoever_cheats_is_locked()
    {
        await using var stage = await StoryStage.SetAsync("zones", ZoneMarket.MakeAttestors, Cancellation);
        Assert.True(await new ZoneStory(stage.Root, stage.Chain, stage.Rpc, stage.Contracts, stage.Deployment, stage.Console).PlayAsync(Cancellation), stage.Text);
        Assert.StartsWith("<svg", await File.ReadAllTextAsync(Path.Combine(stage.Root, "zone.svg"), Cancellation), StringComparison.Ordinal);
    }
}
