using System.Text;
using System.Text.Json;
using Ethereum;
using Mechanisms.PrivacyGame;
using Workers.Oracle.Solving;
using Workers.Oracle.Tests.Terms;

namespace Workers.Oracle.Tests.Solving;

public sealed class DocumentsTests
{
    private static readonly string Request = Keccak256.Hash("request").ToString();

    private static RefusalDocument Infeasible(double? highest = 2.5) => new(1, Request, RefusalReason.InfeasibleWish, "β is too much.", highest);

    [Fact]
    public void A_refusal_is_read_as_it_was_written()
    {
        foreach (var refusal in new[] { Infeasible(), new RefusalDocument(1, Request, RefusalReason.UnusableTerms, "β, \"quoted\"") })
        {
            Assert.Equal(refusal, RefusalDocument.Read(refusal.Write()));
        }

        Assert.DoesNotContain("highestPrivacy", Encoding.UTF8.GetString(Infeasible(null).Write()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"version\":2,\"request\":\"0x\",\"reason\":\"InfeasibleWish\",\"detail\":\"\"}")]
    [InlineData("{\"version\":1,\"request\":\"0x\",\"reason\":\"Whim\",\"detail\":\"\"}")]
    [InlineData("{\"version\":1,\"request\":\"0x\",\"reason\":\"InfeasibleWish\",\"detail\":null}")]
    [InlineData("{\"version\":1,\"request\":\"0x\",\"reason\":\"InfeasibleWish\"}")]
    [InlineData("{\"version\":1,\"version\":1,\"request\":\"0x\",\"reason\":\"InfeasibleWish\",\"detail\":\"\"}")]
    [InlineData("{\"version\":1,\"request\":\"0x\",\"reason\":\"InfeasibleWish\",\"detail\":\"\",\"x\":[[[[[1]]]]]}")]
    [InlineData("{\"version\":1,\"request\":\"0x\",\"reason\":\"InfeasibleWish\",\"detail\":\"\"}x")]
    [InlineData("{\"version\":1,\"request\":\"0x\",\"reason\":\"InfeasibleWish\",\"detail\":\"\\ud800\"}")]
    public void What_is_no_refusal_is_none(string text) => Assert.Null(RefusalDocument.Read(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Nodes_agree_on_a_refusal_of_the_same_request_for_the_same_reason_whatever_the_sentence()
    {
        var own = Infeasible();
        Assert.True((own with { Detail = "Another node's words." }).Agrees(own));
        Assert.False((own with { Request = Hash32.Zero.ToString() }).Agrees(own));
        Assert.False((own with { Reason = RefusalReason.UnusableTerms }).Agrees(own));
        Assert.False(own.Agrees(null));
        var unusable = new RefusalDocument(1, Request, RefusalReason.UnusableTerms, "");
        Assert.True(unusable.Agrees(unusable with { Detail = "?" }));
    }

    [Theory]
    [InlineData(2.5, 2.5 + 2.4e-6, true)]
    [InlineData(2.5, 2.5 - 2.4e-6, true)]
    [InlineData(2.5, 2.5 + 2.6e-6, false)]
    [InlineData(2.5, 2.5 - 2.6e-6, false)]
    [InlineData(0.001, 0.001 + 0.9e-6, true)]
    [InlineData(0.001, 0.001 + 1.1e-6, false)]
    [InlineData(2.5, double.PositiveInfinity, false)]
    [InlineData(2.5, double.NaN, false)]
    [InlineData(2.5, null, false)]
    [InlineData(null, 2.5, false)]
    [InlineData(null, null, true)]
    public void Nodes_agree_on_the_highest_privacy_within_a_millionth(double? ours, double? theirs, bool agree) => Assert.Equal(agree, Infeasible(theirs).Agrees(Infeasible(ours)));

    [Fact]
    public void A_rejection_names_the_fault_and_nothing_of_the_profiles()
    {
        var report = new RejectionReport(1, Request, 2, Hash32.Zero.ToString(), "0xa1", "TooExpensive").Write();
        using var document = JsonDocument.Parse(report);
        Assert.Equal(["attempt", "fault", "node", "proposalHash", "request", "version"], document.RootElement.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.Equal("TooExpensive", document.RootElement.GetProperty("fault").GetString());
    }

    [Fact]
    public void A_wish_at_the_limit_is_a_game_and_one_beyond_it_a_refusal_that_says_the_limit()
    {
        var terms = TermsSamples.Terms;
        var game = GroupGame.From(terms.Cells(), 2, [.. Enumerable.Repeat(0.125, 8)], [.. Enumerable.Repeat(0.125, 8)], terms.ToOptions());
        var limit = RequestedGame.For(Request, game, terms with { Beta = game.HighestPrivacy });
        Assert.Equal((game.HighestPrivacy, true, null), (limit.Game!.Beta, limit.Game.HasMobility, limit.Refusal));
        Assert.False(RequestedGame.For(Request, game, terms with { Alpha = null }).Game!.HasMobility);
        var beyond = RequestedGame.For(Request, game, terms with { Beta = Math.BitIncrement(game.HighestPrivacy) });
        Assert.Equal((null, Request, RefusalReason.InfeasibleWish, game.HighestPrivacy), (beyond.Game, beyond.Refusal!.Request, beyond.Refusal.Reason, beyond.Refusal.HighestPrivacy));
    }
}
