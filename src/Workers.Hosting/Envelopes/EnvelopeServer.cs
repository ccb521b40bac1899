using System.Net;
using System.Security.Cryptography.X509Certificates;
using Ethereum;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;
using Workers.Hosting.Http;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Workers.Hosting.Envelopes;

/// <summary>
/// Where other members' envelopes come in: an HTTPS server of its own, so that nothing of the operator's API can be reached through it. It answers
/// <c>POST /envelopes</c> and nothing else.
/// </summary>
public sealed partial class EnvelopeServer : IHostedService, IAsyncDisposable
{
    /// <summary>Where envelopes are posted.</summary>
    public const string Path = "/envelopes";

    private const int MaxHeaderBytes = 16 << 10;
    private const string RetryAfterSeconds = "1";

    private readonly IServiceProvider _services;
    private readonly TimeProvider _clock;
    private readonly ILoggerFactory _loggers;
    private readonly CancellationToken _stopping;
    private EnvelopeOptions _options = new();
    private EnvelopeReceiver _receiver = null!;
    private EnvelopeLimits _limits = null!;
    private X509Certificate2Collection _chain = [];
    private WebApplication? _application;

    /// <summary>Takes the rest from the services when it starts: by then all options were checked.</summary>
    public EnvelopeServer(IServiceProvider services, TimeProvider clock, ILoggerFactory loggers, IHostApplicationLifetime lifetime)
    {
        ArgumentNullException.ThrowIfNull(lifetime);
        (_services, _clock, _loggers, _stopping) = (services, clock, loggers, lifetime.ApplicationStopping);
    }

    /// <summary>The port, once started.</summary>
    public int Port => _application is { } application ? new Uri(application.Urls.First()).Port : throw new InvalidOperationException("The server has not started.");

    /// <summary>What an endpoint pins, once started: SHA-256 of the certificate.</summary>
    public Hash32 Pin => EnvelopeCertificate.PinOf(_chain[0]);

    /// <summary>The endpoint for this member's entry on chain.</summary>
    /// <param name="host">The name or address under which others reach this machine.</param>
    public string EndpointAt(string host) => $"https://{host}:{Port}/#{Pin.ToString()[2..]}";

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _options = _services.GetRequiredService<IOptions<EnvelopeOptions>>().Value;
        _limits = _services.GetRequiredService<EnvelopeLimits>();
        _receiver = _services.GetRequiredService<EnvelopeReceiver>();
        _chain = await _services.GetRequiredService<EnvelopeCertificate>().LoadAsync(cancellationToken);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(_loggers);
        builder.Services.AddSingleton<IHostLifetime, Inner>();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(Configure);
        _application = builder.Build();
        _application.Run(AnswerAsync);
        await _application.StartAsync(cancellationToken);
        Log.Started(_loggers.CreateLogger<EnvelopeServer>(), _options.Listen!.Address, Port, EndpointAt("HOST"));
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => _application?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_application is { } application)
        {
            await application.DisposeAsync();
        }

        foreach (var certificate in _chain)
        {
            certificate.Dispose();
        }
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = _options.Limits.Connections;
        kestrel.Limits.MaxRequestBodySize = Envelope.MaxLength(_options.MaxBody);
        kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        kestrel.Limits.RequestHeadersTimeout = _options.Limits.ReadTimeout;
        kestrel.Limits.KeepAliveTimeout = _options.Limits.ReadTimeout;
        kestrel.Listen(_options.Listen!, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => async connection =>
            {
                using var lease = _limits.Connect((connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None);
                if (lease.IsAcquired)
                {
                    await next(connection);
                }
                else
                {
                    connection.Abort();
                }
            });
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = _chain[0],
                ServerCertificateChain = [.. _chain.Skip(1)],
                HandshakeTimeout = _options.Limits.ReadTimeout,
            });
        });
    }

    private async Task AnswerAsync(HttpContext http)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping, http.RequestAborted);
        try
        {
            var outcome = await ReceiveAsync(http, either.Token);
            if (outcome.Reply is { } reply)
            {
                http.Response.ContentType = "application/json";
                http.Response.ContentLength = reply.Length;
                await http.Response.Body.WriteAsync(reply, either.Token);
                return;
            }

            if (outcome.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            {
                http.Response.Headers.RetryAfter = RetryAfterSeconds;
            }

            await TypedResults.Problem(outcome.Reason, statusCode: outcome.Status).ExecuteAsync(http);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            http.Abort();
        }
    }

    private async Task<EnvelopeOutcome> ReceiveAsync(HttpContext http, CancellationToken cancellationToken)
    {
        if (!_limits.TakesFrom(http.Connection.RemoteIpAddress ?? IPAddress.None))
        {
            return new(StatusCodes.Status429TooManyRequests, "Your address sends more than is looked at. Come later.");
        }

        if (!string.Equals(http.Request.Path.Value, Path, StringComparison.Ordinal) || !HttpMethods.IsPost(http.Request.Method))
        {
            return new(StatusCodes.Status404NotFound, $"Only POST {Path} is answered here.");
        }

        using var tooLong = new CancellationTokenSource(_options.Limits.ReadTimeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(tooLong.Token, cancellationToken);
        try
        {
            return await ForeignHosts.ReadAsync(http.Request.Body, Envelope.MaxLength(_options.MaxBody), either.Token) is { } wire
                ? await _receiver.ReceiveAsync(wire, cancellationToken)
                : TooLarge();
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return TooLarge();
        }
        catch (Exception e) when (e is BadHttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new(StatusCodes.Status408RequestTimeout, $"The envelope was not there within {_options.Limits.ReadTimeout:c}, or was cut off.");
        }
    }

    private EnvelopeOutcome TooLarge() => new(StatusCodes.Status413PayloadTooLarge, $"An envelope has at most {Envelope.MaxLength(_options.MaxBody)} bytes here.");

    /// <summary>The process's signals are the outer host's.</summary>
    private sealed class Inner : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Members' envelopes come in at {Address}, port {Port}. The endpoint for the entry on chain: {Endpoint:l}")]
        public static partial void Started(ILogger logger, IPAddress address, int port, string endpoint);
    }
}
