using Serilog;
using Serilog.Events;

namespace Workers.Hosting.Telemetry;

/// <summary>
/// Structured logs on the console, one line each; section <c>Serilog</c> overrides levels and sinks. Libraries' own reports of
/// failures that reach us as exceptions, and are reported with what is done about them, are left out.
/// </summary>
internal static class LogSetup
{
    private const string Template = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Worker} {Message:lj} {CorrelationId}{NewLine}{Exception}";

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
                .MinimumLevel.Override("Quartz", LogEventLevel.Warning)
                .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning)
                .Enrich.FromLogContext();
            if (!configuration.GetSection("Serilog:WriteTo").Exists())
            {
                logger.WriteTo.Console(outputTemplate: Template);
            }

            return new Serilog.Extensions.Logging.SerilogLoggerProvider(logger.ReadFrom.Configuration(configuration).CreateLogger(), dispose: true);
        });
    }
}
