using Experiments.PrivacyGame;
using Mechanisms.Mobility;

namespace Experiments.Tests.PrivacyGame;

public sealed class SolutionTests
{
    private readonly Neighbourhood _people = Neighbourhood.Draw(AreaKind.Suburb, seed: 2, members: 4);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, null)]
    [InlineData(4, null)]
    [InlineData(4, 3.0)]
    public void The_budget_is_spent_and_buys_what_the_cheapest_release_of_that_privacy_costs(int members, double? alpha)
    {
        var best = Solution.MostPrivate(_people, members, alpha, Setting.Budget, Cancellation);
        Assert.Equal(Setting.Budget, best.Cost, Setting.Budget * 0.011);
        Assert.True(Solution.Cheapest(_people, members, alpha, best.Privacy + 0.02, Cancellation).Cost > best.Cost);
    }

    [Fact]
    public void Without_mobility_privacy_P1_gives_the_privacy_asked_for_and_with_the_papers_alpha_more()
    {
        Assert.Equal(Setting.PaperBeta, Solution.Cheapest(_people, 4, alpha: null, Setting.PaperBeta, Cancellation).Privacy, 1e-4);
        Assert.True(Solution.Cheapest(_people, 4, Setting.PaperAlpha, Setting.PaperBeta, Cancellation).Privacy > 0.7);
    }

    [Fact]
    public void A_budget_that_buys_everything_buys_the_most_there_is()
    {
        var best = Solution.MostPrivate(_people, 2, alpha: null, budget: 100, Cancellation);
        Assert.Equal(best.Game.HighestPrivacy, best.Privacy, 1e-3);
    }

    [Fact]
    public void A_budget_below_what_mobility_privacy_costs_is_an_error_that_says_so() => Assert.Contains(
        "mobility privacy alone costs", Assert.Throws<InvalidOperationException>(() => Solution.MostPrivate(_people, 2, alpha: 0, Setting.Budget / 10, Cancellation)).Message, StringComparison.Ordinal);
}
