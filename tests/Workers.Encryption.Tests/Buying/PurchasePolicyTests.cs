using Workers.Encryption.Buying;
using Workers.Encryption.Market;

namespace Workers.Encryption.Tests.Buying;

public sealed class PurchasePolicyTests
{
    private static readonly DateTimeOffset Deadline = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(TradeStatus.Requested, PurchaseState.Requested, PurchaseStep.Wait)]
    [InlineData(TradeStatus.Answered, PurchaseState.Ordered, PurchaseStep.Deliver)]
    [InlineData(TradeStatus.Answered, PurchaseState.Requested, PurchaseStep.Deliver)]
    [InlineData(TradeStatus.Answered, PurchaseState.Delivered, PurchaseStep.Confirm)]
    [InlineData(TradeStatus.Answered, PurchaseState.Rejected, PurchaseStep.Dispute)]
    [InlineData(TradeStatus.Answered, PurchaseState.Closed, PurchaseStep.Wait)]
    [InlineData(TradeStatus.Answered, PurchaseState.Failed, PurchaseStep.Wait)]
    [InlineData(TradeStatus.Disputed, PurchaseState.Rejected, PurchaseStep.Wait)]
    [InlineData(TradeStatus.None, PurchaseState.Requested, PurchaseStep.Wait)]
    public void Before_any_deadline_the_buyer_does_what_its_turn_is(TradeStatus status, PurchaseState state, PurchaseStep step) =>
        Assert.Equal(step, Next(status, state, isFinal: true, Deadline.AddSeconds(-1)));

    // The contract: deadlines include their last second.
    [Theory]
    [InlineData(TradeStatus.Requested, PurchaseState.Requested, PurchaseStep.Wait, PurchaseStep.Refund)]
    [InlineData(TradeStatus.Disputed, PurchaseState.Rejected, PurchaseStep.Wait, PurchaseStep.ExpireDispute)]
    [InlineData(TradeStatus.Answered, PurchaseState.Rejected, PurchaseStep.Dispute, PurchaseStep.Wait)]
    public void A_deadline_includes_its_last_second(TradeStatus status, PurchaseState state, PurchaseStep at, PurchaseStep after)
    {
        Assert.Equal(at, Next(status, state, isFinal: true, Deadline));
        Assert.Equal(after, Next(status, state, isFinal: true, Deadline.AddSeconds(1)));
    }

    [Theory]
    [InlineData(TradeStatus.Paid)]
    [InlineData(TradeStatus.Refunded)]
    [InlineData(TradeStatus.Split)]
    public void A_purchase_is_closed_only_once_its_end_is_final(TradeStatus status)
    {
        Assert.Equal(PurchaseStep.Wait, Next(status, PurchaseState.Delivered, isFinal: false, Deadline.AddDays(1)));
        Assert.Equal(PurchaseStep.Close, Next(status, PurchaseState.Delivered, isFinal: true, Deadline.AddDays(1)));
    }

    private static PurchaseStep Next(TradeStatus status, PurchaseState state, bool isFinal, DateTimeOffset chainTime) => PurchasePolicy.Next(
        new TradeRow { TradeId = 1, Status = status, AnswerBy = Deadline, ConfirmBy = Deadline, RulingBy = Deadline }, state, isFinal, chainTime);
}
