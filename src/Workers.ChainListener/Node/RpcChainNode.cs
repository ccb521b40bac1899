using Contracts.Messages;
using Ethereum;
using Ethereum.Logs;
using Ethereum.Rpc;
using Microsoft.Extensions.Options;
using Workers.ChainListener.Following;
using Workers.Hosting.Chain;

namespace Workers.ChainListener.Node;

/// <summary>A chain seen through its JSON-RPC endpoints.</summary>
internal sealed class RpcChainNode(Endpoints endpoints, IOptions<ChainOptions> options, TimeProvider clock) : IChainNode
{
    /// <summary>Enough for a bulk insert to be efficient, and some ten megabytes.</summary>
    private const int EventsAtOnce = 20_000;

    private readonly LogFilter _filter = LogFilter.Of([.. options.Value.Contracts.Values.Select(Address.Parse).Distinct()]);
    private (EthereumRpc Rpc, LogReader Logs)? _reader;

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
        var reader = _reader is { } known && ReferenceEquals(known.Rpc, rpc) ? known.Logs : new LogReader(rpc, new LogReaderOptions(), clock);
        _reader = (rpc, reader);
        var blocks = new List<FollowedBlock>();
        try
        {
            var events = 0;
            await foreach (var (header, logs) in reader.ReadAsync(_filter, from, to, parent: null, cancellationToken))
            {
                blocks.Add(Block(header, logs));
                events += logs.Count;
                if (events >= EventsAtOnce)
                {
                    break;
                }
            }
        }
        catch (InconsistentChainException) when (blocks.Count > 0)
        {
            // What came before the doubtful block is good; the next step asks for that block again.
            return blocks;
        }

        return blocks;
    }

    private static BlockRef Ref(BlockHeader header) => new(header.Number, header.Hash, header.ParentHash);

    private FollowedBlock Block(BlockHeader header, IReadOnlyList<Log> logs)
    {
        var time = DateTimeOffset.FromUnixTimeSeconds((long)header.Timestamp);
        return new FollowedBlock(Ref(header), [.. logs.Select(l => Event(l, time))]);
    }

    private ChainEvent Event(Log log, DateTimeOffset time) => new(
        new LogPosition((ulong)options.Value.ChainId, log.BlockNumber, log.BlockHash.ToString(), log.TransactionHash.ToString(), (uint)log.Index),
        time,
        log.Address.ToString(),
        [.. log.Topics.Select(t => t.ToString())],
        Hex.ToString(log.Data));
}
