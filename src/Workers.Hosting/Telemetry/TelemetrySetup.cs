using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Workers.Hosting.Configuration;

namespace Workers.Hosting.Telemetry;

/// <summary>Section <c>Telemetry</c>.</summary>
public sealed class TelemetryOptions
{
    /// <summary>OpenTelemetry collector.</summary>
    public OtlpOptions Otlp { get; set; } = new();
}

/// <summary>Section <c>Telemetry:Otlp</c>.</summary>
public sealed class OtlpOptions
{
    /// <summary>Of a collector that takes OTLP over gRPC, e.g. http://127.0.0.1:4317; without one, or with an empty one, nothing is exported.</summary>
    [Url]
    public string? Endpoint
    {
        get;
        set => field = string.IsNullOrWhiteSpace(value) ? null : value;
    }
}

/// <summary>
/// Metrics at <c>/metrics</c>; metrics and traces to an OpenTelemetry collector where one is configured. Workers' meters and
/// activity sources are named <c>DataMarket.*</c>.
/// </summary>
internal static class TelemetrySetup
{
    private const string Ours = "DataMarket.*";

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        builder.AddValidatedOptions<TelemetryOptions>("Telemetry");
        builder.Services.AddMetrics();
        builder.Services.AddSingleton<PrometheusExporter>();
        builder.Services.AddHostedService<OtlpExport>();
    }

    public static void MapMetrics(this WebApplication app)
    {
        var exporter = app.Services.GetRequiredService<PrometheusExporter>();
        app.MapGet("/metrics", () => Results.Text(exporter.Write(), "text/plain; version=0.0.4; charset=utf-8")).ExcludeFromDescription();
    }

    /// <summary>Owns the providers, so that what is left is sent when the process ends.</summary>
    private sealed class OtlpExport(IOptions<TelemetryOptions> options, Fleet fleet) : IHostedService, IDisposable
    {
        private MeterProvider? _meters;
        private TracerProvider? _traces;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            if (options.Value.Otlp.Endpoint is { } endpoint)
            {
                var resource = ResourceBuilder.CreateDefault().AddService(string.Join('+', fleet.Workers), serviceNamespace: "DataMarket");
                void Configure(OtlpExporterOptions o) => o.Endpoint = new Uri(endpoint);
                _meters = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Ours, "System.Runtime").AddOtlpExporter(Configure).Build();
                _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Ours).AddOtlpExporter(Configure).Build();
            }

            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            const int WithinMilliseconds = 3000;
            _meters?.Shutdown(WithinMilliseconds);
            _traces?.Shutdown(WithinMilliseconds);
            return Task.CompletedTask;
        }

        public void Dispose()
        {
            _meters?.Dispose();
            _traces?.Dispose();
        }
    }
}
