using Ethereum.Rpc;
using Testing;

namespace Workers.Encryption.Tests.Arbitration;

/// <summary>A chain with one block.</summary>
public sealed class ChainFixture : IAsyncLifetime
{
    private readonly HttpClient http = new(EthereumRpc.CreateHandler());
    private AnvilNode? node;

    public EthereumRpc Rpc { get; private set; } = null!;

    /// <summary>Hash of block 1.</summary>
    public string FirstBlock { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        node = await AnvilNode.StartAsync(cancellation: TestContext.Current.CancellationToken);
        await node.MineAsync();
        Rpc = new EthereumRpc(http, new EthereumRpcOptions { Endpoints = [node.Address] }, TimeProvider.System);
        FirstBlock = (await Rpc.GetBlockHeaderAsync(1, TestContext.Current.CancellationToken))!.Hash.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await node!.DisposeAsync();
    }
}
