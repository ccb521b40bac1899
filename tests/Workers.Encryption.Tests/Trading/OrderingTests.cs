using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Workers.Encryption.Buying;
using Workers.Encryption.Market;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Tests.Trading;

/// <summary>From an order to its request: the seal, the balance, the approval.</summary>
public sealed class OrderingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_paid_for_a_seal_whose_record_has_left_the_chain_or_can_still_leave_it()
    {
        await using var bench = await ReadyAsync();
        var purchase = await bench.AddPurchaseAsync(PurchaseState.Ordered);
        await bench.AddSealAsync(block: null);
        await Assert.ThrowsAsync<TooEarlyException>(() => bench.RequestAsync(purchase.Id));
        await bench.AddSealAsync(block: 12);
        await Assert.ThrowsAsync<TooEarlyException>(() => bench.RequestAsync(purchase.Id));
        Assert.Empty(await bench.QueuedAsync());

        await bench.Node.MineAsync(5);
        await bench.FinaliseAsync(12);
        await bench.RequestAsync(purchase.Id);
        Assert.Single(await bench.QueuedAsync());
    }

    /// <summary>What the listing says is not what counts: the contract knows the seals that are on its chain, and their terms.</summary>
    [Fact]
    public async Task The_contract_takes_no_price_for_a_seal_that_vanished_nor_under_terms_that_changed()
    {
        await using var bench = await TradingBench.StartAsync();
        await bench.SendAsync(bench.Token, new MarketToken.ApproveCall(bench.Trades, 1_000).Encode());
        byte[] cid = Convert.FromHexString("0155122000").Concat(new byte[31]).ToArray();
        var terms = new DataTrades.Terms(7_000, 3_600, 600, 3_600, 3_600, bench.Account.Address);
        var application = Keccak256.Hash(cid);
        await bench.SendAsync(bench.Trades, new DataTrades.CommissionCall(cid, terms).Encode());
        await bench.SendAsync(bench.Trades, new DataTrades.RecordSealCall(application, SealIdentity.Tag("mail"), 0, Keccak256.Hash("k"), Keccak256.Hash("c"), cid).Encode());
        using var pair = P256KeyPair.Generate();
        await AskAsync(terms);
        Assert.Contains("TermsChanged", await RefusalAsync(terms with { OwnerShare = 7_001 }), StringComparison.Ordinal);

        await bench.Node.ReorganiseAsync(1);
        Assert.Contains("UnknownSeal", await RefusalAsync(terms), StringComparison.Ordinal);

        Task<System.Numerics.BigInteger> AskAsync(DataTrades.Terms expected) => bench.Rpc.CallAsync(
            bench.Trades,
            new DataTrades.RequestCall(application, bench.Account.Address, SealIdentity.Tag("mail"), 0, pair.PublicKey.ToArray(), 100, expected),
            Cancellation,
            from: bench.Account.Address);

        async Task<string> RefusalAsync(DataTrades.Terms expected)
        {
            var error = await Assert.ThrowsAsync<Ethereum.Rpc.RpcErrorException>(() => AskAsync(expected));
            return Workers.Hosting.Transactions.ContractErrors.Describe(error.RevertData);
        }
    }

    [Fact]
    public async Task A_request_is_queued_once_and_the_balance_that_it_took_fails_nothing()
    {
        await using var bench = await ReadyAsync();
        await bench.AddSealAsync(block: 3);
        var purchase = await bench.AddPurchaseAsync(PurchaseState.Ordered);
        await bench.RequestAsync(purchase.Id);
        await bench.SendAsync(bench.Token, new MarketToken.TransferCall(bench.Trades, 1_000).Encode());
        await bench.RequestAsync(purchase.Id);
        Assert.Equal($"purchase/{purchase.Id}/request", Assert.Single(await bench.QueuedAsync()));
        Assert.Equal(PurchaseState.Ordered, (await PurchaseAsync(bench, purchase.Id)).State);
    }

    [Fact]
    public async Task One_approval_serves_all_purchases_and_while_it_is_under_way_they_wait_for_its_outcome_without_asking()
    {
        await using var bench = await TradingBench.StartAsync();
        await bench.AddSealAsync(block: 3);
        await bench.FinaliseAsync(10);
        var first = await bench.AddPurchaseAsync(PurchaseState.Ordered);
        var second = await bench.AddPurchaseAsync(PurchaseState.Ordered);
        foreach (var state in new[] { TransactionState.Queued, TransactionState.Sent, TransactionState.Mined })
        {
            await bench.RequestAsync(first.Id);
            await bench.RequestAsync(second.Id);
            Assert.Equal($"allow/{bench.Trades}/0", Assert.Single(await bench.QueuedAsync()));
            await EndAsync(bench, 0, state, error: null);
        }

        Assert.Empty(await bench.PublishedAsync<PurchaseOrdered>());
        await TellAsync(bench, TransactionState.Mined);
        Assert.Equal(2, (await bench.PublishedAsync<PurchaseOrdered>()).Count);
    }

    [Theory]
    [InlineData(TransactionState.Reverted, "AccountIsFrozen", "AccountIsFrozen")]
    [InlineData(TransactionState.Final, null, "still allows only 0")]
    public async Task An_approval_that_came_to_nothing_fails_its_purchases_with_the_reason_and_a_later_order_approves_again(
        TransactionState state, string? error, string problem)
    {
        await using var bench = await TradingBench.StartAsync();
        await bench.AddSealAsync(block: 3);
        await bench.FinaliseAsync(10);
        var first = await bench.AddPurchaseAsync(PurchaseState.Ordered);
        await bench.RequestAsync(first.Id);
        await EndAsync(bench, 0, state, error);
        await TellAsync(bench, state);
        Assert.Single(await bench.PublishedAsync<PurchaseOrdered>());
        await bench.RequestAsync(first.Id);
        var failed = await PurchaseAsync(bench, first.Id);
        Assert.Equal(PurchaseState.Failed, failed.State);
        Assert.Contains(problem, failed.Problem, StringComparison.Ordinal);
        await bench.RequestAsync(first.Id);
        Assert.Single(await bench.QueuedAsync());

        var second = await bench.AddPurchaseAsync(PurchaseState.Ordered);
        await bench.RequestAsync(second.Id);
        Assert.Equal([$"allow/{bench.Trades}/0", $"allow/{bench.Trades}/1"], await bench.QueuedAsync());
        await EndAsync(bench, 1, TransactionState.Reverted, "again");
        await bench.RequestAsync(second.Id);
        Assert.Equal(PurchaseState.Failed, (await PurchaseAsync(bench, second.Id)).State);
    }

    /// <summary>A house with an allowance, a listed application and block 10 final.</summary>
    private static async Task<TradingBench> ReadyAsync()
    {
        var bench = await TradingBench.StartAsync();
        await bench.SendAsync(bench.Token, new MarketToken.ApproveCall(bench.Trades, 1_000).Encode());
        await bench.AddAsync(new ListedApplicationRow
        {
            ApplicationId = Keccak256.Hash("application").ToString(),
            Provider = TradingBench.Stranger,
            Cid = "c",
            OwnerShare = 7_000,
            AnswerWindow = 3_600,
            CancelNotice = 600,
            ConfirmWindow = 3_600,
            DisputeWindow = 3_600,
            Arbiter = TradingBench.Stranger,
            BlockNumber = 1,
            BlockHash = "0x01",
            LogIndex = 0,
        });
        await bench.FinaliseAsync(10);
        return bench;
    }

    private static Task<PurchaseRow> PurchaseAsync(TradingBench bench, Guid id) => bench.ReadAsync(db => db.Purchases.AsNoTracking().SingleAsync(p => p.Id == id, Cancellation));

    private static Task EndAsync(TradingBench bench, int approval, TransactionState state, string? error) =>
        bench.WithDbAsync(db => db.Transactions.Where(t => t.Key == $"allow/{bench.Trades}/{approval}")
            .ExecuteUpdateAsync(s => s.SetProperty(t => t.State, state).SetProperty(t => t.Error, error), Cancellation));

    private static Task TellAsync(TradingBench bench, TransactionState state) => bench.HandleAsync(
        new TransactionOutcome($"allow/{bench.Trades}/0", state, TradingBench.Buyer, null, null, 0, "0", null), db => new AllowanceOutcomeHandler(db));
}
