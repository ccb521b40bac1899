using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ContentStore;
using ContentStore.Embedded;
using Ethereum;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Workers.Oracle.Profiles;
using Workers.Oracle.Retrieval;
using Workers.Oracle.Tests.Profiles;

namespace Workers.Oracle.Tests.Retrieval;

public sealed class RetrievalTests : IDisposable
{
    private const string Name = "profiles.test";

    private readonly TestAuthority _authority = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("retrieval-").FullName;
    private readonly EmbeddedStore _store;
    private readonly ConcurrentQueue<string> _resolved = new();
    private readonly ProfileContent _content = Samples.Content();
    private readonly Lines _log = new();
    private readonly RetrievalOptions _options = new() { TrustedNetworks = ["127.0.0.0/8"] };
    private Func<string, string[]> _dns = _ => ["127.0.0.1"];

    public RetrievalTests()
    {
        _store = new EmbeddedStore(_directory);
        _options.TrustedRoots = _authority.PemFile;
        _options.Host.Retries = 0;
        _options.Host.AttemptTimeout = TimeSpan.FromMinutes(1);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _authority.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Two_honest_sources_of_three_suffice_and_the_liar_is_proved_one()
    {
        var honest = await SealedAsync();
        var lie = (await Samples.SealAsync(Samples.Content(latitude: 1))).Write();
        await using var server = Serve((path, _) => path.StartsWith("/lie", StringComparison.Ordinal) ? TlsServer.Answer(lie) : TlsServer.Answer(honest));
        var ipfs = await StoreAsync(honest);
        var sources = (ProfileSource[])[At(server, "/honest?token=hidden"), At(server, "/lie?token=hidden"), ipfs, Dead()];

        var found = await RetrieveAsync(2, sources);
        Assert.Equal(_content.Hash, found.Content?.Hash);
        Assert.Equal([SourceOutcome.Agreed, SourceOutcome.OtherContent, SourceOutcome.Agreed, SourceOutcome.Unavailable], found.Findings.Select(f => f.Outcome));
        Assert.True(found.Findings[1].Evidence!.IsSignedFor(Samples.Oracle));
        Assert.Equal(new Hash32(System.Security.Cryptography.SHA256.HashData(lie)), found.Findings[1].Received);
        Assert.DoesNotContain("hidden", string.Concat(_log.Entries) + found, StringComparison.Ordinal);
        Assert.Contains("/lie", string.Concat(_log.Entries), StringComparison.Ordinal);

        var more = await RetrieveAsync(3, sources);
        Assert.Null(more.Content);
        Assert.True(more.MayStillCome);
        var all = await RetrieveAsync(4, sources);
        Assert.Null(all.Content);
        Assert.False(all.MayStillCome);
    }

    [Fact]
    public async Task The_same_source_counts_once()
    {
        var source = await StoreAsync(await SealedAsync());
        Assert.Throws<ArgumentException>(() => new ProfileRequest(Samples.Member.Address, _content.Hash, [source, ProfileSource.Parse(source.Text)], 2, Samples.MaxAge));
        Assert.Throws<ArgumentException>(() => new ProfileRequest(Samples.Member.Address, _content.Hash, [source], 0, Samples.MaxAge));
        Assert.Single((await RetrieveAsync(1, source, source)).Findings);
    }

    [Fact]
    public void A_profile_has_1_to_16_sources_and_an_age()
    {
        ProfileSource[] sources = [.. Enumerable.Range(0, ProfileRequest.MaxSources + 1).Select(i => ProfileSource.Parse($"https://profiles.test/{i}"))];
        Assert.Equal(ProfileRequest.MaxSources, Make(ProfileRequest.MaxSources, TimeSpan.FromSeconds(1)).Sources.Length);
        Assert.Throws<ArgumentException>(() => Make(ProfileRequest.MaxSources + 1, TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentException>(() => Make(1, TimeSpan.Zero));
        var none = Assert.Throws<ArgumentException>(() => Make(0, TimeSpan.FromSeconds(1)));
        Assert.Contains("1 to 16", none.Message, StringComparison.Ordinal);

        ProfileRequest Make(int count, TimeSpan age) => new(Samples.Member.Address, _content.Hash, sources.Take(count), 1, age);
    }

    [Fact]
    public async Task A_length_above_the_limit_is_refused_without_reading_the_body()
    {
        await using var server = Serve(async (_, stream, token) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"u8.ToArray(), token);
            await Task.Delay(Timeout.Infinite, token);
        });
        Assert.Equal(SourceOutcome.TooLarge, (await AskAsync(At(server))).Outcome);
    }

    [Fact]
    public async Task A_body_that_never_ends_is_cut_off_at_the_limit()
    {
        var sent = 0L;
        await using var server = Serve(async (_, stream, token) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), token);
            var chunk = (byte[])[.. "10000\r\n"u8, .. new byte[0x10000], .. "\r\n"u8];
            for (; sent < 200 << 20; sent += chunk.Length)
            {
                await stream.WriteAsync(chunk, token);
            }
        });
        _options.MaxBytes = 1 << 20;
        Assert.Equal(SourceOutcome.TooLarge, (await AskAsync(At(server))).Outcome);
        Assert.InRange(sent, 1 << 20, 32 << 20);
    }

    [Fact]
    public async Task A_body_that_drips_is_given_up_in_time()
    {
        await using var server = Serve(async (_, stream, token) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"u8.ToArray(), token);
            while (true)
            {
                await stream.WriteAsync("x"u8.ToArray(), token);
                await Task.Delay(200, token);
            }
        });
        _options.Host.AttemptTimeout = TimeSpan.FromSeconds(1);
        var finding = await AskAsync(At(server)).WaitAsync(TimeSpan.FromSeconds(40), Cancellation);
        Assert.Equal(SourceOutcome.Unavailable, finding.Outcome);
        Assert.Contains("did not finish", finding.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_of_exactly_the_limit_is_taken_and_one_byte_more_is_not(bool chunked)
    {
        var bytes = await SealedAsync();
        var body = chunked ? [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{bytes.Length:x}\r\n"), .. bytes, .. "\r\n0\r\n\r\n"u8] : TlsServer.Answer(bytes);
        await using var server = Serve((_, _) => body);
        _options.MaxBytes = bytes.Length;
        Assert.Equal(SourceOutcome.Agreed, (await AskAsync(At(server))).Outcome);
        _options.MaxBytes = bytes.Length - 1;
        Assert.Equal(SourceOutcome.TooLarge, (await AskAsync(At(server))).Outcome);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up_in_time()
    {
        await using var server = Serve(async (_, _, token) => await Task.Delay(Timeout.Infinite, token));
        _options.Host.AttemptTimeout = TimeSpan.FromSeconds(1);
        var finding = await AskAsync(At(server)).WaitAsync(TimeSpan.FromSeconds(40), Cancellation);
        Assert.Equal(SourceOutcome.Unavailable, finding.Outcome);
        Assert.Contains("did not finish", finding.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_cut_off_is_not_taken()
    {
        var bytes = await SealedAsync();
        await using var server = Serve((_, _) => TlsServer.Answer(bytes)[..^1]);
        Assert.Equal(SourceOutcome.Unavailable, (await AskAsync(At(server))).Outcome);
    }

    [Fact]
    public async Task No_proxy_stands_between_a_source_and_the_check_of_its_address()
    {
        await using var proxy = new TlsServer(null, (_, stream, token) => stream.WriteAsync(TlsServer.Answer([]), token).AsTask());
        var before = HttpClient.DefaultProxy;
        try
        {
            HttpClient.DefaultProxy = new ProxyOf("proxied.test", proxy.Port);
            _options.AllowedHosts.Add("proxied.test");
            _dns = host => host == "proxied.test" ? ["10.0.0.1"] : ["127.0.0.1"];
            Assert.Equal(SourceOutcome.Refused, (await AskAsync(ProfileSource.Parse("https://proxied.test/a"))).Outcome);
            Assert.Empty(proxy.Requests);
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }
    }

    [Fact]
    public async Task A_source_learns_nothing_about_what_asks_it()
    {
        var bytes = await SealedAsync();
        await using var server = Serve((_, _) => TlsServer.Answer(bytes));
        using var activity = new System.Diagnostics.Activity("gathering").SetIdFormat(System.Diagnostics.ActivityIdFormat.W3C).Start();
        Assert.Equal(SourceOutcome.Agreed, (await AskAsync(At(server))).Outcome);
        Assert.Equal(["GET /a HTTP/1.1", $"Host: {Name}:{server.Port}"], server.Requests.Single().Split("\r\n", StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_host_that_fails_too_often_is_left_alone_and_holds_no_other_one_back()
    {
        var bytes = await SealedAsync();
        await using var server = Serve((_, _) => TlsServer.Answer(bytes));
        (_options.Host.MinimumThroughput, _options.Host.FailureRatio) = (2, 0.1);
        var (dead, request) = (Dead(), Request(1, At(server)));
        using var retriever = Retriever();
        var sentences = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            sentences.Add((await retriever.RetrieveAsync(Request(1, dead), Reader, Cancellation)).Findings.Single().Sentence);
        }

        Assert.Equal([false, false, true], sentences.Select(s => s.Contains("left alone", StringComparison.Ordinal)));
        Assert.Equal(1, (await retriever.RetrieveAsync(request, Reader, Cancellation)).Agreed);

        // Nor does a request with many hosts that are not asked make it forgotten.
        for (var i = 0; i < 1_100; i++)
        {
            await retriever.RetrieveAsync(Request(1, ProfileSource.Parse($"https://unlisted-{i}.example/a")), Reader, Cancellation);
        }

        Assert.Contains("left alone", (await retriever.RetrieveAsync(Request(1, dead), Reader, Cancellation)).Findings.Single().Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_more_sources_are_asked_at_once_than_allowed()
    {
        var (now, most) = (0, 0);
        await using var server = Serve(async (_, stream, token) =>
        {
            // Two at once are enough to see; a second one could only have begun during the wait.
            most = Math.Max(most, Interlocked.Increment(ref now));
            await Task.Delay(200, token);
            Interlocked.Decrement(ref now);
            await stream.WriteAsync(TlsServer.Answer([]), token);
        });
        _options.Parallelism = 1;
        var found = await RetrieveAsync(1, [.. Enumerable.Range(0, 4).Select(i => At(server, $"/{i}"))]);
        Assert.All(found.Findings, f => Assert.Equal(SourceOutcome.Malformed, f.Outcome));
        Assert.Equal(1, most);
    }

    [Theory]
    [InlineData("206 Partial Content")]
    [InlineData("203 Non-Authoritative Information")]
    [InlineData("300 Multiple Choices")]
    [InlineData("304 Not Modified")]
    [InlineData("305 Use Proxy")]
    [InlineData("404 Not Found")]
    public async Task An_answer_with_another_status_is_none(string status)
    {
        var bytes = await SealedAsync();
        await using var server = Serve((path, _) => path == "/a" ? TlsServer.Answer(status.StartsWith("304", StringComparison.Ordinal) ? [] : bytes, "Location: /b\r\n", status) : TlsServer.Answer(bytes));
        _options.Host.Retries = 2;
        Assert.Equal(SourceOutcome.Unavailable, (await AskAsync(At(server))).Outcome);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task An_address_that_refuses_or_says_nothing_is_left_for_the_next_one()
    {
        var bytes = await SealedAsync();
        await using var server = Serve((_, _) => TlsServer.Answer(bytes));

        // Linux drops connections for which a listener's queue has no place, as a firewall would.
        using var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        deaf.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.3"), server.Port));
        deaf.Listen(0);
        using var queued = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await queued.ConnectAsync(deaf.LocalEndPoint!, Cancellation);
        _dns = _ => ["127.0.0.2", "127.0.0.3", "127.0.0.1"];
        Assert.Equal(SourceOutcome.Agreed, (await AskAsync(At(server)).WaitAsync(TimeSpan.FromSeconds(40), Cancellation)).Outcome);
        _dns = _ => ["127.0.0.2"];
        Assert.Equal(SourceOutcome.Unavailable, (await AskAsync(At(server))).Outcome);
        _dns = _ => [];
        Assert.Equal(SourceOutcome.Unavailable, (await AskAsync(At(server))).Outcome);
    }

    [Fact]
    public async Task Headers_above_the_limit_are_refused()
    {
        await using var server = Serve((_, _) => TlsServer.Answer([], $"X-Long: {new string('x', 17_000)}\r\n"));
        Assert.Equal(SourceOutcome.TooLarge, (await AskAsync(At(server))).Outcome);
    }

    [Fact]
    public async Task A_compressed_body_is_refused_and_not_unpacked()
    {
        using var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(new byte[64 << 20], Cancellation);
        }

        await using var server = Serve((_, _) => TlsServer.Answer(bomb.ToArray(), "Content-Encoding: gzip\r\n"));
        Assert.Equal(SourceOutcome.Refused, (await AskAsync(At(server))).Outcome);
        Assert.DoesNotContain("Accept-Encoding", string.Concat(server.Requests), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Three_redirects_on_listed_hosts_are_followed_without_cookies_and_a_loop_is_not()
    {
        var bytes = await SealedAsync();
        await using var server = Serve((path, _) => path switch
        {
            "/0" => TlsServer.Answer([], "Location: /1\r\nSet-Cookie: a=b\r\n", "307 Temporary Redirect"),
            "/1" => TlsServer.Redirect("/2"),
            "/2" => TlsServer.Redirect("/3"),
            "/3" => TlsServer.Answer(bytes),
            _ => TlsServer.Redirect("/loop"),
        });
        Assert.Equal(SourceOutcome.Agreed, (await AskAsync(At(server, "/0"))).Outcome);
        Assert.Equal(4, server.Requests.Count);
        Assert.DoesNotContain("Cookie", string.Concat(server.Requests), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(4, _resolved.Count);
        Assert.Equal(SourceOutcome.Refused, (await AskAsync(At(server, "/loop"))).Outcome);
        Assert.Equal(8, server.Requests.Count);
    }

    [Theory]
    [InlineData("http://profiles.test:PORT/b", "only https")]
    [InlineData("http://169.254.169.254/latest/meta-data", "only https")]
    [InlineData("https://169.254.169.254/latest/meta-data", "not on the list")]
    [InlineData("https://elsewhere.test:PORT/b", "not on the list")]
    [InlineData("https://profiles.test/b", "not on the list")]
    [InlineData("https://user:word@profiles.test:PORT/b", "only https")]
    [InlineData("https://user@profiles.test:PORT/b", "only https")]
    [InlineData("https://profiles.test:PORT/b#c", "only https")]
    [InlineData("https://profiles.test.:PORT/b", "only https")]
    [InlineData("https://profiles.test:PORT/LONG", "only https")]
    [InlineData("//elsewhere.test/b", "not on the list")]
    [InlineData("https://MANY.test/b", "not on the list")]
    [InlineData("file:///etc/passwd", "only https")]
    [InlineData("https://internal.test:PORT/b", "not on the public internet")]
    public async Task A_redirect_to_another_place_is_not_followed(string location, string reason)
    {
        _options.AllowedHosts.Add("internal.test:1");
        _dns = host => host == "internal.test" ? ["10.0.0.1"] : ["127.0.0.1"];
        TlsServer? server = null;
        await using var running = server = Serve((path, _) => TlsServer.Redirect(location.Replace("PORT", server!.Port.ToString(), StringComparison.Ordinal).Replace("LONG", new string('b', 2_000), StringComparison.Ordinal).Replace("MANY", string.Join('.', Enumerable.Repeat(new string('b', 60), 4)), StringComparison.Ordinal)));
        _options.AllowedHosts.Add($"internal.test:{server.Port}");
        var finding = await AskAsync(At(server));
        Assert.Equal(SourceOutcome.Refused, finding.Outcome);
        Assert.Contains(reason, finding.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("word", finding.Sentence, StringComparison.Ordinal);
        Assert.InRange(finding.Sentence.Length, 1, 200);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("fd00::1")]
    [InlineData("8.8.8.8,127.0.0.1")]
    [InlineData("127.0.0.1,8.8.8.8")]
    public async Task A_host_with_one_private_address_is_refused_before_any_connection(string addresses)
    {
        await using var server = Serve((_, _) => TlsServer.Answer([]));
        _options.TrustedNetworks.Clear();
        _dns = _ => addresses.Split(',');
        Assert.Equal(SourceOutcome.Refused, (await AskAsync(At(server))).Outcome);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_second_answer_of_the_DNS_is_no_way_in()
    {
        var bytes = await SealedAsync();
        await using var server = Serve((path, _) => path == "/again" ? TlsServer.Redirect("/a") : TlsServer.Answer(bytes));
        _dns = _ => _resolved.Count == 1 ? ["127.0.0.1"] : ["169.254.169.254"];
        Assert.Equal(SourceOutcome.Agreed, (await AskAsync(At(server))).Outcome);
        Assert.Single(_resolved);

        // The next connection, behind a redirect, asks again and is checked again.
        _resolved.Clear();
        Assert.Equal(SourceOutcome.Refused, (await AskAsync(At(server, "/again"))).Outcome);
        Assert.Equal(2, _resolved.Count);
    }

    [Fact]
    public async Task A_host_that_is_not_listed_is_not_even_resolved()
    {
        Assert.Equal(SourceOutcome.Refused, (await AskAsync(ProfileSource.Parse("https://elsewhere.test/a"))).Outcome);
        Assert.Equal(SourceOutcome.Refused, (await AskAsync(ProfileSource.Parse("https://127.0.0.1/a"))).Outcome);
        Assert.Empty(_resolved);
    }

    [Fact]
    public async Task Only_a_valid_certificate_for_the_host_is_taken()
    {
        const string forClients = "1.3.6.1.5.5.7.3.2"; // RFC 5280, section 4.2.1.12
        using var stranger = new TestAuthority();
        foreach (var certificate in (X509Certificate2[])[stranger.Certify(Name), _authority.Certify("other.test"), _authority.Certify(Name, purpose: forClients)])
        {
            await using var server = Serve((_, _) => TlsServer.Answer([]), certificate);
            var finding = await AskAsync(At(server));
            Assert.Equal(SourceOutcome.Unavailable, finding.Outcome);
            Assert.Contains("no certificate that is valid", finding.Sentence, StringComparison.Ordinal);
            Assert.DoesNotContain(server.Requests, r => r.StartsWith("GET", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_server_without_TLS_is_not_asked()
    {
        await using var server = Serve((_, _) => TlsServer.Answer([]), null);
        _options.Host.AttemptTimeout = TimeSpan.FromSeconds(1);
        Assert.Equal(SourceOutcome.Unavailable, (await AskAsync(At(server))).Outcome);
        Assert.DoesNotContain(server.Requests, r => r.StartsWith("GET", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Addresses_in_a_servers_certificate_are_not_asked()
    {
        await using var metadata = new TlsServer(null, (_, stream, token) => stream.WriteAsync(TlsServer.Answer([]), token).AsTask());
        using var stranger = new TestAuthority();
        await using var server = Serve((_, _) => TlsServer.Answer([]), stranger.Certify(Name, $"http://127.0.0.1:{metadata.Port}/latest/meta-data"));
        foreach (var roots in (string?[])[_authority.PemFile, null])
        {
            _options.TrustedRoots = roots;
            Assert.Equal(SourceOutcome.Unavailable, (await AskAsync(At(server))).Outcome);
        }

        var bytes = await SealedAsync();
        await using var valid = Serve((_, _) => TlsServer.Answer(bytes), _authority.Certify(Name, null, $"http://127.0.0.1:{metadata.Port}/latest/meta-data/revoked.crl"));
        _options.TrustedRoots = _authority.PemFile;
        Assert.Equal(SourceOutcome.Agreed, (await AskAsync(At(valid))).Outcome);

        // Another test's late connection may come to a port that was its own before.
        Assert.DoesNotContain(metadata.Requests, r => r.Contains("meta-data", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("503 Busy")]
    [InlineData("429 Too Many Requests")]
    [InlineData("408 Request Timeout")]
    public async Task An_error_of_the_server_is_tried_again_and_a_refusal_is_not(string error)
    {
        var bytes = await SealedAsync();
        await using var server = Serve((path, count) => path == "/missing" ? TlsServer.Answer([], "", "404 Not Found") : count < 3 ? TlsServer.Answer([], "", error) : TlsServer.Answer(bytes));
        _options.Host.Retries = 2;
        _options.Host.FirstDelay = TimeSpan.FromMilliseconds(10);
        Assert.Equal(SourceOutcome.Agreed, (await AskAsync(At(server))).Outcome);
        Assert.Equal(3, server.Requests.Count);
        Assert.Equal(SourceOutcome.Unavailable, (await AskAsync(At(server, "/missing"))).Outcome);
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task IPFS_gives_what_its_CID_says_within_the_limit_or_nothing()
    {
        var bytes = await SealedAsync();
        var source = await StoreAsync(bytes);
        Assert.Equal(SourceOutcome.Agreed, (await AskAsync(source)).Outcome);
        Assert.Equal(SourceOutcome.Unavailable, (await AskAsync(ProfileSource.Parse("ipfs://" + Cid.Of(CidCodec.Raw, [1])))).Outcome);
        Assert.Equal(SourceOutcome.Malformed, (await AskAsync(await StoreAsync([1, 2, 3]))).Outcome);
        _options.MaxBytes = bytes.Length - 1;
        Assert.Equal(SourceOutcome.TooLarge, (await AskAsync(source)).Outcome);
        _options.MaxBytes = bytes.Length;
        _options.Ipfs = false;
        Assert.Equal(SourceOutcome.Refused, (await AskAsync(source)).Outcome);
        _options.Ipfs = true;
        var file = Directory.GetFiles(_directory, source.Text["ipfs://".Length..], SearchOption.AllDirectories).Single();
        File.Delete(file);
        await File.WriteAllBytesAsync(file, [.. bytes[..^1], (byte)' '], Cancellation);
        Assert.Equal(SourceOutcome.Unavailable, (await AskAsync(source)).Outcome);
    }

    [Fact]
    public async Task What_a_CID_names_without_being_a_file_is_not_asked_for_again()
    {
        var cid = Cid.Of(CidCodec.DagPb, [1]);
        using var retriever = new ProfileRetriever(new StuckStore(opens: false, new ContentMalformedException(cid, "it is a directory")), Options.Create(_options), ResolveAsync, new At12(), _log);
        var found = await retriever.RetrieveAsync(Request(1, ProfileSource.Parse($"ipfs://{cid}")), Reader, Cancellation);
        Assert.Equal(SourceOutcome.Malformed, found.Findings.Single().Outcome);
        Assert.False(found.MayStillCome);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task IPFS_that_does_not_deliver_is_given_up_in_time(bool opens)
    {
        _options.Host.AttemptTimeout = TimeSpan.FromSeconds(1);
        using var retriever = new ProfileRetriever(new StuckStore(opens), Options.Create(_options), ResolveAsync, new At12(), _log);
        var source = ProfileSource.Parse("ipfs://" + Cid.Of(CidCodec.Raw, [1]));
        var found = await retriever.RetrieveAsync(Request(1, source), Reader, Cancellation).WaitAsync(TimeSpan.FromSeconds(40), Cancellation);
        Assert.Equal(SourceOutcome.Unavailable, found.Findings.Single().Outcome);
        using var stop = new CancellationTokenSource();
        _options.Host.AttemptTimeout = TimeSpan.FromMinutes(1);
        var stopped = retriever.RetrieveAsync(Request(1, source), Reader, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped);
    }

    [Fact]
    public void Profiles_that_cannot_come_any_more_are_not_waited_for()
    {
        var source = ProfileSource.Parse("https://profiles.test/a");
        foreach (var (outcomes, quorum, may) in ((SourceOutcome[] Outcomes, int Quorum, bool May)[])
        [
            ([SourceOutcome.Agreed, SourceOutcome.Unavailable], 2, true),
            ([SourceOutcome.Agreed, SourceOutcome.NotYetValid], 2, true),
            ([SourceOutcome.Agreed, SourceOutcome.Unavailable], 3, false),
            ([SourceOutcome.Unavailable, SourceOutcome.Unavailable], 2, true),
            ([SourceOutcome.Agreed, SourceOutcome.OtherContent], 2, false),
            ([SourceOutcome.Agreed, SourceOutcome.Refused], 2, false),
            ([SourceOutcome.Unavailable, SourceOutcome.Expired], 2, false),
        ])
        {
            var found = new ProfileRetrieval(null, [.. outcomes.Select(o => new SourceFinding(source, o, null, null, null, ""))], quorum);
            Assert.Equal(may, found.MayStillCome);
            Assert.False((found with { Content = _content }).MayStillCome);
        }
    }

    [Fact]
    public async Task Every_fault_of_an_envelope_has_its_outcome()
    {
        var other = Samples.Oracle with { ChainId = 1 };
        (SourceOutcome Outcome, ProfileEnvelope Envelope)[] cases =
        [
            (SourceOutcome.OtherMember, await Samples.SealAsync(_content, Samples.Stranger)),
            (SourceOutcome.BadSignature, await Samples.SealAsync(_content, oracle: other)),
            (SourceOutcome.BadSignature, await Samples.SealAsync(oracle: other)),
            (SourceOutcome.OtherContent, await Samples.SealAsync(expiresAt: Samples.Now.AddHours(-1))),
            (SourceOutcome.NotYetValid, await Samples.SealAsync(_content, issuedAt: Samples.Now.AddHours(1))),
            (SourceOutcome.Expired, await Samples.SealAsync(_content, expiresAt: Samples.Now.AddHours(-1))),
            (SourceOutcome.TooOld, await Samples.SealAsync(_content, issuedAt: Samples.Now.AddDays(-31))),
            (SourceOutcome.NotForThisNode, await Samples.SealAsync(_content, nodes: [Samples.Nodes[0]])),
            (SourceOutcome.DoesNotOpen, await Samples.SealAsync(_content, nodes: [new(Samples.Node, Samples.OtherPair.PublicKey.ToArray())])),
            (SourceOutcome.DoesNotOpen, await ProfileForger.SealAsync(_content.Hash, Samples.Content().Bytes.ToArray())),
            (SourceOutcome.Agreed, await Samples.SealAsync(_content)),
        ];
        var source = ProfileSource.Parse("https://profiles.test/a");
        foreach (var (outcome, envelope) in cases)
        {
            var (finding, content) = EnvelopeCheck.Judge(source, envelope.Write(), Request(1, source), Reader, Samples.Now);
            Assert.Equal(outcome, finding.Outcome);
            Assert.Equal(outcome == SourceOutcome.Agreed, content is not null);
            Assert.Equal(envelope.Header.Content, finding.Content);
            Assert.Equal(outcome is not (SourceOutcome.OtherMember or SourceOutcome.BadSignature), finding.Evidence is not null);
            Assert.Equal(outcome == SourceOutcome.NotYetValid, finding.IsTransient);
        }
    }

    private static ProfileReader Reader => new(Samples.Node, Samples.Pair, Samples.Oracle);

    private TlsServer Serve(Func<string, int, byte[]> answer, X509Certificate2? certificate)
    {
        var count = 0;
        var server = new TlsServer(certificate, (path, stream, token) => stream.WriteAsync(answer(path, Interlocked.Increment(ref count)), token).AsTask());
        _options.AllowedHosts.Add($"{Name}:{server.Port}");
        return server;
    }

    private TlsServer Serve(Func<string, int, byte[]> answer) => Serve(answer, _authority.Certify(Name));

    private TlsServer Serve(Func<string, Stream, CancellationToken, Task> answer)
    {
        var server = new TlsServer(_authority.Certify(Name), answer);
        _options.AllowedHosts.Add($"{Name}:{server.Port}");
        return server;
    }

    private static ProfileSource At(TlsServer server, string path = "/a") => ProfileSource.Parse($"https://{Name}:{server.Port}{path}");

    private ProfileSource Dead()
    {
        var port = Testing.LoopbackPort.Next();
        _options.AllowedHosts.Add($"{Name}:{port}");
        return ProfileSource.Parse($"https://{Name}:{port}/a");
    }

    private async Task<byte[]> SealedAsync() => (await Samples.SealAsync(_content)).Write();

    private async Task<ProfileSource> StoreAsync(byte[] bytes) => ProfileSource.Parse("ipfs://" + (await _store.PutAsync(new MemoryStream(bytes), Cancellation)).Root);

    private ProfileRequest Request(int quorum, params ProfileSource[] sources) => new(Samples.Member.Address, _content.Hash, sources, quorum, Samples.MaxAge);

    private async Task<SourceFinding> AskAsync(ProfileSource source) => Assert.Single((await RetrieveAsync(1, source)).Findings);

    private async Task<ProfileRetrieval> RetrieveAsync(int quorum, params ProfileSource[] sources)
    {
        using var retriever = Retriever();
        return await retriever.RetrieveAsync(Request(quorum, sources), Reader, Cancellation);
    }

    private ProfileRetriever Retriever() => new(_store, Options.Create(_options), ResolveAsync, new At12(), _log);

    private Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        _resolved.Enqueue(host);
        return Task.FromResult(_dns(host).Select(IPAddress.Parse).ToArray());
    }

    /// <summary>Of one host, so that all others in this process go their own ways.</summary>
    private sealed class ProxyOf(string host, int port) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : new Uri($"http://127.0.0.1:{port}");

        public bool IsBypassed(Uri address) => address.Host != host;
    }

    private sealed class Lines : ILogger<ProfileRetriever>
    {
        public ConcurrentQueue<string> Entries { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Entries.Enqueue(formatter(state, exception) + exception);
    }
}
