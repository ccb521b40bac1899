using System.Net.Sockets;
using Npgsql;
using Serilog.Events;
using Serilog.Parsing;
using Workers.Hosting.Telemetry;

namespace Workers.Hosting.Tests;

public sealed class LogSetupTests
{
    private const string TakenOver = "ClusterManager: detected {Count} failed or restarted instances.";

    [Fact]
    public void Quartz_does_not_repeat_an_outage_nor_warn_that_a_schedule_was_taken_over()
    {
        Assert.True(LogSetup.IsToldElsewhere(Event("Quartz.Impl.AdoJobStore", LogEventLevel.Warning, TakenOver)));
        Assert.True(LogSetup.IsToldElsewhere(Event("Quartz.Impl.AdoJobStore", LogEventLevel.Error, "An error", new NpgsqlException("", new SocketException()))));
    }

    [Fact]
    public void Everything_else_is_told()
    {
        Assert.False(LogSetup.IsToldElsewhere(Event("Quartz.Impl.AdoJobStore", LogEventLevel.Error, TakenOver)));
        Assert.False(LogSetup.IsToldElsewhere(Event("Quartz.Impl.AdoJobStore", LogEventLevel.Warning, TakenOver, new InvalidOperationException())));
        Assert.False(LogSetup.IsToldElsewhere(Event("Quartz.Core", LogEventLevel.Warning, "A trigger misfired")));
        Assert.False(LogSetup.IsToldElsewhere(Event("Workers.Hosting", LogEventLevel.Warning, TakenOver)));
    }

    private static LogEvent Event(string source, LogEventLevel level, string text, Exception? exception = null) => new(
        DateTimeOffset.UnixEpoch, level, exception, new MessageTemplateParser().Parse(text), [new LogEventProperty("SourceContext", new ScalarValue(source))]);
}
