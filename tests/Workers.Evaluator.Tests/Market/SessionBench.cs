using Ethereum.Rpc;
using Ethereum.Transactions;
using Glyphs;
using Mechanisms.Datasets;
using Mechanisms.Learning.Onnx;
using Testing;
using Workers.Evaluator.Agreements;
using Workers.Evaluator.Collecting;
using Workers.Evaluator.Features;
using Workers.Evaluator.Sessions;
using Workers.Standalone.Chain;
using Workers.Standalone.Fleets;
using Workers.Standalone.Sessions;

namespace Workers.Evaluator.Tests.Market;

/// <summary>A market of sessions on a chain of its own: the collector's, the arbiter's and the providers' daemons in this process.</summary>
internal sealed class SessionBench : IAsyncDisposable
{
    public const decimal Credit = 1_000_000_000_000_000_000m;

    internal static readonly Lazy<OnnxGraph> Model = new(() => PretrainedModel.Train(1, Environment.ProcessorCount, CancellationToken.None));
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(300);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("sessions-");
    private readonly HttpClient _http = new(EthereumRpc.CreateHandler());
    private readonly LocalKeySigner _operator = new(Convert.FromHexString(AnvilNode.Accounts[0].PrivateKey[2..]));
    private readonly System.Collections.Concurrent.ConcurrentBag<LocalKeySigner> _signers = [];

    private SessionBench(AnvilNode node) => Node = node;

    public AnvilNode Node { get; }

    public SessionMarket Market { get; private set; } = null!;

    public FleetClient Collector => Market.Collector.Client;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<SessionBench> StartAsync(Dictionary<string, string>? collector = null, params ProviderSetup[] providers)
    {
        var bench = new SessionBench(await AnvilNode.StartAsync(new AnvilOptions(TimeSpan.FromMilliseconds(500)), Cancellation));
        var rpc = new EthereumRpc(bench._http, new EthereumRpcOptions { Endpoints = [bench.Node.Address] }, TimeProvider.System);
        var deployment = new MarketDeployment(rpc, bench._operator);
        Directory.CreateDirectory(Path.Combine(bench._directory.FullName, "logs"));
        var policy = new Dictionary<string, string>(collector ?? [], StringComparer.Ordinal) { ["Collecting:DecisionMargin"] = "00:00:10" };
        policy.TryAdd("Collecting:NamingMargin", "00:00:10");
        bench.Market = await SessionMarket.StartAsync(
            bench._directory.FullName, bench.Node.Address, rpc, await deployment.DeployAsync(TimeSpan.FromSeconds(10), Cancellation), deployment,
            Model.Value, Images.Digits(200, 99), providers, policy, Cancellation);
        return bench;
    }

    /// <summary>The collector's folder of a session.</summary>
    public string SessionFolder(string sessionId) => Path.Combine(_directory.FullName, "collector", "sessions", sessionId[2..18]);

    /// <summary>Has an account locked for misconduct.</summary>
    public Task LockAsync(Ethereum.Address offender) => Lockout.LockAsync(Market.Rpc, Market.Contracts, _operator, offender, Cancellation);

    /// <summary>An order with room for daemons on a busy machine; the chain's time runs twice as fast as the clock, a second for each block.</summary>
    public async Task<SessionOrder> OrderAsync() => new(
        "handwritten digits", "model.onnx", 3, "validation.npy", "validation-labels.npy", 10, 10, "none", new AgreedRecipe(30, 16, 1e-3f, 0, [32], 1),
        1_000 * Credit, 50 * Credit, 1_000, TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10),
        await Market.Arbiter.Client.AccountAsync(Cancellation));

    public async Task<CollectionView> OpenAsync(SessionOrder order) => await Collector.OpenSessionAsync(Guid.NewGuid(), order, Cancellation);

    /// <summary>A provider that the test plays, once the session is on chain.</summary>
    public async Task<ScriptedProvider> ScriptAsync(CollectionView session)
    {
        await UntilAsync(s => s.State == "Pending", session.SessionId);
        using var key = Hosting.Cryptography.Secret.Random(32);
        var signer = new LocalKeySigner(key.Reveal());
        _signers.Add(signer);
        return await Market.ScriptAsync(signer, session.Terms, Cancellation);
    }

    /// <summary>A scripted provider's first steps, with what it registers and what it computes features from; the same is honest.</summary>
    public async Task<ScriptedProvider> PlayAsync(CollectionView session, Dataset registered, Dataset? scored = null, Func<int, byte[], byte[]>? spoil = null)
    {
        var provider = await ScriptAsync(session);
        var agreement = await provider.AgreementAsync(Cancellation);
        await provider.RegisterAsync(ScriptedProvider.Cut(agreement, registered, 5), spoil, Cancellation);
        await SubmitAsync(provider, scored ?? registered);
        return provider;
    }

    /// <summary>Features of the shards at the sampled positions, cut from this data.</summary>
    public static async Task SubmitAsync(ScriptedProvider provider, Dataset data) =>
        await provider.SubmitAsync(await FeaturesAsync(provider, data), Cancellation);

    public static async Task<FeatureBundle> FeaturesAsync(ScriptedProvider provider, Dataset data)
    {
        var agreement = await provider.AgreementAsync(Cancellation);
        var extractor = await provider.ExtractorAsync(agreement, Cancellation);
        var sample = await provider.SampleAsync(Cancellation);
        var shards = agreement.Shards.ToConfiguration().Split(data, 5);
        var samples = Dataset.Concatenate([.. sample.Select(i => shards[i])]);
        return new FeatureBundle(extractor.Extract(samples, 1, Cancellation), samples.Labels);
    }

    /// <summary>What another provider announced, as everybody can read it on chain.</summary>
    public async Task<byte[]> AnnouncementAsync(string sessionId, string of)
    {
        await UntilAsync(s => s.Providers.Any(p => p.Account == of && p.Submitted), sessionId);
        var topics = new[] { Ethereum.Contracts.TradingSessions.FeaturesSubmittedEvent.Topic.ToString(), sessionId, "0x" + new string('0', 24) + of[2..] };
        var logs = await Node.CallAsync("eth_getLogs", new { fromBlock = "0x0", address = Market.Contracts.TradingSessions.ToString(), topics });
        var data = Convert.FromHexString(logs[0].GetProperty("data").GetString()!.AsSpan(2));
        var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(data.AsSpan(60));
        return data[64..(64 + length)];
    }

    /// <summary>Waits until the session, as the collector's house knows it, is as wanted.</summary>
    public async Task<SessionView> UntilAsync(Func<SessionView, bool> wanted, string sessionId) =>
        (await EventuallyAsync(() => Collector.SessionAsync(sessionId, Cancellation), s => s is not null && wanted(s), "the session"))!;

    public Task<CollectionView> UntilAsync(string state, string sessionId) =>
        EventuallyAsync(() => Collector.CollectionAsync(sessionId, Cancellation), c => c.State == state, "the collection");

    public async Task<decimal> BalanceAsync(Ethereum.Address account) =>
        (decimal)await Market.Rpc.CallAsync(Market.Contracts.MarketToken, new Ethereum.Contracts.MarketToken.BalanceOfAddressCall(account), Cancellation);

    public static async Task<T> EventuallyAsync<T>(Func<Task<T>> read, Func<T, bool> wanted, string what)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var value = await read();
            if (wanted(value))
            {
                return value;
            }

            Assert.True(clock.Elapsed < Patience, $"{what} never became as wanted; now: {System.Text.Json.JsonSerializer.Serialize(value)}");
            await Task.Delay(100, Cancellation);
        }
    }

    /// <summary>Good enough to be named before anybody whose labels are shuffled.</summary>
    public static Dataset Digits(int seed = 1) => Images.Digits(200, seed);

    /// <summary>Digits whose labels say nothing.</summary>
    public static Dataset Shuffled(Dataset data)
    {
        int[] labels = [.. data.Labels];
        new Random(1).Shuffle(labels);
        return new Dataset(data.Samples, labels, data.Classes);
    }

    public async ValueTask DisposeAsync()
    {
        if (Market is not null)
        {
            await Market.DisposeAsync();
        }

        await Node.DisposeAsync();
        foreach (var signer in _signers)
        {
            signer.Dispose();
        }

        _operator.Dispose();
        _http.Dispose();
        _directory.Delete(recursive: true);
    }
}
