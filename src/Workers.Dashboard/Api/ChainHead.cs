using Ethereum.Rpc;

namespace Workers.Dashboard.Api;

/// <summary>The chain's newest block, by whose time offers end; asked for at most once a second, however many pages ask.</summary>
public sealed class ChainHead(EthereumRpc rpc, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private HeadView? _head;
    private long _askedAt;

    /// <summary>The newest block.</summary>
    /// <exception cref="RpcException">No endpoint answers.</exception>
    public async Task<HeadView> ReadAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_head is null || clock.GetElapsedTime(_askedAt) > Freshness)
            {
                var block = (await rpc.GetBlockHeaderAsync(BlockTag.Latest, cancellationToken))!;
                (_head, _askedAt) = (new HeadView(block.Number, DateTimeOffset.FromUnixTimeSeconds(checked((long)block.Timestamp))), clock.GetTimestamp());
            }

            return _head;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();
}

/// <summary>A block.</summary>
/// <param name="Time">Its timestamp.</param>
public sealed record HeadView(ulong Number, DateTimeOffset Time);
