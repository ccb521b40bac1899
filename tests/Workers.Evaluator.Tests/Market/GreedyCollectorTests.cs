using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Workers.Evaluator.Sessions;
using Workers.Hosting.Transactions;
using Workers.Standalone.Chain;
using Workers.Standalone.Sessions;

namespace Workers.Evaluator.Tests.Market;

/// <summary>A collector that wants to see more than was agreed is refused by the contract itself.</summary>
public sealed class GreedyCollectorTests(SharedSessions sessions)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_collector_can_neither_sample_twice_nor_more_than_the_share_nor_name_two_candidates()
    {
        var bench = await sessions.BenchAsync();
        using var key = Hosting.Cryptography.Secret.Random(32);
        using var collector = new LocalKeySigner(key.Reveal());
        using var providerKey = new LocalKeySigner(Hosting.Cryptography.Secret.Random(32).Reveal());
        var now = (await bench.Market.Rpc.GetBlockHeaderAsync(BlockTag.Latest, Cancellation))!.Timestamp;
        var terms = new SessionTerms(
            collector.Address.ToString(), 1_000, 50, 1_000, DateTimeOffset.FromUnixTimeSeconds((long)now + 3_600), TimeSpan.FromHours(1), TimeSpan.FromHours(1), TimeSpan.FromHours(1),
            Address.Zero.ToString(), Keccak256.Hash("extractor").ToString(), Keccak256.Hash("agreement").ToString());
        using var wallet = await bench.Market.ScriptAsync(collector, terms, Cancellation);
        var sender = new AccountSender(bench.Market.Rpc, collector);
        var contract = bench.Market.Contracts.TradingSessions;
        await sender.SendAsync(bench.Market.Contracts.MarketToken, new MarketToken.ApproveCall(contract, new BigInteger(terms.Reward)).Encode(), 0, Cancellation);
        await sender.SendAsync(contract, new TradingSessions.CreateSessionCall(terms.ToCall()).Encode(), 0, Cancellation);

        using var provider = await bench.Market.ScriptAsync(providerKey, terms, Cancellation);
        Assert.Contains("InvalidShardCount", await RefusalAsync(() => provider.RegisterAsync(Shards(9), spoil: null, Cancellation)), StringComparison.Ordinal);
        await provider.RegisterAsync(Shards(20), spoil: null, Cancellation);
        await sender.SendAsync(contract, new TradingSessions.SampleDataCall(terms.ToCall(), provider.Account, 5).Encode(), 0, Cancellation);
        Assert.Equal(2, (await provider.SampleAsync(Cancellation)).Count);
        Assert.Contains("WrongStatus", await RefusalAsync(() => sender.SendAsync(contract, new TradingSessions.SampleDataCall(terms.ToCall(), provider.Account, 6).Encode(), 0, Cancellation)), StringComparison.Ordinal);

        await provider.AnnounceAsync([1], Cancellation);
        var name = new TradingSessions.SetCandidateCall(terms.ToCall(), provider.Account).Encode();
        await sender.SendAsync(contract, name, 0, Cancellation);
        Assert.Contains("WrongState", await RefusalAsync(() => sender.SendAsync(contract, name, 0, Cancellation)), StringComparison.Ordinal);
        Assert.Contains("TooEarly", await RefusalAsync(() => sender.SendAsync(contract, new TradingSessions.CloseCall(terms.ToCall()).Encode(), 0, Cancellation)), StringComparison.Ordinal);
    }

    private static List<byte[]> Shards(int count) => [.. Enumerable.Range(0, count).Select(i => new byte[] { (byte)i })];

    private static async Task<string> RefusalAsync(Func<Task> send)
    {
        var refused = await Assert.ThrowsAsync<RpcErrorException>(send);
        return ContractErrors.Describe(refused.RevertData);
    }
}
