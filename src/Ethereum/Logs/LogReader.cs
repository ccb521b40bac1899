using System.Runtime.CompilerServices;
using Ethereum.Rpc;

namespace Ethereum.Logs;

/// <summary>
/// Reads the logs of a range of blocks and verifies what came: every log lies in a block of the chain that the headers form, in order, and a block
/// whose bloom filter says that it may hold wanted logs is not believed to be empty before it was asked for by its hash and by its receipts.
/// </summary>
/// <remarks>A node that leaves out some of a block's logs but not all is not caught: the filter cannot count.</remarks>
/// <param name="rpc">The chain.</param>
/// <param name="options">How much is asked for at once.</param>
/// <param name="time">Measures answers.</param>
public sealed class LogReader(EthereumRpc rpc, LogReaderOptions options, TimeProvider time)
{
    private readonly RangeSize _range = new(options);

    /// <summary>Reads all blocks of the range in ascending order.</summary>
    /// <param name="filter">Which logs.</param>
    /// <param name="from">First block.</param>
    /// <param name="to">Last block; the node must know it.</param>
    /// <param name="parent">Hash of the block before the first, when the caller has it: another parent is then an error.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="RpcException">The node cannot be asked.</exception>
    /// <exception cref="InconsistentChainException">A reorganisation, or a node that lags. Blocks that were returned before are good.</exception>
    public async IAsyncEnumerable<BlockLogs> ReadAsync(LogFilter filter, ulong from, ulong to, Hash32? parent, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var mayHold = Bloom.Matcher(filter);
        var underWay = new Queue<Task<List<BlockLogs>>>();
        try
        {
            for (var next = from; next <= to || underWay.Count > 0;)
            {
                while (next <= to && underWay.Count < options.InFlight)
                {
                    var last = Math.Min(to, next + (ulong)_range.Current - 1);
                    underWay.Enqueue(ReadRangeAsync(filter, mayHold, next, last, stop.Token));
                    next = last + 1;
                }

                foreach (var block in await underWay.Dequeue())
                {
                    if (parent is { } expected && block.Header.ParentHash != expected)
                    {
                        throw new InconsistentChainException(block.Header.Number, $"its parent is {block.Header.ParentHash}, not {expected}: the chain was reorganised");
                    }

                    parent = block.Header.Hash;
                    yield return block;
                }
            }
        }
        finally
        {
            // What is still under way when an error or the caller ends the reading.
            await stop.CancelAsync();
            await ((Task)Task.WhenAll(underWay)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<List<BlockLogs>> ReadRangeAsync(LogFilter filter, Func<byte[], bool> mayHold, ulong from, ulong to, CancellationToken cancellation)
    {
        var blocks = (int)(to - from + 1);
        try
        {
            var started = time.GetTimestamp();
            var headersTask = rpc.GetBlockHeadersAsync(from, to, cancellation);
            var logsTask = rpc.GetLogsAsync(filter, from, to, cancellation);
            await Task.WhenAll(headersTask, logsTask);
            var (headers, logs) = (await headersTask, await logsTask);
            _range.Answered(blocks, logs.Count, time.GetElapsedTime(started));
            var chain = Assemble(filter, from, headers, logs);
            for (var i = 0; i < chain.Count; i++)
            {
                if (chain[i].Logs.Count == 0 && mayHold(chain[i].Header.LogsBloom))
                {
                    chain[i] = chain[i] with { Logs = await AskAgainAsync(filter, chain[i].Header, cancellation) };
                }
            }

            return chain;
        }
        catch (RpcException e) when (blocks > 1 && RangeSize.IsTooMuch(e))
        {
            _range.Refused(blocks);
            var middle = from + (ulong)(blocks / 2);
            var first = await ReadRangeAsync(filter, mayHold, from, middle - 1, cancellation);
            first.AddRange(await ReadRangeAsync(filter, mayHold, middle, to, cancellation));
            return first;
        }
    }

    /// <summary>Puts logs to their headers, and checks both.</summary>
    internal static List<BlockLogs> Assemble(LogFilter filter, ulong from, IReadOnlyList<BlockHeader?> headers, List<Log> logs)
    {
        var chain = new List<BlockLogs>(headers.Count);
        var at = 0;
        for (var i = 0; i < headers.Count; i++)
        {
            var number = from + (ulong)i;
            var header = headers[i] ?? throw new InconsistentChainException(number, "the node does not know it (yet, or any more)");
            if (header.Number != number || (i > 0 && header.ParentHash != chain[i - 1].Header.Hash))
            {
                throw new InconsistentChainException(number, "its header is not the child of the block before");
            }

            var start = at;
            for (; at < logs.Count && logs[at].BlockNumber == number; at++)
            {
                Check(filter, header, logs[at], at > start ? logs[at - 1] : null);
            }

            chain.Add(new BlockLogs(header, at == start ? [] : logs.GetRange(start, at - start)));
        }

        return at == logs.Count
            ? chain
            : throw new InconsistentChainException(logs[at].BlockNumber, "a log lies outside of the range asked for, or logs are not in ascending order");
    }

    private static void Check(LogFilter filter, BlockHeader header, Log log, Log? before)
    {
        var wrong = log.BlockHash != header.Hash ? $"a log lies in {log.BlockHash}, the block is {header.Hash}"
            : log.Removed ? "a log was removed by a reorganisation"
            : before is not null && log.Index <= before.Index ? "logs are not in ascending order"
            : !filter.Matches(log) ? "a log was not asked for"
            : null;
        if (wrong is not null)
        {
            throw new InconsistentChainException(header.Number, wrong);
        }
    }

    // Receipts account for the whole bloom filter, so they settle it. Endpoints without that method are asked by hash, all of them.
    private async Task<IReadOnlyList<Log>> AskAgainAsync(LogFilter filter, BlockHeader header, CancellationToken cancellation)
    {
        RpcException? failure = null;
        var (lagging, empty) = (false, false);
        for (var endpoint = rpc.Endpoints - 1; endpoint >= 0; endpoint--)
        {
            try
            {
                var receipts = await rpc.GetBlockReceiptsAsync(BlockTag.Hash(header.Hash), cancellation, endpoint);
                var all = receipts?.SelectMany(r => r.Logs).ToList();
                if (all is not null && Bloom.Of(all).AsSpan().SequenceEqual(header.LogsBloom))
                {
                    return Assemble(filter, header.Number, [header], all.FindAll(filter.Matches))[0].Logs;
                }

                lagging = true;
            }
            catch (RpcErrorException e) when (e.IsMethodMissing)
            {
                var logs = await rpc.GetLogsAsync(filter, header.Hash, cancellation, endpoint);
                if (logs.Count > 0)
                {
                    return Assemble(filter, header.Number, [header], logs)[0].Logs;
                }

                empty = true;
            }
            catch (RpcException e)
            {
                failure = e;
            }
        }

        return empty && !lagging
            ? []
            : throw failure ?? (Exception)new InconsistentChainException(header.Number, "its bloom filter says that logs are missing, and its receipts do not account for it: the node lags");
    }
}
