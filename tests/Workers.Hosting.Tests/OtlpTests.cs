using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Workers.Hosting.Probe;

namespace Workers.Hosting.Tests;

/// <summary>What reaches an OpenTelemetry collector.</summary>
public sealed class OtlpTests
{
    [Fact]
    public async Task A_collector_receives_the_traces_and_the_figures_of_a_worker_at_the_latest_when_it_stops()
    {
        await using var collector = await Collector.StartAsync();
        var settings = TestFleet.Settings();
        settings["Telemetry:Otlp:Endpoint"] = collector.Address;
        await using (var fleet = await TestFleet.StartAsync(settings))
        {
            await fleet.PublishAsync(new Count("traced"));
            await fleet.DrainAsync();
        }

        var traces = collector.Received("opentelemetry.proto.collector.trace.v1.TraceService");
        Assert.Contains("DataMarket.probe-worker", traces, StringComparison.Ordinal);
        Assert.Contains("probe-worker-counted", traces, StringComparison.Ordinal);
        var figures = collector.Received("opentelemetry.proto.collector.metrics.v1.MetricsService");
        Assert.Contains("service.name", figures, StringComparison.Ordinal);
        Assert.Contains("market.handler.duration", figures, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collector_that_is_not_there_stops_nobody()
    {
        var settings = TestFleet.Settings();
        settings["Telemetry:Otlp:Endpoint"] = "http://127.0.0.1:1";
        await using var fleet = await TestFleet.StartAsync(settings);
        await fleet.PublishAsync(new Count("untold"));
        await fleet.DrainAsync();
        Assert.Equal(1, await fleet.CountAsync("untold"));
    }

    [Fact]
    public async Task An_empty_endpoint_exports_nothing_and_is_no_error()
    {
        var settings = TestFleet.Settings();
        settings["Telemetry:Otlp:Endpoint"] = string.Empty;
        await using var fleet = await TestFleet.StartAsync(settings);
        await fleet.PublishAsync(new Count("kept"));
        await fleet.DrainAsync();
    }

    /// <summary>
    /// Takes OTLP over gRPC (https://opentelemetry.io/docs/specs/otlp/#otlpgrpc): a message is a flag, four bytes of length and
    /// the protobuf, in which texts stand as they are.
    /// </summary>
    private sealed class Collector(WebApplication app) : IAsyncDisposable
    {
        private readonly ConcurrentQueue<(string Path, string Body)> _received = new();

        public string Address => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2));
            var app = builder.Build();
            var collector = new Collector(app);
            app.MapPost("/{service}/Export", collector.TakeAsync);
            await app.StartAsync(TestContext.Current.CancellationToken);
            return collector;
        }

        public string Received(string service) =>
            string.Concat(_received.Where(r => r.Path == service).Select(r => r.Body));

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private async Task TakeAsync(HttpContext context)
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            _received.Enqueue(((string)context.Request.RouteValues["service"]!, Encoding.Latin1.GetString(body.ToArray())));
            context.Response.ContentType = "application/grpc";
            context.Response.DeclareTrailer("grpc-status");
            await context.Response.Body.WriteAsync(new byte[5], context.RequestAborted);
            context.Response.AppendTrailer("grpc-status", "0");
        }
    }
}
