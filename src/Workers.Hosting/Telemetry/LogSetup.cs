using Serilog;
using Serilog.Events;
using Serilog.Settings.Configuration;
using Workers.Hosting.Data;

namespace Workers.Hosting.Telemetry;

/// <summary>
/// Structured logs on the console, one line each; section <c>Serilog</c> overrides levels and sinks. Libraries' own reports of
/// failures that reach us as exceptions, and are reported with what is done about them, are left out.
/// </summary>
internal static class LogSetup
{
    private const string Template = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Worker} {Message:lj} {CorrelationId}{NewLine}{Exception}";

    /// <summary>What section <c>Serilog</c> may name: the sinks that are shipped, whatever else lies beside the worker.</summary>
    private static readonly ConfigurationReaderOptions Sinks = new(typeof(ConsoleLoggerConfigurationExtensions).Assembly, typeof(FileLoggerConfigurationExtensions).Assembly);

    public static void AddLogs(this WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ILoggerProvider>(services =>
        {
            var configuration = services.GetRequiredService<IConfiguration>();
            var logger = new LoggerConfiguration()
                .MinimumLevel.Information()
                .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
                .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)
                .MinimumLevel.Override("Microsoft.EntityFrameworkCore", LogEventLevel.Fatal)
                // A lost race for a row is expected and handled; what is not arrives as an exception and is told by whoever handles it.
                .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Database.Command", LogEventLevel.Fatal)
                .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Update", LogEventLevel.Fatal)
                // /health/ready gives the reasons to whoever asks; an engine that asks every few seconds would fill the log with them.
                .MinimumLevel.Override("Microsoft.Extensions.Diagnostics.HealthChecks", LogEventLevel.Fatal)
                .MinimumLevel.Override("Quartz", LogEventLevel.Warning)
                .Filter.ByExcluding(IsToldElsewhere)
                .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning)
                .Enrich.FromLogContext();
            if (!configuration.GetSection("Serilog:WriteTo").Exists())
            {
                logger.WriteTo.Console(outputTemplate: Template);
            }

            return new Serilog.Extensions.Logging.SerilogLoggerProvider(logger.ReadFrom.Configuration(configuration, Sinks).CreateLogger(), dispose: true);
        });
    }

    /// <summary>
    /// Quartz reports every attempt on a database that is away, with the stack; the outbox of the same worker has told of it. It also warns when a replica takes over what
    /// another one, or itself before an outage, was about to fire: that is what schedules are shared for, and nobody has to do anything.
    /// </summary>
    internal static bool IsToldElsewhere(LogEvent e) =>
        e.Properties.TryGetValue(Serilog.Core.Constants.SourceContextPropertyName, out var source)
        && source is ScalarValue { Value: string name } && name.StartsWith("Quartz", StringComparison.Ordinal)
        && (e.Exception is { } exception
            ? DatabaseFaults.Classify(exception) == DatabaseFault.Unavailable
            : e.Level == LogEventLevel.Warning && e.MessageTemplate.Text.StartsWith("ClusterManager: ", StringComparison.Ordinal));
}
