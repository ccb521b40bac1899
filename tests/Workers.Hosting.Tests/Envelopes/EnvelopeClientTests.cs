using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Ethereum.Transactions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Envelopes;

namespace Workers.Hosting.Tests.Envelopes;

/// <summary>Bob asks Ann, whose server is whatever a test makes it.</summary>
public sealed class EnvelopeClientTests
{
    private readonly EnvelopeOptions _options = new() { TrustedNetworks = ["127.0.0.0/8"], MaxBody = Samples.MaxBody };
    private readonly ConcurrentQueue<Envelope> _received = new();
    private Func<string, string[]> _dns = _ => ["127.0.0.1"];

    public EnvelopeClientTests()
    {
        _options.Member.Retries = 0;
        _options.Member.FirstDelay = TimeSpan.FromMilliseconds(10);
        _options.Member.AttemptTimeout = TimeSpan.FromMinutes(1);
    }

    [Fact]
    public async Task An_answer_is_the_askeds_to_this_very_question()
    {
        Func<EnvelopeHeader, EnvelopeHeader> change = h => h;
        var (signer, domain, pair, body) = ((ISigner)Samples.Ann, Samples.Domain, Samples.BobsPair, "yes"u8.ToArray());
        await using var server = await OddServer.StartAsync(async (http, wire) => await http.Response.Body.WriteAsync((await AnswerAsync(wire, change, signer, domain, pair, body)).Write(), http.RequestAborted));
        Assert.Equal("yes", await AskAsync(server.Endpoint));
        var first = _received.First().Header.Nonce;

        await RefusedAsync("by", h => h with { From = Samples.Eve.Address }, Samples.Eve);
        await RefusedAsync("signature", h => h, Samples.Eve);
        await RefusedAsync("answers another", h => h with { ReplyTo = first });
        await RefusedAsync("answers another", h => h with { ReplyTo = EnvelopeNonce.None });
        await RefusedAsync("is for", h => h with { To = Samples.Eve.Address });
        await RefusedAsync("expired", h => h with { SentAt = h.SentAt - 1000, ExpiresAt = h.ExpiresAt - 1000 });
        await RefusedAsync("signature", h => h, inDomain: Samples.Domain with { ChainId = 1 });
        await RefusedAsync("does not open", h => h, to: Samples.AnnsPair);
        await RefusedAsync("neither an answer", h => h with { Kind = "zone-request" });
        body = new byte[Samples.MaxBody + 1];
        await RefusedAsync("malformed", h => h);
        (change, signer, domain, pair, body) = (h => h with { Kind = "refusal" }, Samples.Ann, Samples.Domain, Samples.BobsPair, Encoding.UTF8.GetBytes("No,\r\n\u2028\u202esince " + new string('x', 400)));
        var refused = await FaultAsync(AskAsync(server.Endpoint));
        Assert.Equal(EnvelopeFault.Refused, refused.Fault);
        Assert.EndsWith($"No,    since {new string('x', 300 - 13)}…", refused.Message, StringComparison.Ordinal);

        async Task RefusedAsync(string reason, Func<EnvelopeHeader, EnvelopeHeader> by, ISigner? other = null, TypedDataDomain? inDomain = null, P256KeyPair? to = null)
        {
            (change, signer, domain, pair) = (by, other ?? Samples.Ann, inDomain ?? Samples.Domain, to ?? Samples.BobsPair);
            var fault = await FaultAsync(AskAsync(server.Endpoint));
            Assert.Equal((EnvelopeFault.BadReply, true), (fault.Fault, fault.Message.Contains(reason, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Another_certificate_than_the_pinned_one_gets_no_envelope()
    {
        await using var server = await OddServer.StartAsync((_, _) => Task.CompletedTask);
        foreach (var (endpoint, reason) in ((string, string)[])
        [
            ($"https://127.0.0.1:{server.Port}/#{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))}", "another certificate"),
            ($"https://127.0.0.1:{server.Port}/", "no certificate"),
            ("https://127.0.0.1/path", "is not https"),
        ])
        {
            var fault = await FaultAsync(AskAsync(endpoint));
            Assert.Equal((EnvelopeFault.BadEntry, true), (fault.Fault, fault.Message.Contains(reason, StringComparison.Ordinal)));
        }

        Assert.Empty(_received);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("10.0.0.1")]
    [InlineData("8.8.8.8", "192.168.0.1")]
    [InlineData("::1")]
    public async Task A_member_that_lives_in_a_private_network_is_not_asked(params string[] addresses)
    {
        await using var server = await OddServer.StartAsync((_, _) => Task.CompletedTask);
        _options.TrustedNetworks.Clear();
        _dns = _ => addresses;
        var fault = await FaultAsync(AskAsync(server.Endpoint.Replace("127.0.0.1", "member.test", StringComparison.Ordinal)));
        Assert.Equal((EnvelopeFault.BadEntry, true), (fault.Fault, fault.Message.Contains("public internet", StringComparison.Ordinal)));
        Assert.Empty(_received);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(0)]
    public async Task A_fault_of_the_way_is_tried_again_in_a_new_envelope(int status)
    {
        _options.Member.Retries = 2;
        await using var server = await OddServer.StartAsync(async (http, wire) =>
        {
            var answer = await AnswerAsync(wire, h => h, Samples.Ann, Samples.Domain, Samples.BobsPair, "yes"u8.ToArray());
            if (_received.Count < 3)
            {
                (status == 0 ? http.Abort : (Action)(() => http.Response.StatusCode = status))();
                return;
            }

            await http.Response.Body.WriteAsync(answer.Write(), http.RequestAborted);
        });
        Assert.Equal("yes", await AskAsync(server.Endpoint));
        Assert.Equal(3, _received.Select(e => e.Header.Nonce).Distinct().Count());
    }

    [Theory]
    [InlineData(400, "application/problem+json", """{"detail":"You\nlie."}""", "status 400. You lie.")]
    [InlineData(409, "text/html", "<html>", "status 409.")]
    [InlineData(403, "application/problem+json", """{"detail":["x"]}""", "status 403.")]
    [InlineData(404, "application/problem+json", "[]", "status 404.")]
    [InlineData(302, "text/plain", "", "status 302.")]
    [InlineData(204, "text/plain", "", "status 204.")]
    public async Task What_the_server_refuses_is_not_tried_again(int status, string type, string text, string end)
    {
        _options.Member.Retries = 3;
        var asked = 0;
        await using var server = await OddServer.StartAsync(async (http, _) =>
        {
            asked++;
            (http.Response.StatusCode, http.Response.ContentType) = (status, type);
            http.Response.Headers.Location = "https://127.0.0.1/";
            await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), http.RequestAborted);
        });
        var fault = await FaultAsync(AskAsync(server.Endpoint));
        Assert.Equal(EnvelopeFault.Rejected, fault.Fault);
        Assert.EndsWith(end, fault.Message, StringComparison.Ordinal);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task An_answer_without_end_is_cut_off()
    {
        await using var server = await OddServer.StartAsync(async (http, _) =>
        {
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.Body.WriteAsync(new byte[4096], http.RequestAborted);
            }
        });
        var fault = await FaultAsync(AskAsync(server.Endpoint).WaitAsync(TimeSpan.FromSeconds(30), Samples.Cancellation));
        Assert.Equal((EnvelopeFault.BadReply, true), (fault.Fault, fault.Message.Contains("more than", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_member_that_is_silent_is_given_up_and_then_left_alone_without_harm_to_another()
    {
        var silent = true;
        await using var server = await OddServer.StartAsync(async (http, wire) =>
        {
            if (silent)
            {
                await Task.Delay(Timeout.Infinite, http.RequestAborted);
            }

            await http.Response.Body.WriteAsync((await AnswerAsync(wire, h => h, Samples.Ann, Samples.Domain, Samples.BobsPair, "yes"u8.ToArray())).Write(), http.RequestAborted);
        });
        _options.Member.AttemptTimeout = TimeSpan.FromMilliseconds(200);
        _options.Member.MinimumThroughput = 2;
        _options.Member.SamplingDuration = _options.Member.BreakDuration = TimeSpan.FromMinutes(10);
        var client = Client();
        for (var i = 0; i < 2; i++)
        {
            var late = await FaultAsync(AskAsync(server.Endpoint, client));
            Assert.Equal((EnvelopeFault.Unavailable, true), (late.Fault, late.Message.Contains("did not answer within", StringComparison.Ordinal)));
        }

        silent = false;
        Assert.Contains("left alone", (await FaultAsync(AskAsync(server.Endpoint, client))).Message, StringComparison.Ordinal);
        _options.Member.AttemptTimeout = TimeSpan.FromMinutes(1);
        Assert.Equal("yes", await AskAsync(server.Endpoint.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), client));
    }

    [Fact]
    public async Task Nobody_there_and_a_bad_key_are_told_apart_and_a_cancellation_is_one()
    {
        var gone = await FaultAsync(AskAsync("https://127.0.0.1:1/"));
        Assert.Equal((EnvelopeFault.Unavailable, true), (gone.Fault, gone.Message.Contains("cannot be reached", StringComparison.Ordinal)));
        var client = Client();
        var entry = new MemberEntry(Samples.Ann.Address, new byte[65], "https://127.0.0.1:1/");
        Assert.Equal(EnvelopeFault.BadEntry, (await FaultAsync(client.SendAsync(entry, "zone-request", Samples.Body, Samples.Cancellation))).Fault);
        await Assert.ThrowsAsync<ArgumentException>(() => client.SendAsync(entry, "Zone", Samples.Body, Samples.Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => client.SendAsync(entry, "zone", new byte[Samples.MaxBody + 1], Samples.Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => client.SendAsync(entry, "zone", ReadOnlyMemory<byte>.Empty, Samples.Cancellation));

        var begun = new TaskCompletionSource();
        await using var server = await OddServer.StartAsync((http, _) =>
        {
            begun.SetResult();
            return Task.Delay(Timeout.Infinite, http.RequestAborted);
        });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Samples.Cancellation);
        var asked = client.SendAsync(entry with { PublicKey = Samples.AnnsPair.PublicKey.ToArray(), Endpoint = server.Endpoint }, "zone-request", Samples.Body, stop.Token);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(20), Samples.Cancellation);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked.WaitAsync(TimeSpan.FromSeconds(10), Samples.Cancellation));
    }

    private static Task<EnvelopeException> FaultAsync(Task asked) => EnvelopeExchangeTests.RefusalAsync(asked);

    private EnvelopeClient Client() => new(
        new EnvelopeIdentity(Samples.Bob, Samples.BobsPair), Samples.Bobs, Options.Create(_options),
        (host, _) => Task.FromResult(Array.ConvertAll(_dns(host), IPAddress.Parse)), TimeProvider.System);

    private async Task<string> AskAsync(string endpoint, EnvelopeClient? client = null)
    {
        using var answer = await (client ?? Client()).SendAsync(
            new MemberEntry(Samples.Ann.Address, Samples.AnnsPair.PublicKey.ToArray(), endpoint), "zone-request", Samples.Body, Samples.Cancellation);
        return Encoding.UTF8.GetString(answer.Reveal());
    }

    private async Task<Envelope> AnswerAsync(byte[] wire, Func<EnvelopeHeader, EnvelopeHeader> change, ISigner signer, TypedDataDomain domain, P256KeyPair pair, byte[] body)
    {
        var asked = Envelope.Read(wire, Samples.MaxBody);
        _received.Enqueue(asked);
        var header = asked.Header with { From = asked.Header.To, To = asked.Header.From, Kind = "answer", Nonce = EnvelopeNonce.Random(), ReplyTo = asked.Header.Nonce };
        return await Envelope.SealAsync(change(header), body, pair.PublicKey.ToArray(), signer, domain, Samples.Cancellation);
    }
}
