using Ethereum;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Spectre.Console;
using Workers.Standalone.Chain;

namespace Testing;

/// <summary>What an act of <c>./run</c> is played on: a chain with the contracts, a folder, and a console whose text is kept. Compiled into the tests of the workers that play one.</summary>
internal sealed class StoryStage : IAsyncDisposable
{
    private readonly HttpClient _http = new(EthereumRpc.CreateHandler());
    private readonly LocalKeySigner _operator = new(Convert.FromHexString(AnvilNode.Accounts[0].PrivateKey[2..]));
    private readonly StringWriter _text = new();
    private readonly AnvilNode _node;

    private StoryStage(AnvilNode node, string directory)
    {
        (_node, Root) = (node, directory);
        Rpc = new EthereumRpc(_http, new EthereumRpcOptions { Endpoints = [node.Address] }, TimeProvider.System);
        Deployment = new MarketDeployment(Rpc, _operator);
        Console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(_text) });
        Console.Profile.Width = 200;
    }

    public string Root { get; }

    public Uri Chain => _node.Address;

    public EthereumRpc Rpc { get; }

    public MarketDeployment Deployment { get; }

    public MarketContracts Contracts { get; private set; } = null!;

    public IAnsiConsole Console { get; }

    /// <summary>What was told so far.</summary>
    public string Text => _text.ToString();

    /// <param name="attestors">Makes them in the story's folder; by default the operator is the only one.</param>
    public static async Task<StoryStage> SetAsync(string name, Func<string, IReadOnlyCollection<Address>>? attestors, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory($"{name}-story-");
        Directory.CreateDirectory(Path.Combine(directory.FullName, "logs"));
        var stage = new StoryStage(await AnvilNode.StartAsync(new AnvilOptions(TimeSpan.FromSeconds(1)), cancellationToken), directory.FullName);
        stage.Contracts = await stage.Deployment.DeployAsync(TimeSpan.FromSeconds(10), cancellationToken, attestors: attestors?.Invoke(stage.Root));
        return stage;
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _http.Dispose();
        _operator.Dispose();
        await _text.DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }
}
