using System.Net;
using Ethereum.Rpc;

namespace Ethereum.Tests.Rpc;

public class FailOverTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Failing_endpoint_is_passed_over_until_its_back_off_ends_and_then_preferred_again()
    {
        var time = new ManualTime();
        var broken = true;
        var node = new StubNode(r => r.Host == "node0" && broken ? StubNode.Text("", HttpStatusCode.BadGateway) : r.Result(_ => "\"0x7\""));
        var rpc = StubNode.Rpc(node, endpoints: 2, time);
        Assert.Equal(7UL, await rpc.BlockNumberAsync(Cancellation));
        Assert.Equal(7UL, await rpc.BlockNumberAsync(Cancellation));
        Assert.Equal("node0 node1 node1", string.Join(' ', node.Asked));

        time.Advance(TimeSpan.FromSeconds(1.1));
        await rpc.BlockNumberAsync(Cancellation);
        time.Advance(TimeSpan.FromSeconds(1.1)); // the second failure doubled the back-off
        await rpc.BlockNumberAsync(Cancellation);
        Assert.Equal("node0 node1 node1 node0 node1 node1", string.Join(' ', node.Asked));

        broken = false;
        time.Advance(TimeSpan.FromSeconds(1));
        await rpc.BlockNumberAsync(Cancellation);
        await rpc.BlockNumberAsync(Cancellation);
        Assert.Equal("node0 node0", string.Join(' ', node.Asked.TakeLast(2)));
    }

    [Fact]
    public async Task When_all_endpoints_fail_all_are_asked_and_the_last_error_is_told()
    {
        var node = new StubNode(_ => StubNode.Text("<html>"));
        var rpc = StubNode.Rpc(node, endpoints: 3, new ManualTime());
        Assert.Equal("node2", (await Assert.ThrowsAsync<RpcProtocolException>(() => rpc.BlockNumberAsync(Cancellation))).Endpoint);
        await Assert.ThrowsAsync<RpcProtocolException>(() => rpc.BlockNumberAsync(Cancellation));
        Assert.Equal(6, node.Asked.Count);
    }

    [Theory]
    [InlineData(-32005, true)]
    [InlineData(-32601, true)]
    [InlineData(-32000, false)]
    public async Task Error_answer_goes_to_the_next_endpoint_only_when_that_one_may_know_better(int code, bool next)
    {
        var node = new StubNode(r => r.Host == "node0" ? r.Error(code, "no") : r.Result(_ => "\"0x7\""));
        var rpc = StubNode.Rpc(node, endpoints: 2);
        if (next)
        {
            Assert.Equal(7UL, await rpc.BlockNumberAsync(Cancellation));
        }
        else
        {
            await Assert.ThrowsAsync<RpcErrorException>(() => rpc.BlockNumberAsync(Cancellation));
        }
    }

    [Fact]
    public async Task Long_batch_is_split_and_its_results_stay_in_order()
    {
        var requests = 0;
        var rpc = StubNode.Rpc(r =>
        {
            requests++;
            Assert.InRange(r.Calls.Length, 1, 100);
            return r.Result(p => Chain.Json(Chain.Block(ulong.Parse(p[0].GetString()![2..], System.Globalization.NumberStyles.HexNumber))));
        });
        var headers = await rpc.GetBlockHeadersAsync(0, 249, Cancellation);
        Assert.Equal(3, requests);
        Assert.Equal(Enumerable.Range(0, 250).Select(i => (ulong)i), headers.Select(h => h!.Number));
    }

    [Fact]
    public void Endpoint_that_is_not_http_is_refused_at_start() =>
        Assert.Throws<ArgumentException>(() => new EthereumRpc(new HttpClient(), new EthereumRpcOptions { Endpoints = [new Uri("ws://node")] }, TimeProvider.System));

    private sealed class ManualTime : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan time) => _now += time;
    }
}
