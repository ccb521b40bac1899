using Workers.Encryption.Market;
using Workers.Encryption.Selling;

namespace Workers.Encryption.Tests.Selling;

public sealed class SalePolicyTests
{
    private const string Buyer = "0x00000000000000000000000000000000000000b1";
    private static readonly DateTimeOffset Deadline = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("allowed", SaleDecision.Accepted, "accepted by the rules")]
    [InlineData("unknown period", SaleDecision.Declined, "not in this owner's key system")]
    [InlineData("bad key", SaleDecision.Declined, "not a point of P-256")]
    [InlineData("denied", SaleDecision.Declined, "deny list")]
    [InlineData("denied in capitals", SaleDecision.Declined, "deny list")]
    [InlineData("denied and allowed", SaleDecision.Declined, "deny list")]
    [InlineData("not allowed", SaleDecision.Declined, "allow list")]
    [InlineData("on the allow list", SaleDecision.Accepted, "accepted by the rules")]
    [InlineData("below the tag's price", SaleDecision.Declined, "below the minimum 101")]
    [InlineData("at the tag's price", SaleDecision.Accepted, "accepted by the rules")]
    [InlineData("below the default price", SaleDecision.Declined, "below the minimum 101")]
    [InlineData("another tag's price", SaleDecision.Accepted, "accepted by the rules")]
    [InlineData("person", SaleDecision.AwaitingPerson, "person's approval")]
    [InlineData("person and denied", SaleDecision.Declined, "deny list")]
    [InlineData("person and cheap", SaleDecision.Declined, "below the minimum")]
    public void Each_rule_decides_as_the_owner_set_it_and_says_why(string rule, SaleDecision decision, string reason)
    {
        var options = new SellingOptions { AskPerson = rule.StartsWith("person", StringComparison.Ordinal) };
        switch (rule)
        {
            case "denied" or "person and denied":
                options.Deny.Add(Buyer);
                break;
            case "denied in capitals":
                options.Deny.Add("0x00000000000000000000000000000000000000B1");
                break;
            case "denied and allowed":
                options.Deny.Add(Buyer);
                options.Allow.Add(Buyer);
                break;
            case "not allowed":
                options.Allow.Add("0x00000000000000000000000000000000000000b2");
                break;
            case "on the allow list":
                options.Allow.Add(Buyer);
                break;
            case "below the tag's price" or "person and cheap":
                options.MinimumPrice["mail"] = 101;
                break;
            case "at the tag's price":
                options.MinimumPrice["mail"] = 100;
                options.DefaultMinimumPrice = 1_000;
                break;
            case "below the default price":
                options.DefaultMinimumPrice = 101;
                break;
            case "another tag's price":
                options.MinimumPrice["photos"] = 101;
                break;
        }

        var verdict = SalePolicy.Judge(Trade(TradeStatus.Requested), rule == "unknown period" ? null : "mail", rule != "bad key", options);
        Assert.Equal(decision, verdict.Decision);
        Assert.Contains(reason, verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_answered_before_the_request_is_final()
    {
        Assert.Equal(SaleStep.Wait, Next(TradeStatus.Requested, SaleDecision.Accepted, isFinal: false, Deadline.AddHours(-1)));
        Assert.Equal(SaleStep.Answer, Next(TradeStatus.Requested, SaleDecision.Accepted, isFinal: true, Deadline.AddHours(-1)));
    }

    /// <summary>After a reorganisation the trade's number may be another buyer's, whose request would be declined in its place.</summary>
    [Fact]
    public void Nothing_is_declined_before_the_request_is_final() =>
        Assert.Equal(SaleStep.Wait, Next(TradeStatus.Requested, SaleDecision.Declined, isFinal: false, Deadline.AddHours(-1)));

    [Theory]
    [InlineData(-61, SaleStep.Answer)]
    [InlineData(-60, SaleStep.Decline)]
    [InlineData(-59, SaleStep.Decline)]
    [InlineData(0, SaleStep.Decline)]
    [InlineData(1, SaleStep.Decline)]
    public void Inside_the_margin_before_the_deadline_or_after_it_the_price_is_given_back(int seconds, SaleStep step)
    {
        Assert.Equal(step, Next(TradeStatus.Requested, SaleDecision.Accepted, isFinal: true, Deadline.AddSeconds(seconds)));
        Assert.Equal(step == SaleStep.Answer ? SaleStep.AskPerson : step, Next(TradeStatus.Requested, SaleDecision.AwaitingPerson, isFinal: true, Deadline.AddSeconds(seconds)));
        Assert.Equal(SaleStep.Wait, Next(TradeStatus.Requested, SaleDecision.Accepted, isFinal: false, Deadline.AddSeconds(seconds)));
    }

    [Theory]
    [InlineData(SaleDecision.Accepted)]
    [InlineData(SaleDecision.AwaitingPerson)]
    [InlineData(SaleDecision.Declined)]
    [InlineData(SaleDecision.Undecided)]
    public void A_trade_that_was_answered_is_never_answered_or_declined_again(SaleDecision decision) =>
        Assert.Equal(SaleStep.Wait, Next(TradeStatus.Requested, decision, isFinal: true, Deadline.AddHours(-1), answered: true));

    [Fact]
    public void A_person_is_asked_and_a_declined_request_is_declined()
    {
        Assert.Equal(SaleStep.AskPerson, Next(TradeStatus.Requested, SaleDecision.AwaitingPerson, isFinal: true, Deadline.AddHours(-1)));
        Assert.Equal(SaleStep.Decline, Next(TradeStatus.Requested, SaleDecision.Declined, isFinal: true, Deadline.AddHours(-1)));
        Assert.Equal(SaleStep.Wait, Next(TradeStatus.Requested, SaleDecision.Undecided, isFinal: true, Deadline.AddHours(-1)));
    }

    // The contract: deadlines include their last second.
    [Theory]
    [InlineData(-1, SaleStep.Wait)]
    [InlineData(0, SaleStep.Wait)]
    [InlineData(1, SaleStep.Settle)]
    public void The_payment_is_taken_only_after_the_last_second_of_the_buyers_time(int seconds, SaleStep step) =>
        Assert.Equal(step, Next(TradeStatus.Answered, SaleDecision.Accepted, isFinal: true, Deadline.AddSeconds(seconds), answered: true));

    [Theory]
    [InlineData(TradeStatus.None)]
    [InlineData(TradeStatus.Disputed)]
    [InlineData(TradeStatus.Paid)]
    [InlineData(TradeStatus.Refunded)]
    [InlineData(TradeStatus.Split)]
    public void Nothing_is_done_about_a_trade_that_is_not_the_owners_turn(TradeStatus status) =>
        Assert.All(Enum.GetValues<SaleDecision>(), d => Assert.Equal(SaleStep.Wait, Next(status, d, isFinal: true, Deadline.AddDays(1))));

    private static SaleStep Next(TradeStatus status, SaleDecision decision, bool isFinal, DateTimeOffset chainTime, bool answered = false) =>
        SalePolicy.Next(
            Trade(status),
            new SaleRow { TradeId = 1, RequestBlockHash = "0xA", Decision = decision, AnsweredAt = answered ? Deadline : null },
            isFinal, chainTime, Margin);

    private static TradeRow Trade(TradeStatus status) =>
        new() { TradeId = 1, Status = status, Buyer = Buyer, Price = 100, AnswerBy = Deadline, ConfirmBy = Deadline, RulingBy = Deadline };
}
