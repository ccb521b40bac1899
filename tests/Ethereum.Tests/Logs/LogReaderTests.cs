using System.Globalization;
using System.Net;
using System.Text.Json;
using Ethereum.Logs;
using Ethereum.Rpc;
using Ethereum.Tests.Rpc;

namespace Ethereum.Tests.Logs;

public class LogReaderTests
{
    private static readonly LogFilter Filter = LogFilter.Of([Chain.Token], Chain.Topic);
    private readonly List<(ulong From, ulong To)> _ranges = [];

    [Fact]
    public async Task Every_block_comes_once_in_order_with_its_logs()
    {
        var blocks = await ReadAsync(Honest(), 3, 250);
        Assert.Equal(Enumerable.Range(3, 248).Select(i => (ulong)i), blocks.Select(b => b.Header.Number));
        Assert.All(blocks, b => Assert.Equal(LogsOf(b.Header.Number).Select(l => l.TransactionHash), b.Logs.Select(l => l.TransactionHash)));
        Assert.True(_ranges.Max(r => r.To - r.From) > 32); // ranges grew
    }

    [Theory]
    [InlineData("query returned more than 10000 results")]
    [InlineData("block range is too wide")]
    [InlineData("response size exceeded")]
    public async Task Range_that_the_node_refuses_is_halved_until_it_is_answered(string refusal)
    {
        var blocks = await ReadAsync(Honest(r => r.To - r.From > 6 ? refusal : null), 0, 99);
        Assert.Equal(100, blocks.Count);
        Assert.Contains(_ranges, r => r.To - r.From > 6);
    }

    [Fact]
    public async Task Refusal_for_another_reason_is_told_not_halved() =>
        await Assert.ThrowsAsync<RpcErrorException>(() => ReadAsync(Honest(_ => "rate limit"), 0, 99));

    [Fact]
    public async Task Block_emptied_by_a_lagging_node_is_restored_from_its_receipts()
    {
        // Every block's logs are left out without an error.
        var blocks = await ReadAsync(Honest(lagging: _ => true), 0, 40);
        Assert.All(blocks, b => Assert.Equal(LogsOf(b.Header.Number).Count, b.Logs.Count));
    }

    [Fact]
    public async Task Block_emptied_by_a_lagging_node_without_receipts_is_restored_from_another_endpoint()
    {
        var blocks = await ReadAsync(Honest(lagging: r => r.Host == "node0", receipts: _ => false), 0, 40, endpoints: 2);
        Assert.All(blocks, b => Assert.Equal(LogsOf(b.Header.Number).Count, b.Logs.Count));
    }

    [Fact]
    public async Task Block_whose_receipts_do_not_account_for_its_filter_is_not_believed_to_be_empty()
    {
        var error = await Assert.ThrowsAsync<InconsistentChainException>(() => ReadAsync(Honest(lagging: _ => true, receipts: _ => null), 0, 40));
        Assert.Equal(2UL, error.BlockNumber); // the first block with logs
    }

    public static TheoryData<string> Lies() => ["hash", "order", "removed", "range", "unwanted", "missing header", "parent", "number"];

    [Theory]
    [MemberData(nameof(Lies))]
    public void Answer_that_does_not_fit_the_chain_is_refused(string lie)
    {
        List<BlockHeader?> headers = [.. Enumerable.Range(10, 5).Select(i => Chain.Block((ulong)i))];
        List<Log> logs = [Chain.LogAt(11, 0), Chain.LogAt(11, 1), Chain.LogAt(13, 4)];
        Assert.Equal([0, 2, 0, 1, 0], LogReader.Assemble(Filter, 10, headers, logs).Select(b => b.Logs.Count));
        switch (lie)
        {
            case "hash":
                logs[1] = logs[1] with { BlockHash = Hash32.Zero };
                break;
            case "order":
                logs.Reverse(0, 2);
                break;
            case "removed":
                logs[2] = logs[2] with { Removed = true };
                break;
            case "range":
                logs.Add(Chain.LogAt(15, 0));
                break;
            case "unwanted":
                logs[0] = logs[0] with { Address = Address.Zero };
                break;
            case "missing header":
                headers[4] = null;
                break;
            case "parent":
                headers[3] = headers[3]! with { ParentHash = Hash32.Zero };
                break;
            default:
                headers[0] = headers[0]! with { Number = 9 };
                break;
        }

        Assert.Throws<InconsistentChainException>(() => LogReader.Assemble(Filter, 10, headers, logs));
    }

    [Fact]
    public async Task Reorganisation_below_the_first_block_is_noticed()
    {
        var error = await Assert.ThrowsAsync<InconsistentChainException>(() => ReadAsync(Honest(), 5, 9, Chain.HashOf(4, "fork")));
        Assert.Equal(5UL, error.BlockNumber);
        Assert.Equal(5, (await ReadAsync(Honest(), 5, 9, Chain.HashOf(4))).Count);
    }

    [Fact]
    public async Task Failure_ends_the_reading_with_nothing_left_under_way()
    {
        var calls = 0;
        var rpc = StubNode.Rpc(r => Interlocked.Increment(ref calls) > 6 ? StubNode.Text("", HttpStatusCode.BadGateway) : Honest()(r));
        var read = 0;
        await Assert.ThrowsAsync<RpcTransportException>(async () =>
        {
            await foreach (var block in new LogReader(rpc, new LogReaderOptions { InitialRange = 4, MaxRange = 4 }, TimeProvider.System).ReadAsync(Filter, 0, 999, null, TestContext.Current.CancellationToken))
            {
                Assert.Equal((ulong)read++, block.Header.Number);
            }
        });
        var after = Volatile.Read(ref calls);
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Equal(after, Volatile.Read(ref calls));
    }

    private static List<Log> LogsOf(ulong number) => [.. Enumerable.Range(0, (int)(number % 4 == 2 ? 3 : number % 7 == 3 ? 1 : 0)).Select(i => Chain.LogAt(number, i))];

    private async Task<List<BlockLogs>> ReadAsync(Func<StubNode.Request, HttpResponseMessage> node, ulong from, ulong to, Hash32? parent = null, int endpoints = 1)
    {
        var blocks = new List<BlockLogs>();
        var reader = new LogReader(StubNode.Rpc(node, endpoints), new LogReaderOptions(), TimeProvider.System);
        await foreach (var block in reader.ReadAsync(Filter, from, to, parent, TestContext.Current.CancellationToken))
        {
            blocks.Add(block);
        }

        return blocks;
    }

    /// <summary>A node with the chain of <see cref="LogsOf"/>.</summary>
    /// <param name="refuse">The error for a range of blocks, null to answer it.</param>
    /// <param name="lagging">Whether this request for logs gets an empty answer.</param>
    /// <param name="receipts">True: offered; false: no such method; null: empty.</param>
    private Func<StubNode.Request, HttpResponseMessage> Honest(Func<(ulong From, ulong To), string?>? refuse = null, Func<StubNode.Request, bool>? lagging = null, Func<ulong, bool?>? receipts = null) => request =>
    {
        var first = request.Calls[0].GetProperty("params")[0];
        switch (request.Method)
        {
            case "eth_getBlockByNumber":
                return request.Result(p => Chain.Json(Chain.Block(Number(p[0]), [.. LogsOf(Number(p[0]))])));
            case "eth_getBlockReceipts":
                var block = Enumerable.Range(0, 1000).Select(i => (ulong)i).First(i => Chain.HashOf(i).ToString() == first.GetString());
                return (receipts?.Invoke(block) ?? (receipts is null ? true : null)) switch
                {
                    true => request.Result(_ => $"[{string.Join(",", LogsOf(block).Select(Chain.Receipt))}]"),
                    false => request.Error(-32601, "method not found"),
                    null => request.Result(_ => "[]"),
                };
            default:
                if (lagging?.Invoke(request) == true)
                {
                    return request.Result(_ => "[]");
                }

                var byHash = first.TryGetProperty("blockHash", out var hash);
                var range = byHash ? default : (From: Number(first.GetProperty("fromBlock")), To: Number(first.GetProperty("toBlock")));
                lock (_ranges)
                {
                    _ranges.Add(range);
                }

                if (refuse?.Invoke(range) is { } refusal)
                {
                    return request.Error(-32000, refusal);
                }

                var numbers = byHash
                    ? Enumerable.Range(0, 1000).Select(i => (ulong)i).Where(i => Chain.HashOf(i).ToString() == hash.GetString())
                    : Enumerable.Range((int)range.From, (int)(range.To - range.From + 1)).Select(i => (ulong)i);
                return request.Result(_ => $"[{string.Join(",", numbers.SelectMany(LogsOf).Select(Chain.Json))}]");
        }
    };

    private static ulong Number(JsonElement quantity) => ulong.Parse(quantity.GetString()![2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
