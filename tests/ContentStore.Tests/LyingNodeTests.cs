using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ContentStore.Kubo;
using Microsoft.AspNetCore.Http;

namespace ContentStore.Tests;

/// <summary>Nodes and gateways that lie, stammer or say nothing.</summary>
public class LyingNodeTests
{
    private static readonly byte[] Truth = Encoding.UTF8.GetBytes("what was asked for");
    private static readonly Cid Asked = Cid.Of(CidCodec.Raw, Truth);

    [Fact]
    public async Task A_node_that_sends_other_bytes_is_named_with_what_was_asked_and_what_came_but_not_with_its_password()
    {
        await using var liar = await StubServer.StartAsync(c => Bytes(c, "something else"));
        var address = new UriBuilder(liar.Address) { UserName = "operator", Password = "hunter2" }.Uri;
        using var store = Store([address]);

        var error = await Assert.ThrowsAsync<ContentCorruptException>(() => store.ReadAllAsync(Asked));

        Assert.Equal(Asked, error.Expected);
        Assert.Equal(Cid.Of(CidCodec.Raw, "something else"u8), error.Actual);
        Assert.Equal($"http://{liar.Address.Authority}", error.Origin);
        Assert.False(error.IsTransient);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
        Assert.EndsWith(" Basic " + Convert.ToBase64String("operator:hunter2"u8), liar.Requests[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_source_serves_the_read_and_the_liar_is_reported_all_the_same()
    {
        await using var liar = await StubServer.StartAsync(c => Bytes(c, "something else"));
        await using var gateway = await StubServer.StartAsync(c => Bytes(c, "what was asked for"));
        var failures = new List<ContentStoreException>();
        using var store = Store([liar.Address], [gateway.Address], failures.Add);

        Assert.Equal(Truth, await store.ReadAllAsync(Asked));
        Assert.Equal($"http://{liar.Address.Authority}", Assert.IsType<ContentCorruptException>(Assert.Single(failures)).Origin);
        Assert.Equal($"/ipfs/{Asked}?format=raw ", Assert.Single(gateway.Requests));

        await store.ReadAllAsync(Asked);
        Assert.Single(liar.Requests); // the source that answered is asked first from now on
    }

    [Fact]
    public async Task A_read_goes_on_at_another_node_when_the_first_is_down()
    {
        await using var node = await StubServer.StartAsync(c => Bytes(c, "what was asked for"));
        using var store = Store([ClosedPort(), node.Address]);

        Assert.Equal(Truth, await store.ReadAllAsync(Asked));
    }

    [Fact]
    public async Task When_every_source_fails_the_error_names_each_with_its_reason()
    {
        await using var liar = await StubServer.StartAsync(c => Bytes(c, "something else"));
        await using var empty = await StubServer.StartAsync(c => Error(c, 404, "not here"));
        var down = ClosedPort();
        using var store = Store([down, liar.Address], [empty.Address]);

        var error = await Assert.ThrowsAsync<ContentStoreException>(() => store.ReadAllAsync(Asked));

        Assert.Contains($"{down.Authority} cannot be reached", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{liar.Address.Authority} gave bytes that are not", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{empty.Address.Authority} does not hold", error.Message, StringComparison.Ordinal);
        Assert.IsType<ContentCorruptException>(error.InnerException);
        Assert.True(error.IsTransient);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(404)]
    [InlineData(502)]
    public async Task A_web_page_is_no_block_and_the_error_says_that_one_came(int status)
    {
        await using var portal = await StubServer.StartAsync(async c =>
        {
            c.Response.StatusCode = status;
            c.Response.ContentType = "text/html; charset=utf-8";
            await c.Response.WriteAsync("<html>Please log in to the hotel's network</html>", c.RequestAborted);
        });
        using var store = Store([portal.Address]);

        var error = await Assert.ThrowsAsync<ContentStoreException>(() => store.ReadAllAsync(Asked));

        Assert.Contains($"answered {status} with text/html. That is a web page", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hotel", error.Message, StringComparison.Ordinal);
        Assert.Equal(status >= 500, error.IsTransient);
    }

    [Theory]
    [InlineData(429, true)]
    [InlineData(503, true)]
    [InlineData(500, true)]
    [InlineData(403, false)]
    [InlineData(302, false)]
    public async Task An_error_answer_is_transient_or_not_by_its_status_and_its_text_is_shown(int status, bool transient)
    {
        await using var node = await StubServer.StartAsync(c => Error(c, status, "the reason of the node"));
        using var store = Store([node.Address]);

        var error = await Assert.ThrowsAsync<ContentStoreException>(() => store.ReadAllAsync(Asked));

        Assert.Equal(transient, error.IsTransient);
        Assert.Contains($"answered {status}: the reason of the node", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("block was not found locally (offline): ipld: could not find " + "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e")]
    [InlineData("context deadline exceeded")]
    [InlineData("Failed to get block: request timed out")]
    public async Task What_kubo_and_js_ipfs_say_about_a_missing_block_is_understood(string message)
    {
        await using var node = await StubServer.StartAsync(c => Error(c, 500, message));
        using var store = Store([node.Address]);

        await Assert.ThrowsAsync<ContentNotFoundException>(() => store.ReadAllAsync(Asked));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_endless_body_is_cut_off_at_the_size_of_a_block(bool says)
    {
        long sent = 0;
        await using var node = await StubServer.StartAsync(async c =>
        {
            c.Response.ContentLength = says ? 1L << 40 : null;
            var part = new byte[64 * 1024];
            while (!c.RequestAborted.IsCancellationRequested && sent < 1 << 26)
            {
                // Once the other side has gone, writes succeed and go nowhere until the abortion is told; that takes a while on a busy machine.
                if (await c.Response.BodyWriter.WriteAsync(part, c.RequestAborted) is { IsCompleted: true })
                {
                    break;
                }

                sent += part.Length;
                await Task.Delay(sent < 1 << 22 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(10), c.RequestAborted);
            }
        });
        using var store = Store([node.Address], timeout: TimeSpan.FromSeconds(60));

        var error = await Assert.ThrowsAsync<ContentStoreException>(() => store.ReadAllAsync(Asked));

        Assert.Contains("sent more than the 2097152 bytes", error.Message, StringComparison.Ordinal);
        Assert.InRange(sent, 0, 1 << 25);
    }

    [Fact]
    public async Task A_node_that_never_answers_is_left_after_the_time_out()
    {
        await using var node = await StubServer.StartAsync(c => Task.Delay(Timeout.Infinite, c.RequestAborted));
        using var store = Store([node.Address], timeout: TimeSpan.FromMilliseconds(200));
        var clock = Stopwatch.StartNew();

        var error = await Assert.ThrowsAsync<ContentStoreException>(() => store.ReadAllAsync(Asked));

        Assert.True(error.IsTransient);
        Assert.Contains("did not answer within 10.2 s", error.Message, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed.TotalSeconds, 10, 60);
    }

    [Fact]
    public async Task A_caller_who_gives_up_gets_a_cancellation_and_not_an_error_of_the_node()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var node = await StubServer.StartAsync(async c =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, c.RequestAborted);
        });
        using var store = Store([node.Address]);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.OpenAsync(Asked, long.MaxValue, cancel.Token));
    }

    [Fact]
    public async Task A_node_that_takes_everything_and_gives_other_bytes_back_is_caught_before_the_upload_counts_as_done()
    {
        await using var liar = await StubServer.StartAsync(async c =>
        {
            await c.Request.Body.CopyToAsync(Stream.Null, c.RequestAborted);
            if (c.Request.Path.Value!.EndsWith("block/get", StringComparison.Ordinal))
            {
                await Bytes(c, "something else");
            }
            else if (c.Request.Path.Value.EndsWith("pin/ls", StringComparison.Ordinal))
            {
                await Error(c, 500, "path is not pinned");
            }
            else
            {
                c.Response.ContentType = "application/json";
                await c.Response.WriteAsync("{}", c.RequestAborted);
            }
        });
        using var store = Store([liar.Address]);

        var error = await Assert.ThrowsAsync<ContentCorruptException>(() => store.PutAsync(new MemoryStream(Truth), TestContext.Current.CancellationToken));

        Assert.Equal(Asked, error.Expected);
    }

    [Fact]
    public async Task A_node_that_takes_everything_and_keeps_nothing_is_given_up_after_three_rounds()
    {
        await using var node = await StubServer.StartAsync(async c =>
        {
            await c.Request.Body.CopyToAsync(Stream.Null, c.RequestAborted);
            if (c.Request.Path.Value!.EndsWith("dag/import", StringComparison.Ordinal))
            {
                c.Response.ContentType = "application/json";
            }
            else
            {
                await Error(c, 500, c.Request.Path.Value.EndsWith("pin/ls", StringComparison.Ordinal) ? "path is not pinned" : "block not found");
            }
        });
        using var store = Store([node.Address]);

        var error = await Assert.ThrowsAsync<ContentStoreException>(() => store.PutAsync(new MemoryStream(Truth), TestContext.Current.CancellationToken));

        Assert.Contains("3 times and still misses 1 of 1", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, node.Requests.Count(r => r.Contains("dag/import", StringComparison.Ordinal)));
    }

    private static KuboStore Store(
        Uri[] nodes, Uri[]? gateways = null, Action<ContentStoreException>? onFailure = null, TimeSpan? timeout = null) =>
        new(new KuboStoreOptions
        {
            Nodes = nodes,
            Gateways = gateways ?? [],
            OnSourceFailure = onFailure,
            BlockTimeout = timeout ?? TimeSpan.FromSeconds(60),
            LocalTimeout = TimeSpan.FromSeconds(20),
        });

    private static async Task Bytes(HttpContext context, string text)
    {
        context.Response.ContentType = "application/octet-stream";
        await context.Response.WriteAsync(text, context.RequestAborted);
    }

    private static async Task Error(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync($$"""{"Message":"{{message}}","Code":0,"Type":"error"}""", context.RequestAborted);
    }

    private static Uri ClosedPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new Uri($"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}");
    }
}
