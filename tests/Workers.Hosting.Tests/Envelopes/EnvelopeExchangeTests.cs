using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Ethereum.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Configuration;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Envelopes;

namespace Workers.Hosting.Tests.Envelopes;

/// <summary>Whole processes that talk over HTTPS.</summary>
public sealed class EnvelopeExchangeTests(Testing.RealServers servers)
{
    private readonly Directory _directory = new();

    [Fact]
    public async Task A_member_asks_another_over_HTTPS_and_nobody_logs_what()
    {
        await using var ann = await Member.StartAsync(Samples.Ann, _directory);
        await using var bob = await Member.StartAsync(Samples.Bob, _directory);
        Assert.Equal(Samples.Body.Reverse(), await ann.AskAsync(bob.Entry));
        Assert.Equal(Samples.Body.Reverse(), await bob.AskAsync(ann.Entry));
        var seen = Assert.Single(bob.Control.Seen);
        Assert.Equal((Samples.Ann.Address, Samples.Bob.Address, "zone-request"), (seen.Header.From, seen.Header.To, seen.Header.Kind));
        Assert.Throws<ObjectDisposedException>(() => seen.Body.Reveal().Length);

        bob.Control.Answer = (envelope, _) => throw new InvalidOperationException(Encoding.UTF8.GetString(envelope.Body.Reveal()));
        var failed = await RefusalAsync(ann.AskAsync(bob.Entry));
        Assert.Equal(EnvelopeFault.Unavailable, failed.Fault);
        bob.Control.Answer = (_, _) => Task.FromResult(EnvelopeAnswer.Refuse("Not in this\narea."));
        var refused = await RefusalAsync(ann.AskAsync(bob.Entry));
        Assert.Equal(EnvelopeFault.Refused, refused.Fault);
        Assert.EndsWith("refuses: Not in this area.", refused.Message, StringComparison.Ordinal);
        var unknown = await RefusalAsync(ann.AskAsync(bob.Entry, kind: "gossip"));
        Assert.Equal(EnvelopeFault.Refused, unknown.Fault);
        Assert.Contains("gossip", unknown.Message, StringComparison.Ordinal);

        var said = string.Concat(ann.Log.Entries) + string.Concat(bob.Log.Entries) + failed + refused + unknown;
        Assert.Contains("InvalidOperationException", said, StringComparison.Ordinal);
        Assert.Contains(bob.Server.EndpointAt("HOST"), said, StringComparison.Ordinal);
        foreach (var secret in (byte[][])[Samples.Body, Secret(ann), Secret(bob)])
        {
            Assert.DoesNotContain(Encoding.Latin1.GetString(secret), said, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToHexString(secret), said, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Convert.ToBase64String(secret), said, StringComparison.Ordinal);
        }

        static byte[] Secret(Member member)
        {
            using var key = member.Pair.ExportPrivateKey();
            return key.Reveal().ToArray();
        }
    }

    [Fact]
    public async Task Each_refusal_has_its_status()
    {
        await using var ann = await Member.StartAsync(Samples.Ann, _directory);
        await using var bob = await Member.StartAsync(Samples.Bob, _directory);
        await using var stranger = await Member.StartAsync(Samples.Eve, _directory, listed: false);
        var to = bob.Entry;
        Assert.Equal(200, await StatusAsync(bob, await ann.SealAsync(to)));
        Assert.Equal(421, await StatusAsync(bob, await ann.SealAsync(ann.Entry)));
        Assert.Equal(400, await StatusAsync(bob, await ann.SealAsync(to, h => h with { SentAt = h.SentAt - 1000, ExpiresAt = h.ExpiresAt - 1000 })));
        Assert.Equal(400, await StatusAsync(bob, await ann.SealAsync(to, h => h with { SentAt = h.SentAt + 1000, ExpiresAt = h.ExpiresAt + 1000 })));
        Assert.Equal(400, await StatusAsync(bob, await ann.SealAsync(to, h => h with { ExpiresAt = h.ExpiresAt + 1000 })));
        Assert.Equal(401, await StatusAsync(bob, await ann.SealAsync(to, signer: Samples.Eve)));
        Assert.Equal(401, await StatusAsync(bob, await ann.SealAsync(to, domain: Samples.Domain with { ChainId = 1 })));
        Assert.Equal(401, await StatusAsync(bob, await ann.SealAsync(to, domain: Samples.Domain with { VerifyingContract = Samples.Eve.Address })));
        Assert.Equal(403, await StatusAsync(bob, await stranger.SealAsync(to)));
        Assert.Equal(422, await StatusAsync(bob, await ann.SealAsync(to with { PublicKey = Samples.AnnsPair.PublicKey.ToArray() })));
        Assert.Equal(400, await StatusAsync(bob, "{}"u8.ToArray()));
        Assert.Equal(413, await StatusAsync(bob, new byte[Envelope.MaxLength(256 << 10) + 1]));
        Assert.Equal(404, await StatusAsync(bob, [], "/api/transactions"));
        Assert.Equal(404, await StatusAsync(bob, [], "/health/ready"));
        Assert.Equal(404, await StatusAsync(bob, [], "/envelopes", HttpMethod.Get));
        _directory.Entries[Samples.Ann.Address] = ann.Entry with { PublicKey = new byte[65] };
        Assert.Equal(403, await StatusAsync(bob, await ann.SealAsync(to)));
        Assert.Single(bob.Control.Seen);
        Assert.Equal(EnvelopeFault.Rejected, (await RefusalAsync(stranger.AskAsync(to))).Fault);
        Assert.Contains("is no member", (await RefusalAsync(stranger.AskAsync(to))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_operators_server_knows_no_envelopes()
    {
        await using var bob = await Member.StartAsync(Samples.Bob, _directory);
        using var http = new HttpClient();
        using var answer = await http.PostAsync(new Uri(bob.Fleet.Url, EnvelopeServer.Path), new ByteArrayContent([]), Samples.Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_replay_is_refused_by_the_same_process_by_a_replica_and_after_a_restart(bool production)
    {
        var settings = Member.Settings(production ? await ProductionSettings.FreshAsync(servers) : null);
        var pair = P256KeyPair.Generate();
        await using var ann = await Member.StartAsync(Samples.Ann, _directory);
        Envelope first, second;
        await using (var bob = await Member.StartAsync(Samples.Bob, _directory, settings, pair))
        {
            first = await ann.SealAsync(bob.Entry);
            Assert.Equal(200, await StatusAsync(bob, first));
            Assert.Equal(409, await StatusAsync(bob, first));

            await using var replica = await Member.StartAsync(Samples.Bob, _directory, settings, pair);
            Assert.Equal(409, await StatusAsync(replica, first));
            for (var i = 0; i < 10; i++)
            {
                second = await ann.SealAsync(bob.Entry);
                var both = await Task.WhenAll(StatusAsync(bob, second), StatusAsync(replica, second));
                Assert.Equal([200, 409], both.Order());
            }

            second = await ann.SealAsync(bob.Entry, h => h with { Nonce = first.Header.Nonce });
            Assert.Equal(409, await StatusAsync(bob, second));
            Assert.Equal(11, bob.Control.Seen.Count + replica.Control.Seen.Count);
        }

        await using var again = await Member.StartAsync(Samples.Bob, _directory, settings, pair);
        Assert.Equal(409, await StatusAsync(again, first));
        Assert.Empty(again.Control.Seen);
    }

    [Fact]
    public async Task Nonces_are_kept_while_they_can_be_replayed_and_deleted_afterwards()
    {
        var settings = Member.Settings();
        settings["Envelopes:PurgeInterval"] = "00:00:00.100";
        settings["Envelopes:ClockTolerance"] = "00:10:00";
        await using var bob = await Member.StartAsync(Samples.Bob, _directory, settings);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        await bob.Fleet.WithDbAsync(db =>
        {
            foreach (var expired in (int[])[-60, 20, 3_000, 3_600 + 20, 4_200 + 60, 100_000])
            {
                db.Add(new ReceivedEnvelopeRow { From = "0x", Nonce = $"{expired}", ExpiresAt = now - expired });
            }
        });
        await bob.Fleet.EventuallyAsync((db, token) => db.Set<ReceivedEnvelopeRow>().CountAsync(token), n => n < 6);
        var kept = await bob.Fleet.ReadAsync((db, token) => db.Set<ReceivedEnvelopeRow>().Select(r => r.Nonce).ToListAsync(token));
        Assert.Equal(["-60", "20", "3000", "3620"], kept.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_member_that_floods_is_told_to_come_later_while_another_gets_through()
    {
        var settings = Member.Settings();
        settings["Envelopes:Limits:RatePerAddress"] = "100000";
        settings["Envelopes:Limits:RatePerSender"] = "5";
        settings["Envelopes:Limits:ConcurrencyPerSender"] = "2";
        settings["Envelopes:Limits:Concurrency"] = "3";
        settings["Envelopes:HandlerTimeout"] = "00:10:00";
        await using var ann = await Member.StartAsync(Samples.Ann, _directory);
        await using var bob = await Member.StartAsync(Samples.Bob, _directory, settings);
        await using var eve = await Member.StartAsync(Samples.Eve, _directory);
        bob.Control.Answer = async (envelope, token) =>
        {
            // Eve asks for what never ends.
            await (envelope.Header.From == Samples.Eve.Address ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask);
            return EnvelopeAnswer.Of("yes"u8.ToArray());
        };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Samples.Cancellation);
        var statuses = new System.Collections.Concurrent.ConcurrentQueue<int>();
        var flood = Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    statuses.Enqueue(await StatusAsync(bob, await eve.SealAsync(bob.Entry), cancellationToken: stop.Token));
                }
                catch (OperationCanceledException)
                {
                }
            }
        }));
        while (statuses.Count < 20)
        {
            await Task.Delay(10, Samples.Cancellation);
        }

        for (var i = 0; i < 8; i++)
        {
            Assert.Equal("yes"u8.ToArray(), await ann.AskAsync(bob.Entry).WaitAsync(TimeSpan.FromMinutes(1), Samples.Cancellation));
        }

        await stop.CancelAsync();
        await flood;
        Assert.All(statuses, s => Assert.Equal(429, s));
        Assert.InRange(bob.Control.Seen.Count(e => e.Header.From == Samples.Eve.Address), 1, 8);
    }

    [Fact]
    public async Task An_address_that_sends_rubbish_is_not_looked_at_for_long()
    {
        var settings = Member.Settings();
        settings["Envelopes:Limits:RatePerAddress"] = "1";
        await using var bob = await Member.StartAsync(Samples.Bob, _directory, settings);
        var statuses = new List<int>();
        for (var i = 0; i < 40; i++)
        {
            statuses.Add(await StatusAsync(bob, "{}"u8.ToArray()));
        }

        Assert.Contains(400, statuses);
        Assert.Contains(429, statuses);
    }

    [Fact]
    public async Task An_address_has_only_so_many_connections()
    {
        var settings = Member.Settings();
        settings["Envelopes:Limits:ConnectionsPerAddress"] = "2";
        await using var bob = await Member.StartAsync(Samples.Bob, _directory, settings);
        var open = new List<TcpClient>();
        try
        {
            var refused = await Record.ExceptionAsync(async () =>
            {
                // Somebody else's connection may have taken one of the two places for a moment, and so one of these was refused itself.
                for (var i = 0; i < 50; i++)
                {
                    open.Add(new TcpClient());
                    await open[^1].ConnectAsync(IPAddress.Loopback, bob.Server.Port, Samples.Cancellation);
                    await Task.Delay(20, Samples.Cancellation);
                    await StatusAsync(bob, "{}"u8.ToArray());
                }
            });

            // A connection that is reset in the middle of being made is the socket's failure.
            Assert.True(refused is HttpRequestException or SocketException, $"Not refused: {refused}");
        }
        finally
        {
            open.ForEach(o => o.Dispose());
        }

        Assert.Equal(400, await Eventually(() => StatusAsync(bob, "{}"u8.ToArray())));

        static async Task<int> Eventually(Func<Task<int>> ask)
        {
            for (var i = 0; ; i++)
            {
                try
                {
                    return await ask();
                }
                catch (Exception e) when (e is HttpRequestException or SocketException && i < 100)
                {
                    await Task.Delay(50, Samples.Cancellation);
                }
            }
        }
    }

    [Fact]
    public async Task A_request_that_drips_is_given_up_in_time()
    {
        var settings = Member.Settings();
        settings["Envelopes:Limits:ReadTimeout"] = "00:00:01";
        await using var bob = await Member.StartAsync(Samples.Bob, _directory, settings);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, bob.Server.Port, Samples.Cancellation);
        await using var tls = new SslStream(tcp.GetStream(), false, (_, certificate, _, _) => EnvelopeCertificate.PinOf(certificate!) == bob.Server.Pin);
        await tls.AuthenticateAsClientAsync("localhost");
        await tls.WriteAsync("POST /envelopes HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300000\r\n\r\n{"u8.ToArray(), Samples.Cancellation);

        // Faster than Kestrel's own least rate.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Samples.Cancellation);
        var dripping = Task.Run(
            async () =>
            {
                while (true)
                {
                    await tls.WriteAsync(new byte[500], stop.Token);
                    await Task.Delay(100, stop.Token);
                }
            },
            Samples.Cancellation);
        using var reader = new StreamReader(tls);
        Assert.StartsWith("HTTP/1.1 408", await reader.ReadLineAsync(Samples.Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Samples.Cancellation), StringComparison.Ordinal);
        await stop.CancelAsync();
        var ended = await Record.ExceptionAsync(() => dripping);
        Assert.True(ended is OperationCanceledException or IOException, $"{ended}");
    }

    [Fact]
    public async Task A_handler_that_takes_too_long_is_ended()
    {
        var settings = Member.Settings();
        settings["Envelopes:HandlerTimeout"] = "00:00:01";
        await using var ann = await Member.StartAsync(Samples.Ann, _directory);
        await using var bob = await Member.StartAsync(Samples.Bob, _directory, settings);
        bob.Control.Answer = async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return EnvelopeAnswer.Refuse("never");
        };
        Assert.Equal(503, await StatusAsync(bob, await ann.SealAsync(bob.Entry)).WaitAsync(TimeSpan.FromSeconds(20), Samples.Cancellation));
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_handler()
    {
        await using var ann = await Member.StartAsync(Samples.Ann, _directory);
        var bob = await Member.StartAsync(Samples.Bob, _directory);
        var (begun, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        bob.Control.Answer = async (_, token) =>
        {
            using var end = token.Register(ended.SetResult);
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return EnvelopeAnswer.Refuse("never");
        };
        var asked = StatusAsync(bob, await ann.SealAsync(bob.Entry));
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(20), Samples.Cancellation);
        var stop = bob.DisposeAsync().AsTask();
        await ended.Task.WaitAsync(TimeSpan.FromMinutes(1), Samples.Cancellation);
        await stop.WaitAsync(TimeSpan.FromSeconds(15), Samples.Cancellation);
        await Assert.ThrowsAsync<HttpRequestException>(() => asked);
    }

    [Fact]
    public async Task A_self_signed_certificate_is_made_once_for_this_user_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
#pragma warning disable CA1416 // Skipped there.
        var settings = Member.Settings();
        var file = Path.Combine(settings["Data:Directory"]!, "envelope-certificate.pem");
        Ethereum.Hash32 pin;
        await using (var first = await Member.StartAsync(Samples.Bob, _directory, settings))
        {
            pin = first.Server.Pin;
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        await using (var second = await Member.StartAsync(Samples.Bob, _directory, settings))
        {
            Assert.Equal(pin, second.Server.Pin);
        }

        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        var refused = await Assert.ThrowsAsync<SecretFileException>(() => Member.StartAsync(Samples.Bob, _directory, settings));
        Assert.Contains("chmod 600", refused.Message, StringComparison.Ordinal);
#pragma warning restore CA1416
    }

    [Fact]
    public async Task An_operators_certificate_is_used_and_needs_no_pin_where_an_authority_certifies_it()
    {
        var (certificate, authority) = TestCertificates.Certified("localhost");
        var settings = Member.Settings();
        var directory = Path.GetFullPath(settings["Data:Directory"]!);
        PrivateFiles.CreateDirectory(directory);
        var (own, key, roots) = (Path.Combine(directory, "own.pem"), Path.Combine(directory, "own.key"), Path.Combine(directory, "roots.pem"));
        await File.WriteAllTextAsync(own, certificate.ExportCertificatePem() + "\n" + authority, Samples.Cancellation);
        await File.WriteAllTextAsync(roots, authority, Samples.Cancellation);
        using (var secret = System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(certificate)!)
        {
            await PrivateFiles.TryCreateAsync(key, Encoding.ASCII.GetBytes(secret.ExportPkcs8PrivateKeyPem()), Samples.Cancellation);
        }

        (settings["Envelopes:Certificate"], settings["Envelopes:CertificateKey"]) = ("own.pem", "own.key");
        await using var bob = await Member.StartAsync(Samples.Bob, _directory, settings);
        Assert.Equal(EnvelopeCertificate.PinOf(certificate), bob.Server.Pin);
        var trusting = Member.Settings();
        trusting["Envelopes:TrustedRoots"] = roots;
        await using var ann = await Member.StartAsync(Samples.Ann, _directory, trusting);
        await using var eve = await Member.StartAsync(Samples.Eve, _directory);
        var unpinned = bob.Entry with { Endpoint = $"https://localhost:{bob.Server.Port}/" };
        Assert.Equal(Samples.Body.Reverse(), await ann.AskAsync(unpinned));
        Assert.Equal(Samples.Body.Reverse(), await eve.AskAsync(bob.Entry));
        Assert.Equal(EnvelopeFault.BadEntry, (await RefusalAsync(eve.AskAsync(unpinned))).Fault);
        Assert.Equal(EnvelopeFault.BadEntry, (await RefusalAsync(ann.AskAsync(unpinned with { Endpoint = $"https://127.0.0.1:{bob.Server.Port}/" }))).Fault);

        await File.WriteAllTextAsync(own, "no certificate", Samples.Cancellation);
        await Assert.ThrowsAsync<SecretFileException>(() => Member.StartAsync(Samples.Bob, _directory, settings));
    }

    [Theory]
    [InlineData("Url", "http://127.0.0.1:8443")]
    [InlineData("Url", "https://member.example:8443")]
    [InlineData("Url", "https://127.0.0.1:8443/envelopes")]
    [InlineData("Lifetime", "00:03:00")]
    [InlineData("CertificateKey", "own.key")]
    [InlineData("TrustedNetworks:1", "private")]
    [InlineData("TrustedRoots", "/nowhere.pem")]
    [InlineData("MaxBody", "0")]
    public async Task A_setting_that_cannot_be_is_named_at_start(string key, string value)
    {
        var settings = Member.Settings();
        settings[$"Envelopes:{key}"] = value;
        var refused = await Assert.ThrowsAnyAsync<OptionsValidationException>(() => Member.StartAsync(Samples.Bob, _directory, settings));
        Assert.Contains($"Envelopes:{key.Split(':')[0]}", refused.Message, StringComparison.Ordinal);
        Assert.False(System.IO.Directory.Exists(settings["Data:Directory"]), "Something was made before the settings were checked.");
    }

    internal static Task<EnvelopeException> RefusalAsync(Task asked) => Assert.ThrowsAsync<EnvelopeException>(() => asked);

    private static Task<int> StatusAsync(Member to, Envelope envelope, CancellationToken? cancellationToken = null) => StatusAsync(to, envelope.Write(), cancellationToken: cancellationToken);

    private static async Task<int> StatusAsync(Member to, byte[] wire, string path = EnvelopeServer.Path, HttpMethod? method = null, CancellationToken? cancellationToken = null)
    {
        // What is too long is refused before it was sent, and sending on then fails: this client asks first (RFC 9110, 10.1.1).
        using var handler = new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => EnvelopeCertificate.PinOf(certificate!) == to.Server.Pin },
            Expect100ContinueTimeout = TimeSpan.FromMinutes(1),
        };
        using var http = new HttpClient(handler);
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, new Uri($"https://127.0.0.1:{to.Server.Port}{path}"));
        if (method is null)
        {
            request.Headers.ExpectContinue = true;
            request.Content = new ByteArrayContent(wire) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        using var answer = await http.SendAsync(request, cancellationToken ?? Samples.Cancellation);
        return (int)answer.StatusCode;
    }
}
