using System.Globalization;
using System.Numerics;
using ContentStore.Embedded;
using Ethereum;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Mechanisms.Datasets;
using Mechanisms.Learning.Onnx;
using Workers.Evaluator;
using Workers.Standalone.Chain;
using Workers.Standalone.Fleets;

namespace Workers.Standalone.Sessions;

/// <summary>A provider's fleet to be started.</summary>
/// <param name="Data">What it offers.</param>
internal sealed record ProviderSetup(string Name, Dataset Data);

/// <summary>A collector, an arbiter and providers, each a fleet of its own, on one chain and one IPFS.</summary>
internal sealed class SessionMarket : IAsyncDisposable
{
    private static readonly BigInteger Ether = BigInteger.Pow(10, 18);
    private readonly List<Fleet> _fleets = [];
    private readonly Dictionary<string, Func<CancellationToken, Task<Fleet>>> _starts = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _endowing = new(1);
    private readonly string _directory;
    private readonly MarketDeployment _deployment;
    private readonly EmbeddedStore _content;

    private SessionMarket(string directory, EthereumRpc rpc, MarketContracts contracts, MarketDeployment deployment)
    {
        (_directory, Rpc, Contracts, _deployment) = (directory, rpc, contracts, deployment);
        _content = new EmbeddedStore(Path.Combine(directory, "ipfs"));
    }

    public EthereumRpc Rpc { get; }

    public MarketContracts Contracts { get; }

    public Fleet Collector => _fleets[0];

    public Fleet Arbiter => _fleets[1];

    public IEnumerable<Fleet> Providers => _fleets.Skip(2);

    public IEnumerable<Fleet> All => _fleets;

    /// <summary>Starts everybody, with coins for fees and credit for rewards and deposits.</summary>
    /// <param name="model">The collector's pre-trained model, as <c>model.onnx</c>.</param>
    /// <param name="validation">Its validation samples, as <c>validation.npy</c> and <c>validation-labels.npy</c>.</param>
    /// <param name="particular">Settings of the collector, over the defaults.</param>
    public static async Task<SessionMarket> StartAsync(
        string directory,
        Uri chain,
        EthereumRpc rpc,
        MarketContracts contracts,
        MarketDeployment deployment,
        OnnxGraph model,
        Dataset validation,
        IReadOnlyList<ProviderSetup> providers,
        IReadOnlyDictionary<string, string> particular,
        CancellationToken cancellationToken)
    {
        var market = new SessionMarket(directory, rpc, contracts, deployment);
        try
        {
            var models = Directory.CreateDirectory(Path.Combine(directory, "collector", "models")).FullName;
            await File.WriteAllBytesAsync(Path.Combine(models, "model.onnx"), model.Write(), cancellationToken);
            await WriteAsync(models, "validation", validation, cancellationToken);
            await market.AddAsync("collector", chain, new Dictionary<string, string>(particular, StringComparer.Ordinal) { ["Collecting:ModelDirectory"] = models }, cancellationToken);
            await market.AddAsync("arbiter", chain, [], cancellationToken);
            var arbiter = await market.Arbiter.Client.AccountAsync(cancellationToken);
            foreach (var (name, data) in providers)
            {
                var folder = Directory.CreateDirectory(Path.Combine(directory, name, "offers")).FullName;
                await WriteAsync(folder, "data", data, cancellationToken);
                var settings = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["Providing:Datasets:0:Name"] = "digits",
                    ["Providing:Datasets:0:Samples"] = Path.Combine(folder, "data.npy"),
                    ["Providing:Datasets:0:Labels"] = Path.Combine(folder, "data-labels.npy"),
                    ["Providing:Datasets:0:Classes"] = data.Classes.ToString(CultureInfo.InvariantCulture),
                    ["Providing:Arbiters:0"] = arbiter,
                    ["Providing:MinimumWindow"] = "00:00:10",
                    ["Providing:MinimumTime"] = "00:00:10",
                };
                await market.AddAsync(name, chain, settings, cancellationToken);
            }

            return market;
        }
        catch
        {
            await market.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops a fleet and starts it again on the same files.</summary>
    public async Task RestartAsync(string name, CancellationToken cancellationToken)
    {
        var index = _fleets.FindIndex(f => f.Name == name);
        await _fleets[index].DisposeAsync();
        _fleets[index] = await _starts[name](cancellationToken);
    }

    /// <summary>A provider that takes its steps when it is told to.</summary>
    public async Task<ScriptedProvider> ScriptAsync(ISigner signer, Workers.Evaluator.Sessions.SessionTerms terms, CancellationToken cancellationToken)
    {
        await EndowAsync(signer.Address, cancellationToken);
        return new ScriptedProvider(Rpc, signer, _content, Contracts, terms);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var fleet in _fleets)
        {
            await fleet.DisposeAsync();
        }

        _endowing.Dispose();
    }

    private async Task AddAsync(string name, Uri chain, Dictionary<string, string> particular, CancellationToken cancellationToken)
    {
        _starts[name] = token => Fleet.StartAsync(name, new FleetSettings(_directory, chain, Contracts, particular), builder => builder.AddEvaluator(), token);
        var fleet = await _starts[name](cancellationToken);
        _fleets.Add(fleet);
        await EndowAsync(Address.Parse(await fleet.Client.AccountAsync(cancellationToken)), cancellationToken);
    }

    // One after the other: all come from one account.
    private async Task EndowAsync(Address account, CancellationToken cancellationToken)
    {
        await _endowing.WaitAsync(cancellationToken);
        try
        {
            await _deployment.FundAsync(account, 100 * Ether, cancellationToken);
            await _deployment.IssueAsync(Contracts, account, 10_000 * Ether, cancellationToken);
        }
        finally
        {
            _endowing.Release();
        }
    }

    private static async Task WriteAsync(string folder, string name, Dataset data, CancellationToken cancellationToken)
    {
        await File.WriteAllBytesAsync(Path.Combine(folder, $"{name}.npy"), NpyFile.Write(data.Samples), cancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(folder, $"{name}-labels.npy"), NpyFile.Write(data.Labels.AsSpan()), cancellationToken);
    }
}
