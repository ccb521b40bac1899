using System.Numerics;
using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Testing;
using Workers.Hosting.Data;
using Workers.Hosting.Transactions;

namespace Workers.Hosting.Tests.Transactions;

/// <summary>The durable sender against a real chain: whatever happens, each queued transaction takes effect once.</summary>
public sealed class TransactionSenderTests
{
    private static readonly Address Receiver = Address.Parse("0x00000000000000000000000000000000000000aa");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_queued_transaction_is_mined_once_and_told_as_mined_and_final_once_each()
    {
        await using var bench = await SenderBench.StartAsync();
        await bench.QueueAsync("pay", Receiver, value: 7);
        await bench.QueueAsync("pay", Receiver, value: 7);
        var sender = bench.NewSender();
        for (var i = 0; i < 100 && (i < 4 || (await bench.RowAsync("pay")).State != TransactionState.Mined); i++)
        {
            // A node on a busy machine mines a moment after it was sent to.
            await sender.RunOnceAsync(Cancellation);
        }

        Assert.Equal(TransactionState.Mined, (await bench.RowAsync("pay")).State);
        await bench.Node.MineAsync(SenderBench.FinalityDepth - 1);
        await sender.RunOnceAsync(Cancellation);
        Assert.Equal(TransactionState.Mined, (await bench.RowAsync("pay")).State);
        await bench.Node.MineAsync();
        await sender.RunOnceAsync(Cancellation);
        await sender.RunOnceAsync(Cancellation);
        Assert.Equal(TransactionState.Final, (await bench.RowAsync("pay")).State);
        Assert.Equal([TransactionState.Mined, TransactionState.Final], (await bench.OutcomesAsync("pay")).Select(o => o.State));
        Assert.Equal(7, await bench.BalanceAsync(Receiver));
        Assert.Equal(1ul, await bench.SentCountAsync());
    }

    [Fact]
    public async Task Fifty_queued_transactions_go_out_in_order_without_a_gap_and_never_more_at_once_than_allowed()
    {
        await using var bench = await SenderBench.StartAsync(mining: false);
        for (var i = 0; i < 50; i++)
        {
            await bench.QueueAsync($"pay/{i}", Receiver, value: 1);
        }

        var sender = bench.NewSender();
        for (var turn = 0; turn < 20 && await bench.SentCountAsync() < 50; turn++)
        {
            await sender.RunOnceAsync(Cancellation);
            await sender.RunOnceAsync(Cancellation);
            Assert.InRange((await bench.RowsAsync()).Count(t => t.State == TransactionState.Sent), 0, bench.Options.MaxInFlight);
            await bench.Node.MineAsync();
        }

        await sender.RunOnceAsync(Cancellation);
        var rows = await bench.RowsAsync();
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (long?)i), rows.Select(t => t.Nonce));
        Assert.All(rows, t => Assert.NotEqual(TransactionState.Queued, t.State));
        Assert.Equal(50, await bench.BalanceAsync(Receiver));
    }

    [Fact]
    public async Task However_many_refused_transactions_are_cured_at_once_no_more_than_allowed_are_under_way()
    {
        await using var bench = await SenderBench.StartAsync();
        var token = await DeployTokenAsync(bench);
        await bench.AddRefusedAsync(40, token, new MarketToken.TransferCall(Receiver, 1).Encode());
        await bench.SendFromElsewhereAsync(token, new MarketToken.MintCall(bench.Account, 40).Encode());
        await bench.Node.CallAsync("evm_setAutomine", false);
        await bench.NewSender().RunOnceAsync(Cancellation);
        Assert.Equal(bench.Options.MaxInFlight, (await bench.RowsAsync()).Count(t => t.State == TransactionState.Sent));
    }

    /// <summary>A process that is killed between the two knows what it may have sent.</summary>
    [Fact]
    public async Task A_signed_form_is_saved_before_it_is_broadcast_the_first_and_the_repriced_one()
    {
        await using var bench = await SenderBench.StartAsync(mining: false);
        await bench.QueueAsync("pay", Receiver, value: 7);
        var sender = bench.NewSender();
        var saved = new List<TransactionRow>();
        foreach (var wait in new[] { TimeSpan.Zero, bench.Options.RepriceAfter })
        {
            bench.Clock.Advance(wait);
            bench.Before("eth_sendRawTransaction", async () => saved.Add(await bench.RowAsync("pay")));
            await sender.RunOnceAsync(Cancellation);
        }

        Assert.Equal([1, 2], saved.Select(t => t.Hashes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.All(saved, t => Assert.Equal((TransactionState.Sent, 0L), (t.State, t.Nonce)));
    }

    [Fact]
    public async Task A_transaction_saved_but_never_broadcast_by_a_killed_process_is_sent_by_the_next()
    {
        await using var bench = await SenderBench.StartAsync(mining: false);
        await bench.QueueAsync("pay", Receiver, value: 7);
        await bench.NewSender().RunOnceAsync(Cancellation);
        await bench.Node.CallAsync("anvil_dropAllTransactions");
        await bench.Node.MineAsync();
        Assert.Equal(0ul, await bench.SentCountAsync());
        var saved = await bench.RowAsync("pay");
        Assert.Equal(TransactionState.Sent, saved.State);

        var sender = bench.NewSender();
        await sender.RunOnceAsync(Cancellation);
        await bench.Node.MineAsync();
        await sender.RunOnceAsync(Cancellation);
        var mined = await bench.RowAsync("pay");
        Assert.Equal((TransactionState.Mined, saved.Hashes), (mined.State, mined.Hashes));
        Assert.Equal(saved.Hashes, mined.TransactionHash);
        Assert.Equal(7, await bench.BalanceAsync(Receiver));
    }

    [Fact]
    public async Task A_transaction_whose_block_vanished_is_sent_again_told_again_and_ends_once()
    {
        await using var bench = await SenderBench.StartAsync();
        await bench.Node.MineAsync(5);
        await bench.QueueAsync("pay", Receiver, value: 7);
        var sender = bench.NewSender();
        await sender.RunOnceAsync(Cancellation);
        await bench.UntilMinedAsync(1);
        await sender.RunOnceAsync(Cancellation);
        var first = await bench.RowAsync("pay");
        Assert.Equal(TransactionState.Mined, first.State);

        await bench.Node.ReorganiseAsync(1);
        Assert.Equal(0, await bench.BalanceAsync(Receiver));
        await sender.RunOnceAsync(Cancellation);
        await bench.UntilMinedAsync(1);
        await sender.RunOnceAsync(Cancellation);
        var second = await bench.RowAsync("pay");
        Assert.Equal((TransactionState.Mined, first.Nonce), (second.State, second.Nonce));
        Assert.NotEqual(first.BlockHash, second.BlockHash);

        await bench.Node.MineAsync(SenderBench.FinalityDepth);
        await sender.RunOnceAsync(Cancellation);
        await sender.RunOnceAsync(Cancellation);
        Assert.Equal(
            [TransactionState.Mined, TransactionState.Mined, TransactionState.Final], (await bench.OutcomesAsync("pay")).Select(o => o.State));
        Assert.Equal(7, await bench.BalanceAsync(Receiver));
        Assert.Equal(1ul, await bench.SentCountAsync());
    }

    [Fact]
    public async Task A_call_that_the_contract_keeps_refusing_ends_after_the_patience_with_the_error_and_its_values()
    {
        await using var bench = await SenderBench.StartAsync();
        var token = await DeployTokenAsync(bench);
        await bench.QueueAsync("transfer", token, new MarketToken.TransferCall(Receiver, 5).Encode());
        var sender = bench.NewSender();
        await sender.RunOnceAsync(Cancellation);
        bench.Clock.Advance(bench.Options.RefusalPatience - TimeSpan.FromSeconds(1));
        await sender.RunOnceAsync(Cancellation);
        var waiting = await bench.RowAsync("transfer");
        Assert.Equal(TransactionState.Queued, waiting.State);
        Assert.Null(waiting.Nonce);
        Assert.Empty(await bench.OutcomesAsync("transfer"));

        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        await sender.RunOnceAsync(Cancellation);
        await sender.RunOnceAsync(Cancellation);
        var outcome = Assert.Single(await bench.OutcomesAsync("transfer"));
        Assert.Equal(TransactionState.Reverted, outcome.State);
        Assert.Contains("InsufficientBalance", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("Needed = 5", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(0ul, await bench.SentCountAsync());
    }

    [Theory]
    [InlineData(0, TransactionState.Reverted)]
    [InlineData(200_000, TransactionState.Final)]
    public async Task A_transaction_whose_cost_others_raised_runs_out_of_gas_unless_it_was_queued_with_enough(long leastGas, TransactionState end)
    {
        await using var bench = await SenderBench.StartAsync(options: new TransactionOptions { GasMargin = 1 });
        var token = await DeployTokenAsync(bench);
        var holder = Address.Parse(AnvilNode.Accounts[5].Address);
        await bench.SendFromElsewhereAsync(token, new MarketToken.MintCall(holder, 5).Encode());
        await bench.SendFromElsewhereAsync(token, new MarketToken.MintCall(bench.Account, 5).Encode());
        await bench.Node.CallAsync("evm_setAutomine", false);
        await bench.QueueAsync("give", token, new MarketToken.TransferCall(holder, 1).Encode(), leastGas: leastGas);
        await bench.NewSender().RunOnceAsync(Cancellation);
        Assert.Equal(TransactionState.Sent, (await bench.RowAsync("give")).State);

        // In simulation the receiver had credit; now it has none, and to write where there is nothing costs more (EIP-2200).
        await bench.Node.CallAsync("anvil_dropAllTransactions");
        await bench.Node.CallAsync("evm_setAutomine", true);
        await bench.SendFromElsewhereAsync(token, new MarketToken.TransferCall(Address.Parse(AnvilNode.Accounts[4].Address), 5).Encode());
        var sender = bench.NewSender();
        await sender.RunOnceAsync(Cancellation);
        await bench.UntilMinedAsync(1);
        await bench.Node.MineAsync(SenderBench.FinalityDepth);
        await sender.RunOnceAsync(Cancellation);
        var row = await bench.RowAsync("give");
        Assert.Equal(end, row.State);
        Assert.True(row.GasLimit >= leastGas);
        Assert.Equal(end == TransactionState.Reverted, row.Error?.StartsWith("it ran out of its", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public async Task A_refusal_that_is_cured_in_time_leaves_nothing_behind()
    {
        await using var bench = await SenderBench.StartAsync();
        var token = await DeployTokenAsync(bench);
        await bench.QueueAsync("transfer", token, new MarketToken.TransferCall(Receiver, 5).Encode());
        var sender = bench.NewSender();
        await sender.RunOnceAsync(Cancellation);
        Assert.NotNull((await bench.RowAsync("transfer")).Error);

        await bench.SendFromElsewhereAsync(token, new MarketToken.MintCall(bench.Account, 5).Encode());
        await sender.RunOnceAsync(Cancellation);
        await bench.UntilMinedAsync(1);
        await sender.RunOnceAsync(Cancellation);
        var row = await bench.RowAsync("transfer");
        Assert.Equal((TransactionState.Mined, null), (row.State, row.Error));
        Assert.Null(row.RefusedSince);
        Assert.Equal(5, await bench.Rpc.CallAsync(token, new MarketToken.BalanceOfAddressCall(Receiver), Cancellation));
    }

    [Fact]
    public async Task A_call_that_reverts_on_chain_is_told_as_reverted_with_its_reason_once_final()
    {
        await using var bench = await SenderBench.StartAsync();
        var token = await DeployTokenAsync(bench);
        var holder = Address.Parse(AnvilNode.Accounts[5].Address);
        await bench.SendFromElsewhereAsync(token, new MarketToken.MintCall(holder, 5).Encode());
        await bench.SendFromElsewhereAsync(token, new MarketToken.ApproveCall(bench.Account, 5).Encode());
        await bench.Node.CallAsync("evm_setAutomine", false);
        await bench.QueueAsync("take", token, new MarketToken.TransferFromCall(holder, Receiver, 5).Encode());
        await bench.NewSender().RunOnceAsync(Cancellation);
        Assert.Equal(TransactionState.Sent, (await bench.RowAsync("take")).State);

        // It passed in simulation; the holder takes the credit away before it is mined.
        await bench.Node.CallAsync("anvil_dropAllTransactions");
        await bench.Node.CallAsync("evm_setAutomine", true);
        await bench.SendFromElsewhereAsync(token, new MarketToken.TransferCall(Address.Parse(AnvilNode.Accounts[4].Address), 5).Encode());
        var sender = bench.NewSender();
        await sender.RunOnceAsync(Cancellation);
        await bench.UntilMinedAsync(1);
        await bench.Node.MineAsync(SenderBench.FinalityDepth);
        await sender.RunOnceAsync(Cancellation);
        Assert.Equal(TransactionState.Reverted, (await bench.RowAsync("take")).State);
        var outcome = Assert.Single(await bench.OutcomesAsync("take"));
        Assert.Equal(TransactionState.Reverted, outcome.State);
        Assert.Contains("InsufficientBalance", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(1ul, await bench.SentCountAsync());
    }

    [Fact]
    public async Task Two_senders_on_one_database_never_use_a_nonce_twice_nor_send_a_transaction_twice()
    {
        await using var bench = await SenderBench.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await bench.QueueAsync($"pay/{i}", Receiver, value: 1);
        }

        TransactionSender<Probe.ProbeDb>[] senders = [bench.NewSender(), bench.NewSender()];
        for (var turn = 0; turn < 40 && (await bench.RowsAsync()).Exists(t => t.State < TransactionState.Mined); turn++)
        {
            await Task.WhenAll(senders.Select(s => Task.Run(() => s.RunOnceAsync(Cancellation), Cancellation)));
        }

        var rows = await bench.RowsAsync();
        Assert.All(rows, t => Assert.True(t.State is TransactionState.Mined or TransactionState.Final, $"{t.Key} is {t.State}: {t.Error}"));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (long?)i), rows.Select(t => t.Nonce).Order());
        Assert.Equal(20, await bench.BalanceAsync(Receiver));
        Assert.Equal(20ul, await bench.SentCountAsync());
    }

    [Fact]
    public async Task A_transaction_that_another_sender_signed_in_the_meantime_is_not_signed_again_under_another_nonce()
    {
        await using var bench = await SenderBench.StartAsync();
        await bench.QueueAsync("pay/1", Receiver, value: 7);
        await bench.QueueAsync("pay/2", Receiver, value: 7);
        bench.Before("eth_sendRawTransaction", () => bench.NewSender().RunOnceAsync(Cancellation));
        await bench.NewSender().RunOnceAsync(Cancellation);
        await bench.UntilMinedAsync(2);
        Assert.Equal([0L, 1L], (await bench.RowsAsync()).Select(t => t.Nonce));
        Assert.Equal(2ul, await bench.SentCountAsync());
        Assert.Equal(14, await bench.BalanceAsync(Receiver));
    }

    [Fact]
    public async Task A_transaction_that_another_sender_brought_to_its_end_in_the_meantime_is_told_once()
    {
        await using var bench = await SenderBench.StartAsync();
        await bench.QueueAsync("pay", Receiver, value: 7);
        var sender = bench.NewSender();
        await sender.RunOnceAsync(Cancellation);
        await bench.UntilMinedAsync(1);
        await bench.Node.MineAsync(SenderBench.FinalityDepth);
        bench.Before("eth_maxPriorityFeePerGas", () => bench.NewSender().RunOnceAsync(Cancellation));
        await sender.RunOnceAsync(Cancellation);
        Assert.Single(await bench.OutcomesAsync("pay"), o => o.State == TransactionState.Final);
    }

    [Fact]
    public async Task A_transaction_that_is_not_mined_is_priced_anew_under_its_nonce_and_takes_effect_once()
    {
        await using var bench = await SenderBench.StartAsync(mining: false);
        await bench.QueueAsync("pay", Receiver, value: 7);
        var sender = bench.NewSender();
        await sender.RunOnceAsync(Cancellation);
        var first = await bench.RowAsync("pay");
        bench.Clock.Advance(bench.Options.RepriceAfter);
        await sender.RunOnceAsync(Cancellation);
        var second = await bench.RowAsync("pay");
        Assert.Equal(first.Nonce, second.Nonce);
        Assert.True(10 * second.MaxFee >= 11 * first.MaxFee && 10 * second.Tip >= 11 * first.Tip);
        Assert.Equal(2, second.Hashes.Split(' ').Length);

        await bench.Node.MineAsync();
        await sender.RunOnceAsync(Cancellation);
        var mined = await bench.RowAsync("pay");
        Assert.Equal((TransactionState.Mined, second.Hashes.Split(' ')[1]), (mined.State, mined.TransactionHash));
        Assert.Equal(7, await bench.BalanceAsync(Receiver));
    }

    [Fact]
    public async Task At_the_fee_cap_the_same_signed_form_is_sent_again_rather_than_one_that_nodes_refuse()
    {
        await using var bench = await SenderBench.StartAsync(mining: false, new TransactionOptions { MaxFeePerGasGwei = 3.1m });
        await bench.QueueAsync("pay", Receiver, value: 7);
        var sender = bench.NewSender();
        await sender.RunOnceAsync(Cancellation);
        var first = await bench.RowAsync("pay");
        Assert.InRange(first.MaxFee, 2_900_000_000m, 3_100_000_000m);
        bench.Clock.Advance(bench.Options.RepriceAfter);
        await sender.RunOnceAsync(Cancellation);
        Assert.Equal(first.Hashes, (await bench.RowAsync("pay")).Hashes);
        await bench.Node.MineAsync();
        await sender.RunOnceAsync(Cancellation);
        Assert.Equal(TransactionState.Mined, (await bench.RowAsync("pay")).State);
    }

    [Fact]
    public async Task A_nonce_that_was_used_elsewhere_is_given_up_only_once_that_is_final_and_the_transaction_gets_another()
    {
        await using var bench = await SenderBench.StartAsync(mining: false);
        await bench.Node.MineAsync(SenderBench.FinalityDepth);
        await bench.QueueAsync("pay", Receiver, value: 7);
        var sender = bench.NewSender();
        await sender.RunOnceAsync(Cancellation);
        await bench.Node.CallAsync("anvil_dropAllTransactions");
        var elsewhere = await bench.Signer.SignAsync(
            new Eip1559Transaction
            {
                ChainId = 31337,
                Nonce = 0,
                GasLimit = 21_000,
                MaxFeePerGas = 10_000_000_000,
                MaxPriorityFeePerGas = 1_000_000_000,
                To = Address.Parse("0x00000000000000000000000000000000000000bb"),
                Value = BigInteger.One,
                Data = Array.Empty<byte>(),
            },
            Cancellation);
        await bench.Rpc.SendRawTransactionAsync(elsewhere.Raw, Cancellation);
        await bench.Node.MineAsync();
        for (var i = 1; i < SenderBench.FinalityDepth; i++)
        {
            await sender.RunOnceAsync(Cancellation);
            Assert.Equal((TransactionState.Sent, 0L), await StateAsync());
            await bench.Node.MineAsync();
        }

        await sender.RunOnceAsync(Cancellation);
        Assert.Equal((TransactionState.Sent, 0L), await StateAsync());
        await bench.Node.MineAsync();
        await sender.RunOnceAsync(Cancellation);
        Assert.Equal((TransactionState.Sent, 1L), await StateAsync());
        await bench.Node.MineAsync();
        await sender.RunOnceAsync(Cancellation);
        Assert.Equal((TransactionState.Mined, 1L), await StateAsync());
        Assert.Equal(7, await bench.BalanceAsync(Receiver));

        async Task<(TransactionState, long?)> StateAsync()
        {
            var row = await bench.RowAsync("pay");
            return (row.State, row.Nonce);
        }
    }

    [Fact]
    public async Task An_account_whose_key_is_not_held_does_not_hold_up_the_others()
    {
        await using var bench = await SenderBench.StartAsync();
        await bench.QueueAsync("stranger", Receiver, value: 0, from: Address.Parse(AnvilNode.Accounts[3].Address));
        await bench.QueueAsync("pay", Receiver, value: 7);
        var sender = bench.NewSender();
        await sender.RunOnceAsync(Cancellation);
        await bench.UntilMinedAsync(1);
        await sender.RunOnceAsync(Cancellation);
        Assert.Equal(TransactionState.Queued, (await bench.RowAsync("stranger")).State);
        Assert.Equal(TransactionState.Mined, (await bench.RowAsync("pay")).State);
    }

    [Fact]
    public async Task However_many_transactions_wait_for_finality_a_new_one_goes_out_at_the_next_turn()
    {
        await using var bench = await SenderBench.StartAsync();
        await bench.Node.MineAsync(5);
        await bench.AddMinedAsync(1_500, block: 5);
        await bench.QueueAsync("pay", Receiver, value: 7);
        await bench.NewSender().RunOnceAsync(Cancellation);
        await bench.UntilMinedAsync(1);
        Assert.Equal(TransactionState.Sent, (await bench.RowAsync("pay")).State);
        Assert.Equal(7, await bench.BalanceAsync(Receiver));
    }

    [Fact]
    public async Task However_many_transactions_wait_for_finality_one_that_vanished_is_sent_again_and_one_that_is_final_ends_at_the_next_turn()
    {
        await using var bench = await SenderBench.StartAsync();
        await bench.Node.MineAsync(5);
        await bench.AddMinedAsync(1_500, block: 5);
        await bench.QueueAsync("stays", Receiver, value: 7);
        var sender = bench.NewSender();
        await sender.RunOnceAsync(Cancellation);
        await bench.UntilMinedAsync(1);
        await bench.QueueAsync("vanishes", Receiver, value: 7);
        await sender.RunOnceAsync(Cancellation);
        await bench.UntilMinedAsync(2);
        await sender.RunOnceAsync(Cancellation);
        await bench.Node.ReorganiseAsync(1);
        Assert.Equal(7, await bench.BalanceAsync(Receiver));
        await sender.RunOnceAsync(Cancellation);
        await bench.UntilMinedAsync(2);
        Assert.Equal((TransactionState.Mined, 14), ((await bench.RowAsync("stays")).State, await bench.BalanceAsync(Receiver)));

        await bench.RemoveMinedAsync();
        await bench.Node.MineAsync(SenderBench.FinalityDepth);
        await sender.RunOnceAsync(Cancellation);
        await sender.RunOnceAsync(Cancellation);
        Assert.Equal((TransactionState.Final, TransactionState.Final), ((await bench.RowAsync("stays")).State, (await bench.RowAsync("vanishes")).State));
    }

    [Fact]
    public async Task However_many_transactions_are_refused_a_new_one_goes_out_and_a_cured_one_in_a_few_turns()
    {
        await using var bench = await SenderBench.StartAsync();
        var token = await DeployTokenAsync(bench);
        await bench.AddRefusedAsync(1_100, token, new MarketToken.TransferCall(Receiver, 1_000).Encode());
        await bench.QueueAsync("cured", token, new MarketToken.TransferCall(Receiver, 5).Encode());
        await bench.QueueAsync("pay", Receiver, value: 7);
        var sender = bench.NewSender();
        await sender.RunOnceAsync(Cancellation);
        await bench.UntilMinedAsync(1);
        Assert.Equal((TransactionState.Queued, 7), ((await bench.RowAsync("cured")).State, await bench.BalanceAsync(Receiver)));

        await bench.SendFromElsewhereAsync(token, new MarketToken.MintCall(bench.Account, 5).Encode());
        for (var turn = 0; turn < 20 && (await bench.RowAsync("cured")).State == TransactionState.Queued; turn++)
        {
            await sender.RunOnceAsync(Cancellation);
        }

        await bench.UntilMinedAsync(2);
        Assert.Equal(5, await bench.Rpc.CallAsync(token, new MarketToken.BalanceOfAddressCall(Receiver), Cancellation));
    }

    private static async Task<Address> DeployTokenAsync(SenderBench bench) =>
        (await bench.SendFromElsewhereAsync(to: null, new MarketToken.Deployment(Address.Parse(AnvilNode.Accounts[5].Address)).Encode()))!.Value;
}
