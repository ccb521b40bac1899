using System.Globalization;
using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Mechanisms.Datasets;
using Testing;
using Workers.Evaluator.Agreements;
using Workers.Evaluator.Collecting;
using Workers.Standalone.Chain;
using Workers.Standalone.Fleets;

namespace Workers.Evaluator.Tests.Market;

/// <summary>A collector's and a provider's workers as processes on RabbitMQ and PostgreSQL, killed with kill -9 all through a session.</summary>
public sealed class KilledSessionTests(RealServers servers, ITestOutputHelper output)
{
    private const decimal Credit = SessionBench.Credit;
    private static readonly string[] Events =
    [
        TradingSessions.SessionCreatedEvent.Topic.ToString(), TradingSessions.RegisteredEvent.Topic.ToString(), TradingSessions.DataSampledEvent.Topic.ToString(),
        TradingSessions.FeaturesSubmittedEvent.Topic.ToString(), TradingSessions.CandidateSetEvent.Topic.ToString(), TradingSessions.ReviewSubmittedEvent.Topic.ToString(),
        TradingSessions.OptimalSetEvent.Topic.ToString(), TradingSessions.RewardClaimedEvent.Topic.ToString(), TradingSessions.SettledEvent.Topic.ToString(),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task When_workers_are_killed_at_every_step_each_step_is_on_chain_once_and_the_data_arrives()
    {
        var root = Directory.CreateTempSubdirectory("killed-session-");
        await using var removal = new Removal(root);
        await using var anvil = await AnvilNode.StartAsync(new AnvilOptions(TimeSpan.FromSeconds(1)), Cancellation);
        await using var rabbitMq = await RabbitMqServer.StartAsync(Cancellation);
        using var http = new HttpClient(EthereumRpc.CreateHandler());
        var rpc = new EthereumRpc(http, new EthereumRpcOptions { Endpoints = [anvil.Address] }, TimeProvider.System);
        using var market = new LocalKeySigner(Convert.FromHexString(AnvilNode.Accounts[0].PrivateKey[2..]));
        var deployment = new MarketDeployment(rpc, market);
        var contracts = await deployment.DeployAsync(TimeSpan.FromSeconds(10), Cancellation);

        await using var collector = await HouseAsync("collector", new() { ["Collecting:NamingMargin"] = "00:00:20", ["Collecting:DecisionMargin"] = "00:00:20", ["Collecting:EnoughProviders"] = "1" });
        await using var provider = await HouseAsync("provider", new() { ["Providing:MinimumWindow"] = "00:00:10" });
        var order = new SessionOrder(
            "digits", "model.onnx", 3, "data.npy", "labels.npy", 10, 10, "none", new AgreedRecipe(10, 16, 1e-3f, 0, [], 1), 1_000 * Credit, 50 * Credit, 1_000,
            TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(30));
        var session = await collector.Client.OpenSessionAsync(Guid.NewGuid(), order, Cancellation);

        // Whenever another step has come onto the chain, the next victim dies, with whatever it was doing.
        Victim[] victims = [new(provider.Listener), new(provider.Worker), new(collector.Worker), new(collector.Listener)];
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (var step = 0; step < Events.Length; step++)
        {
            while (await CountAsync(Events[step]) == 0)
            {
                Assert.True(clock.Elapsed < TimeSpan.FromMinutes(8), $"step {step} of {Events.Length} never came");
                await Task.Delay(200, Cancellation);
            }

            var victim = victims[step % victims.Length].Process;
            output.WriteLine($"{clock.Elapsed.TotalSeconds:0} s: step {step} is on chain; {victim.Name} is killed");
            await victim.KillAsync();
            await victim.RestartAsync(Cancellation);
        }

        CollectionView? collection = null;
        while (collection?.State != "Delivered")
        {
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(8), $"the collection is {collection}");
            await Task.Delay(500, Cancellation);
            collection = await collector.Client.CollectionAsync(session.SessionId, Cancellation);
        }

        Assert.Equal((200, null), (collection.Samples, collection.Problem));
        foreach (var topic in Events)
        {
            Assert.Equal(1, await CountAsync(topic));
        }

        Assert.Equal(11_000 * Credit, await BalanceAsync(provider));
        Assert.Equal(9_000 * Credit, await BalanceAsync(collector));
        foreach (var house in new[] { collector, provider })
        {
            Assert.DoesNotContain(await house.Client.TransactionsAsync(Cancellation), t => t.State == "Reverted");
        }

        async Task<int> CountAsync(string topic) =>
            (await anvil.CallAsync("eth_getLogs", new { fromBlock = "0x0", address = contracts.TradingSessions.ToString(), topics = new[] { topic, session.SessionId } })).GetArrayLength();

        async Task<decimal> BalanceAsync(Organisation house) =>
            (decimal)await rpc.CallAsync(contracts.MarketToken, new MarketToken.BalanceOfAddressCall(house.Account), Cancellation);

        async Task<Organisation> HouseAsync(string name, Dictionary<string, string> particular)
        {
            var files = Directory.CreateDirectory(Path.Combine(root.FullName, $"{name}-files")).FullName;
            var data = SessionBench.Digits();
            await File.WriteAllBytesAsync(Path.Combine(files, "model.onnx"), SessionBench.Model.Value.Write(), Cancellation);
            await File.WriteAllBytesAsync(Path.Combine(files, "data.npy"), NpyFile.Write(data.Samples), Cancellation);
            await File.WriteAllBytesAsync(Path.Combine(files, "labels.npy"), NpyFile.Write(data.Labels.AsSpan()), Cancellation);
            foreach (var (key, value) in await Organisation.SettingsAsync(rabbitMq, await servers.PostgresAsync(Cancellation), Cancellation))
            {
                particular.Add(key, value);
            }

            particular["Collecting:ModelDirectory"] = files;
            if (name == "provider")
            {
                particular["Providing:Datasets:0:Name"] = "digits";
                particular["Providing:Datasets:0:Samples"] = Path.Combine(files, "data.npy");
                particular["Providing:Datasets:0:Labels"] = Path.Combine(files, "labels.npy");
            }

            var settings = new FleetSettings(root.FullName, anvil.Address, contracts, particular);
            var house = await Organisation.StartAsync(name, "Workers.Evaluator.dll", settings, Cancellation);
            await deployment.FundAsync(house.Account, 100 * BigInteger.Pow(10, 18), Cancellation);
            await deployment.IssueAsync(contracts, house.Account, 10_000 * BigInteger.Pow(10, 18), Cancellation);
            return house;
        }
    }

    /// <summary>Made before the workers, so disposed after them: none writes any more.</summary>
    private sealed class Removal(DirectoryInfo folder) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            folder.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }
    }

    private sealed record Victim(WorkerProcess Process);
}
