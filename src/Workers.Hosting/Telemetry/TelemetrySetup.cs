namespace Workers.Hosting.Telemetry;

/// <summary>Metrics and traces.</summary>
internal static class TelemetrySetup
{
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        builder.Services.AddMetrics();
        builder.Services.AddSingleton<PrometheusExporter>();
    }

    public static void MapMetrics(this WebApplication app)
    {
        var exporter = app.Services.GetRequiredService<PrometheusExporter>();
        app.MapGet("/metrics", () => Results.Text(exporter.Write(), "text/plain; version=0.0.4"));
    }
}
