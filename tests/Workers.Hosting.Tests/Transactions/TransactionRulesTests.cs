using Contracts.Messages;
using Workers.Hosting.Data;
using Workers.Hosting.Transactions;

namespace Workers.Hosting.Tests.Transactions;

public sealed class TransactionRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly TransactionOptions Options = new() { RebroadcastAfter = TimeSpan.FromSeconds(15), RepriceAfter = TimeSpan.FromSeconds(60) };

    [Theory]
    [InlineData(TransactionState.Sent, null, 10, 9, TransactionStep.NoteMined)]
    [InlineData(TransactionState.Sent, null, 10, 10, TransactionStep.End)]
    [InlineData(TransactionState.Sent, null, 10, 11, TransactionStep.End)]
    [InlineData(TransactionState.Mined, "0xA10", 10, 9, TransactionStep.Wait)]
    [InlineData(TransactionState.Mined, "0xA10", 10, 10, TransactionStep.End)]
    [InlineData(TransactionState.Mined, "0xB9", 10, 9, TransactionStep.NoteMined)]
    public void A_transaction_in_a_block_is_told_once_for_each_block_and_ends_with_finality(
        TransactionState state, string? knownBlock, long block, long final, TransactionStep step)
    {
        var row = Row(state, knownBlock);
        var view = new TransactionView(new Inclusion("0x1", block, $"0xA{block}", Succeeded: true, 21_000, 1, Created: null), final, FinalNonce: 6);
        Assert.Equal(step, TransactionRules.Next(row, view, Now, Now, Options));
    }

    [Theory]
    [InlineData(TransactionState.Sent, 0, 0, TransactionStep.Wait)]
    [InlineData(TransactionState.Sent, 14, 59, TransactionStep.Wait)]
    [InlineData(TransactionState.Sent, 15, 59, TransactionStep.Broadcast)]
    [InlineData(TransactionState.Sent, 0, 60, TransactionStep.Reprice)]
    [InlineData(TransactionState.Sent, null, 60, TransactionStep.Broadcast)]
    [InlineData(TransactionState.Sent, null, 0, TransactionStep.Broadcast)]
    [InlineData(TransactionState.Mined, 0, 0, TransactionStep.Broadcast)]
    [InlineData(TransactionState.Mined, null, 60, TransactionStep.Broadcast)]
    public void A_transaction_in_no_block_is_sent_again_and_repriced_in_time(TransactionState state, int? sentAgo, int pricedAgo, TransactionStep step)
    {
        var row = Row(state, state == TransactionState.Mined ? "0xA10" : null);
        row.PricedAt = Now.AddSeconds(-pricedAgo);
        DateTimeOffset? last = sentAgo is { } ago ? Now.AddSeconds(-ago) : null;
        Assert.Equal(step, TransactionRules.Next(row, new TransactionView(Inclusion: null, FinalBlock: 9, FinalNonce: 5), last, Now, Options));
    }

    [Theory]
    [InlineData(TransactionState.Sent, 5, false)]
    [InlineData(TransactionState.Sent, 6, true)]
    [InlineData(TransactionState.Mined, 5, false)]
    [InlineData(TransactionState.Mined, 6, true)]
    public void A_nonce_is_renounced_only_when_a_final_block_holds_another_transaction_under_it(TransactionState state, long finalNonce, bool renounced)
    {
        var step = TransactionRules.Next(Row(state, null), new TransactionView(Inclusion: null, FinalBlock: 9, finalNonce), Now.AddHours(-1), Now, Options);
        Assert.Equal(renounced, step == TransactionStep.Renounce);
    }

    private static TransactionRow Row(TransactionState state, string? block) => new()
    {
        Key = "k",
        From = "0x1",
        To = "0x2",
        Value = 0,
        Data = [],
        CorrelationId = null,
        CreatedAt = Now,
        State = state,
        Nonce = 5,
        BlockHash = block,
        PricedAt = Now,
    };
}
