using Ethereum;
using Ethereum.Contracts;
using Testing;
using Workers.Standalone.Fleets;

namespace EndToEnd.Tests.Production;

/// <summary>What has to hold on every chain and in every house, whatever was killed or reorganised on the way.</summary>
internal static class Audit
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// Every queued transaction has ended and is on chain exactly once; no account has sent anything else; no trade was answered
    /// twice, and none before its request was final; nothing lies in an error queue.
    /// </summary>
    public static async Task CheckAsync(RealMarket market)
    {
        foreach (var organisation in market.Organisations)
        {
            var transactions = await Patience.UntilAsync(
                $"every transaction of {organisation.Name} ended",
                async token =>
                {
                    var all = await organisation.TransactionsAsync(token);
                    return all.All(t => t.State is "Final" or "Reverted") ? all : null;
                });
            await CheckAsync(market.Chain, organisation, transactions);
            Assert.Empty(await DeadLettersAsync(organisation));
        }

        await CheckAnswersAsync(market);
    }

    /// <summary>Exactly one answer for each answered trade, sent only after its request could no longer vanish.</summary>
    public static async Task CheckAnswersAsync(RealMarket market)
    {
        var requests = (await market.Chain.EventsAsync<DataTrades.RequestedEvent>()).ToDictionary(r => r.Event.TradeId);
        var answers = await market.Chain.EventsAsync<DataTrades.AnsweredEvent>();
        Assert.Distinct(answers.Select(a => a.Event.TradeId));
        foreach (var (answer, block) in answers)
        {
            var request = requests[answer.TradeId];
            Assert.True(
                Party.IsOutside(answer.Owner) || block > request.Block + (ulong)market.FinalityDepth,
                $"Trade {answer.TradeId} was requested in block {request.Block} and answered in block {block}.");
        }
    }

    private static async Task CheckAsync(Chain chain, Organisation organisation, List<TransactionView> transactions)
    {
        Assert.Distinct(transactions.Select(t => t.Key));
        var mined = transactions.Where(t => t.TransactionHash is not null).ToList();
        Assert.Distinct(mined.Select(t => t.TransactionHash));
        foreach (var account in mined.GroupBy(t => t.From, StringComparer.Ordinal))
        {
            // The account's nonce counts what is on chain: more than was queued would be a transaction that was sent twice.
            Assert.Equal(((ulong)account.Count(), account.Key), (await chain.SentAsync(Address.Parse(account.Key)), account.Key));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{organisation.Name}: {transactions.Count} transactions, {mined.Count} of them on chain");
    }

    private static async Task<string[]> DeadLettersAsync(Organisation organisation) =>
        [.. (await organisation.Client.GetAsync<DeadLetter[]>("ops/dead-letters/encryption", Token)).Select(d => $"{organisation.Name}/{d.Handler}: {d.Reason}")];

    private sealed record DeadLetter(string Handler, string Reason);
}
