using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Testing;

namespace Workers.Hosting.Tests;

/// <summary>The <c>--healthcheck</c> switch, which containers' engines run.</summary>
public sealed class HealthcheckSwitchTests
{
    [Fact]
    public async Task The_switch_ends_with_0_for_a_ready_worker_and_with_1_for_one_that_is_not()
    {
        var settings = OnAPort();
        await using var fleet = await TestFleet.StartAsync(settings);
        var (code, said) = await AskAsync(settings);
        Assert.True(code == 0, said);
        Assert.Contains("\"status\":\"Healthy\"", said, StringComparison.Ordinal);

        await fleet.ReadAsync((db, t) => db.Database.ExecuteSqlRawAsync("DROP TABLE dead_letters", t));
        (code, said) = await AskAsync(settings);
        Assert.True(code == 1, said);
        Assert.Contains("no such table: dead_letters", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_switch_ends_with_1_and_names_the_address_where_nobody_listens()
    {
        var settings = OnAPort();
        var (code, said) = await AskAsync(settings);
        Assert.True(code == 1, said);
        Assert.StartsWith($"{settings["Http:Url"]}/health/ready: ", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("*")]
    [InlineData("+")]
    public async Task The_switch_asks_the_loopback_where_the_worker_listens_on_every_address(string host)
    {
        var settings = OnAPort();
        await using var fleet = await TestFleet.StartAsync(settings);
        settings["Http:Url"] = settings["Http:Url"]!.Replace("127.0.0.1", host, StringComparison.Ordinal);
        var (code, said) = await AskAsync(settings);
        Assert.True(code == 0, said);
    }

    private static Dictionary<string, string?> OnAPort()
    {
        var settings = TestFleet.Settings();
        settings["Http:Url"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{LoopbackPort.Next()}");
        return settings;
    }

    private static async Task<(int Code, string Said)> AskAsync(Dictionary<string, string?> settings)
    {
        await using var asking = ProbeProcess.Start(settings, "--healthcheck");
        await asking.ExitAsync();
        return (asking.ExitCode, string.Join('\n', asking.Lines));
    }
}
