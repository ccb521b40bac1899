using System.Net;
using System.Net.Http.Headers;
using Ethereum.Abi;
using Ethereum.Rpc;

namespace Ethereum.Tests.Rpc;

public class HostileNodeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("<html><body>502</body></html>", "HTML")]
    [InlineData("", "malformed or cut off")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x1", "malformed or cut off")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x1\"} {}", "malformed or cut off")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":\"0x1\"}", "id 2")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":\"0x1\"}", "id null")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"result\":\"0x1\"}", "id null")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1}", "neither a result nor an error")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":17}", "malformed or cut off")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":null}", "malformed or cut off")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0xzz\"}", "malformed or cut off")]
    [InlineData("[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x1\"}]", "malformed or cut off")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "malformed or cut off")]
    public async Task Answer_that_is_not_the_answer_is_refused_as_transient(string answer, string reason)
    {
        var error = await Assert.ThrowsAsync<RpcProtocolException>(() => StubNode.Rpc(_ => StubNode.Text(answer)).BlockNumberAsync(Cancellation));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
        Assert.Equal(("node0", "eth_blockNumber"), (error.Endpoint, error.Method));
    }

    [Fact]
    public async Task Batch_with_a_missing_repeated_or_foreign_item_is_refused()
    {
        string[] answers =
        [
            """[{"id":1,"result":"0x1"}]""",
            """[{"id":1,"result":null},{"id":1,"result":null}]""",
            """[{"id":1,"result":null},{"id":3,"result":null}]""",
            """{"id":1,"result":null}""",
            "[]",
        ];
        foreach (var answer in answers)
        {
            await Assert.ThrowsAsync<RpcProtocolException>(() => StubNode.Rpc(_ => StubNode.Text(answer.Replace("\"0x1\"", "null", StringComparison.Ordinal))).GetBlockHeadersAsync(5, 6, Cancellation));
        }
    }

    [Fact]
    public async Task Batch_may_be_answered_in_any_order()
    {
        var rpc = StubNode.Rpc(r => StubNode.Text($"[{string.Join(",", r.Calls.Reverse().Select(c => $$"""{"result":{{Chain.Json(Chain.Block(ulong.Parse(c.GetProperty("params")[0].GetString()![2..], System.Globalization.NumberStyles.HexNumber)))}},"id":{{c.GetProperty("id")}}}"""))}]"));
        var headers = await rpc.GetBlockHeadersAsync(5, 7, Cancellation);
        Assert.Equal([5UL, 6UL, 7UL], headers.Select(h => h!.Number));
    }

    [Fact]
    public async Task Whole_batch_refused_with_one_error_is_that_error()
    {
        var error = await Assert.ThrowsAsync<RpcErrorException>(() => StubNode.Rpc(r => r.Error(-32600, "batch too large")).GetBlockHeadersAsync(1, 2, Cancellation));
        Assert.Equal("batch too large", error.NodeMessage);
    }

    [Fact]
    public async Task Too_many_requests_says_how_long_to_wait()
    {
        var error = await Assert.ThrowsAsync<RpcTransportException>(() => StubNode.Rpc(_ =>
        {
            var response = StubNode.Text("slow down", HttpStatusCode.TooManyRequests);
            response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(17));
            return response;
        }).BlockNumberAsync(Cancellation));
        Assert.Equal((true, TimeSpan.FromSeconds(17)), (error.IsTransient, error.RetryAfter));
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, true)]
    [InlineData(HttpStatusCode.Unauthorized, false)]
    [InlineData(HttpStatusCode.NotFound, false)]
    [InlineData(HttpStatusCode.MovedPermanently, false)]
    public async Task Http_refusal_is_transient_only_where_waiting_helps(HttpStatusCode status, bool transient)
    {
        var error = await Assert.ThrowsAsync<RpcTransportException>(() => StubNode.Rpc(_ => StubNode.Text("", status)).BlockNumberAsync(Cancellation));
        Assert.Equal(transient, error.IsTransient);
    }

    [Fact]
    public async Task Answer_that_never_ends_is_a_timeout_and_the_callers_cancellation_is_not()
    {
        var rpc = StubNode.Rpc(r => new HttpResponseMessage { Content = new StubNode.Body("{\"id\":1,", c => Task.Delay(Timeout.Infinite, c)) });
        var error = await Assert.ThrowsAsync<RpcTransportException>(() => rpc.BlockNumberAsync(Cancellation));
        Assert.True(error.IsTimeout && error.IsTransient);
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rpc.BlockNumberAsync(cancelled.Token));
    }

    [Fact]
    public async Task Connection_that_breaks_in_the_answer_is_transient()
    {
        var rpc = StubNode.Rpc(r => new HttpResponseMessage { Content = new StubNode.Body("{\"id\":1,", _ => throw new IOException("reset")) });
        Assert.True((await Assert.ThrowsAsync<RpcTransportException>(() => rpc.BlockNumberAsync(Cancellation))).IsTransient);
    }

    [Fact]
    public async Task Answer_beyond_the_limit_is_refused_whether_announced_or_not()
    {
        var big = new string(' ', 5000) + "{}";
        await Assert.ThrowsAsync<RpcResponseTooLargeException>(() => StubNode.Rpc(_ => StubNode.Text(big), maxResponse: 4096).BlockNumberAsync(Cancellation));
        var endless = StubNode.Rpc(_ => new HttpResponseMessage { Content = new StubNode.Body(big, _ => Task.CompletedTask) }, maxResponse: 4096);
        await Assert.ThrowsAsync<RpcResponseTooLargeException>(() => endless.BlockNumberAsync(Cancellation));
    }

    [Fact]
    public async Task Secret_path_and_credentials_of_an_endpoint_never_reach_an_error_but_do_reach_the_endpoint()
    {
        string? authorization = null;
        var error = await Assert.ThrowsAsync<RpcTransportException>(() => StubNode.Rpc(r =>
        {
            authorization = r.Http.Headers.Authorization?.ToString();
            Assert.Equal("https://node0/secret-key", r.Http.RequestUri!.ToString());
            return StubNode.Text("", HttpStatusCode.BadGateway);
        }).BlockNumberAsync(Cancellation));
        Assert.Equal("Basic dXNlcjpwYXNz", authorization);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("pass", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"0x08c379a0000000000000000000000000000000000000000000000000000000000000002000000000000000000000000000000000000000000000000000000000000000026869000000000000000000000000000000000000000000000000000000000000\"")]
    [InlineData("{\"txHash\":[1],\"data\":\"0x08c379a0000000000000000000000000000000000000000000000000000000000000002000000000000000000000000000000000000000000000000000000000000000026869000000000000000000000000000000000000000000000000000000000000\"}")]
    [InlineData("\"Reverted 0x08c379a0000000000000000000000000000000000000000000000000000000000000002000000000000000000000000000000000000000000000000000000000000000026869000000000000000000000000000000000000000000000000000000000000\"")]
    public async Task Revert_carries_its_data_wherever_the_node_puts_it(string data)
    {
        var error = await Assert.ThrowsAsync<RpcErrorException>(() => StubNode.Rpc(r => r.Error(3, "execution reverted", data), endpoints: 2).EstimateGasAsync(new TransactionRequest(), Cancellation));
        Assert.True(error.IsRevert);
        Assert.False(error.IsTransient);
        Assert.Equal("node0", error.Endpoint); // another endpoint would say the same and is not asked
        Assert.Equal(new SolidityErrors.Reason("hi"), SolidityErrors.Decode(error.RevertData));
    }

    [Fact]
    public void Panic_is_read_from_revert_data() =>
        Assert.Equal(new SolidityErrors.Panic(0x11), SolidityErrors.Decode(Hex.Parse("0x4e487b71" + new string('0', 62) + "11")));

    [Fact]
    public async Task Transaction_that_the_node_knows_already_counts_as_sent()
    {
        var hash = await StubNode.Rpc(r => r.Error(-32000, "already known")).SendRawTransactionAsync(new byte[] { 1, 2 }, Cancellation);
        Assert.Equal(Keccak256.Hash([1, 2]), hash);
        await Assert.ThrowsAsync<RpcErrorException>(() => StubNode.Rpc(r => r.Error(-32000, "nonce too low")).SendRawTransactionAsync(new byte[] { 1 }, Cancellation));
    }
}
