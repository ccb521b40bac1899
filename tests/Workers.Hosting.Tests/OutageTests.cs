using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Testing;

namespace Workers.Hosting.Tests;

/// <summary>What an operator reads while a server is away: a line when it goes, a line when it is back.</summary>
public sealed class OutageTests(RealServers servers)
{
    /// <summary>Long enough for several attempts of everything that tries again, and for replicas to miss each other's check-ins.</summary>
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_database_that_is_away_fills_the_log_with_nothing_but_its_going_and_its_return()
    {
        var token = TestContext.Current.CancellationToken;
        await using var postgres = await PostgresServer.StartAsync(token);
        var broker = await servers.RabbitMqAsync(token);
        var settings = ProductionSettings.On(broker, await broker.CreateVirtualHostAsync(token), await postgres.CreateDatabaseAsync(token));
        await ReadLogsAsync(settings, postgres.StopAsync, () => postgres.RestartAsync(token), "The database of probe-worker", HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task A_bus_that_is_away_fills_the_log_with_nothing_but_its_going_and_its_return()
    {
        var token = TestContext.Current.CancellationToken;
        await using var broker = await RabbitMqServer.StartAsync(token);
        var postgres = await servers.PostgresAsync(token);
        var settings = ProductionSettings.On(broker, "/", await postgres.CreateDatabaseAsync(token));
        await ReadLogsAsync(settings, broker.StopAsync, () => broker.RestartAsync(token), "The bus on 127.0.0.1", HttpStatusCode.OK);
    }

    private static async Task ReadLogsAsync(Dictionary<string, string?> settings, Func<Task> stop, Func<Task> restart, string what, HttpStatusCode operations)
    {
        var token = TestContext.Current.CancellationToken;
        settings["Probe:Schedule"] = "00:00:01";
        await using var reader = await TestFleet.StartAsync(settings);
        settings["Http:Url"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{LoopbackPort.Next()}");
        await using var worker = ProbeProcess.Start(settings);
        // The host writes its address and its directory after "Application started": this is the last line of its start.
        await worker.SaysAsync("Content root path");
        await worker.SaysAsync("Consuming");
        await reader.EventuallyAsync((db, t) => db.Runs.CountAsync(r => r.Text == "tick", t), n => n >= 3, TimeSpan.FromSeconds(60));
        var before = worker.Lines.Count;
        await stop();
        using var http = new HttpClient { BaseAddress = new Uri(settings["Http:Url"]!) };
        var apiToken = await File.ReadAllTextAsync(Path.Combine(settings["Data:Directory"]!, "api-token"), token);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiToken);
        for (var asked = 0; asked < 4; asked++)
        {
            await Task.Delay(Away / 4, token);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/health/ready", token)).StatusCode);
            Assert.Equal(operations, (await http.GetAsync("/ops/dead-letters/probe-worker/", token)).StatusCode);
        }

        await restart();
        var ticks = await reader.ReadAsync((db, t) => db.Runs.CountAsync(r => r.Text == "tick", t));
        await reader.EventuallyAsync((db, t) => db.Runs.CountAsync(r => r.Text == "tick", t), n => n >= ticks + 5, TimeSpan.FromSeconds(120));
        await Task.Delay(TimeSpan.FromSeconds(5), token);

        string[] told = [.. worker.Lines.Skip(before)];
        var log = string.Join('\n', told);
        TestContext.Current.TestOutputHelper!.WriteLine(log);
        Assert.False(worker.HasExited, log);
        Assert.True(told.Length == 2, log);
        Assert.Contains($"WRN  {what} does not serve: ", told[0], StringComparison.Ordinal);
        Assert.Matches($@"INF  {Regex.Escape(what)} serves again, after 00:\d\d:", told[1]);
    }
}
