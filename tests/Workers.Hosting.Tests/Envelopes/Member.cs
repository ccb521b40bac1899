using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Ethereum;
using Ethereum.Transactions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Probe;

namespace Workers.Hosting.Tests.Envelopes;

/// <summary>What the chain would say.</summary>
internal sealed class Directory : IMemberDirectory
{
    public ConcurrentDictionary<Address, MemberEntry> Entries { get; } = new();

    public ValueTask<MemberEntry?> FindAsync(Address account, CancellationToken cancellationToken) => new(Entries.GetValueOrDefault(account));
}

/// <summary>What a member's handler does, and what it saw.</summary>
internal sealed class HandlerControl
{
    public ConcurrentQueue<OpenedEnvelope> Seen { get; } = new();

    public Func<OpenedEnvelope, CancellationToken, Task<EnvelopeAnswer>> Answer { get; set; } = (envelope, _) => Task.FromResult(EnvelopeAnswer.Of(envelope.Body.Reveal().ToArray().Reverse().ToArray()));
}

internal sealed class ZoneHandler(HandlerControl control) : IEnvelopeHandler
{
    public Task<EnvelopeAnswer> HandleAsync(OpenedEnvelope envelope, CancellationToken cancellationToken)
    {
        control.Seen.Enqueue(envelope);
        return control.Answer(envelope, cancellationToken);
    }
}

/// <summary>A member's process: the production composition, listening for envelopes on loopback.</summary>
internal sealed class Member : IAsyncDisposable
{
    private readonly TestFleet _fleet;

    private Member(TestFleet fleet, LocalKeySigner signer, P256KeyPair pair) => (_fleet, Signer, Pair) = (fleet, signer, pair);

    public LocalKeySigner Signer { get; }

    public P256KeyPair Pair { get; }

    public HandlerControl Control => _fleet.App.Services.GetRequiredService<HandlerControl>();

    public EnvelopeClient Client => _fleet.App.Services.GetRequiredService<EnvelopeClient>();

    public EnvelopeServer Server => _fleet.App.Services.GetRequiredService<EnvelopeServer>();

    public Lines Log => _fleet.App.Services.GetRequiredService<Lines>();

    public TestFleet Fleet => _fleet;

    public MemberEntry Entry => new(Signer.Address, Pair.PublicKey.ToArray(), Server.EndpointAt("127.0.0.1"));

    public static Dictionary<string, string?> Settings(Dictionary<string, string?>? basis = null) => new(basis ?? TestFleet.Settings(), StringComparer.Ordinal)
    {
        ["Chain:ChainId"] = "31337",
        ["Chain:Endpoints:0"] = "http://127.0.0.1:1",
        ["Chain:Contracts:Conduct"] = Samples.Domain.VerifyingContract.ToString(),
        ["Envelopes:Url"] = "https://127.0.0.1:0",
        ["Envelopes:TrustedNetworks:0"] = "127.0.0.0/8",
        ["Envelopes:Member:FirstDelay"] = "00:00:00.050",
    };

    public static async Task<Member> StartAsync(
        LocalKeySigner signer, Directory directory, Dictionary<string, string?>? settings = null, P256KeyPair? pair = null, bool listed = true, Action<IServiceCollection>? more = null)
    {
        var own = pair ?? P256KeyPair.Generate();
        var fleet = await TestFleet.StartAsync(settings ?? Settings(), builder =>
        {
            more?.Invoke(builder.Services);
            builder.Services.AddSingleton(new EnvelopeIdentity(signer, own));
            builder.Services.AddSingleton<IMemberDirectory>(directory);
            builder.Services.AddSingleton<HandlerControl>();
            var lines = new Lines();
            builder.Services.AddSingleton(lines);
            builder.Logging.AddProvider(lines).SetMinimumLevel(LogLevel.Trace);
            new WorkerModule<ProbeDb>(builder, Workers.Hosting.Fleet.Of(builder), ProbeModule.Name).HandleEnvelope<ZoneHandler>("zone-request");
        });
        var member = new Member(fleet, signer, own);
        if (listed)
        {
            directory.Entries[signer.Address] = member.Entry;
        }

        return member;
    }

    public async Task<byte[]> AskAsync(MemberEntry to, byte[]? body = null, string kind = "zone-request", CancellationToken? cancellationToken = null)
    {
        using var answer = await Client.SendAsync(to, kind, body ?? Samples.Body, cancellationToken ?? Samples.Cancellation);
        return answer.Reveal().ToArray();
    }

    /// <summary>An envelope of this member as anybody may post it.</summary>
    public Task<Envelope> SealAsync(MemberEntry to, Func<EnvelopeHeader, EnvelopeHeader>? change = null, TypedDataDomain? domain = null, ISigner? signer = null)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var header = new EnvelopeHeader(Signer.Address, to.Account, "zone-request", now, now + 60, EnvelopeNonce.Random(), EnvelopeNonce.None);
        return Envelope.SealAsync(change?.Invoke(header) ?? header, Samples.Body, to.PublicKey, signer ?? Signer, domain ?? Samples.Domain, Samples.Cancellation);
    }

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();
}

/// <summary>Everything that is logged.</summary>
internal sealed class Lines : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> Entries { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");

    public void Dispose()
    {
    }
}

/// <summary>Somebody's HTTPS server that says whatever a test wants.</summary>
internal sealed class OddServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly X509Certificate2 _certificate;

    private OddServer(WebApplication application, X509Certificate2 certificate) => (_application, _certificate) = (application, certificate);

    public int Port => new Uri(_application.Urls.First()).Port;

    public string Endpoint => $"https://127.0.0.1:{Port}/#{EnvelopeCertificate.PinOf(_certificate).ToString()[2..]}";

    public static async Task<OddServer> StartAsync(Func<HttpContext, byte[], Task> answer, X509Certificate2? certificate = null)
    {
        var own = certificate ?? TestCertificates.SelfSigned("localhost");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(o => o.Listen(IPAddress.Loopback, 0, l => l.UseHttps(own)));
        var application = builder.Build();
        application.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            await answer(http, body.ToArray());
        });
        await application.StartAsync(Samples.Cancellation);
        return new OddServer(application, own);
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
        _certificate.Dispose();
    }
}
