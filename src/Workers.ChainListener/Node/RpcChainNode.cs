using Contracts.Messages;
using Ethereum;
using Ethereum.Rpc;
using Microsoft.Extensions.Options;
using Workers.ChainListener.Following;
using Workers.Hosting.Chain;

namespace Workers.ChainListener.Node;

/// <summary>A chain seen through its JSON-RPC endpoints.</summary>
internal sealed class RpcChainNode(Endpoints endpoints, IOptions<ChainOptions> options) : IChainNode
{
    private readonly LogFilter _filter = LogFilter.Of([.. options.Value.Contracts.Values.Select(Address.Parse).Distinct()]);

    public async Task<BlockRef> HeadAsync(CancellationToken cancellationToken)
    {
        var rpc = await endpoints.RpcAsync(cancellationToken);
        var head = await rpc.GetBlockHeaderAsync(BlockTag.Latest, cancellationToken);
        return head is null ? throw new ChainUnreachableException("The node knows no newest block.") : Ref(head);
    }

    public async Task<ulong?> FinalisedAsync(CancellationToken cancellationToken)
    {
        var rpc = await endpoints.RpcAsync(cancellationToken);
        try
        {
            return (await rpc.GetBlockHeaderAsync(BlockTag.Finalized, cancellationToken))?.Number;
        }
        catch (RpcErrorException e)
        {
            throw new ChainUnreachableException(
                $"The node does not know the block tag 'finalized' ({e.Message}). Use a node that follows consensus, or set Chain:Finality to Depth and Chain:FinalityDepth.");
        }
    }

    public async Task<IReadOnlyList<BlockRef>> BlocksAsync(ulong from, ulong to, CancellationToken cancellationToken)
    {
        var rpc = await endpoints.RpcAsync(cancellationToken);
        var headers = await rpc.GetBlockHeadersAsync(from, to, cancellationToken);
        return [.. headers.OfType<BlockHeader>().Select(Ref)];
    }

    public async Task<IReadOnlyList<FollowedBlock>> ReadAsync(ulong from, ulong to, CancellationToken cancellationToken)
    {
        var rpc = await endpoints.RpcAsync(cancellationToken);
        var headers = await rpc.GetBlockHeadersAsync(from, to, cancellationToken);
        var logs = (await rpc.GetLogsAsync(_filter, from, to, cancellationToken)).ToLookup(l => l.BlockHash);
        return [.. headers.OfType<BlockHeader>().Select(h => Block(h, logs[h.Hash]))];
    }

    private static BlockRef Ref(BlockHeader header) => new(header.Number, header.Hash, header.ParentHash);

    private FollowedBlock Block(BlockHeader header, IEnumerable<Log> logs)
    {
        var time = DateTimeOffset.FromUnixTimeSeconds((long)header.Timestamp);
        return new FollowedBlock(Ref(header), [.. logs.OrderBy(l => l.Index).Select(l => Event(l, time))]);
    }

    private ChainEvent Event(Log log, DateTimeOffset time) => new(
        new LogPosition((ulong)options.Value.ChainId, log.BlockNumber, log.BlockHash.ToString(), log.TransactionHash.ToString(), (uint)log.Index),
        time,
        log.Address.ToString(),
        [.. log.Topics.Select(t => t.ToString())],
        Hex.ToString(log.Data));
}
