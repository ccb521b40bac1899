using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.DeadLetters;
using Workers.Hosting.Probe;

namespace Workers.Hosting.Tests;

/// <summary>What an operator and a supervisor see over HTTP.</summary>
public sealed class OperationsTests
{
    [Fact]
    public async Task Dead_letters_are_listed_shown_replayed_and_discarded_with_the_token_alone()
    {
        var token = TestContext.Current.CancellationToken;
        var settings = TestFleet.Settings();
        await using var fleet = await TestFleet.StartAsync(settings);
        await fleet.PublishAsync(new Count("r", "reject"), new Count("d", "reject"));
        await fleet.EventuallyAsync((db, t) => db.DeadLetters.CountAsync(t), n => n == 2);
        using var http = new HttpClient { BaseAddress = fleet.Url };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/ops/dead-letters/probe-worker/", token)).StatusCode);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", new string('0', 64));
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.DeleteAsync("/ops/dead-letters/probe-worker/1", token)).StatusCode);
        var tokenFile = Path.Combine(settings["Data:Directory"]!, "api-token");
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(tokenFile) == (UnixFileMode.UserRead | UnixFileMode.UserWrite), "Others can read the token.");
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await File.ReadAllTextAsync(tokenFile, token));

        var list = await http.GetFromJsonAsync<DeadLetterSummary[]>("/ops/dead-letters/probe-worker/", token);
        var replayed = Assert.Single(list!, l => l.Reason.StartsWith("r ", StringComparison.Ordinal));
        var discarded = Assert.Single(list!, l => l.Reason.StartsWith("d ", StringComparison.Ordinal));
        var shown = await http.GetFromJsonAsync<DeadLetterDetail>($"/ops/dead-letters/probe-worker/{replayed.Id}", token);
        Assert.Contains("\"reject\"", shown!.Text, StringComparison.Ordinal);
        var attempts = fleet.Control.Attempts.Count;
        Assert.Equal(HttpStatusCode.Accepted, (await http.PostAsync($"/ops/dead-letters/probe-worker/{replayed.Id}/replay", null, token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.PostAsync($"/ops/dead-letters/probe-worker/{replayed.Id}/replay", null, token)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await http.DeleteAsync($"/ops/dead-letters/probe-worker/{discarded.Id}", token)).StatusCode);
        await fleet.EventuallyAsync((_, _) => Task.FromResult(fleet.Control.Attempts.Count), n => n == attempts + 1);
        var again = await fleet.EventuallyAsync((db, t) => db.DeadLetters.SingleOrDefaultAsync(t), d => d is not null);
        Assert.Equal("r is not for counting", again!.Reason);
    }

    [Fact]
    public async Task Health_says_that_it_lives_and_why_it_is_ready()
    {
        var token = TestContext.Current.CancellationToken;
        await using var fleet = await TestFleet.StartAsync();
        using var http = new HttpClient { BaseAddress = fleet.Url };
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/live", token)).StatusCode);
        await fleet.EventuallyAsync((_, t) => http.GetAsync("/health/ready", t), r => r.IsSuccessStatusCode);
        var ready = await http.GetFromJsonAsync<JsonElement>("/health/ready", token);
        Assert.Equal("Healthy", ready.GetProperty("checks").GetProperty("database probe-worker").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Health_names_the_database_that_lost_its_tables()
    {
        var token = TestContext.Current.CancellationToken;
        await using var fleet = await TestFleet.StartAsync();
        await fleet.ReadAsync((db, t) => db.Database.ExecuteSqlRawAsync("DROP TABLE dead_letters", t));
        using var http = new HttpClient { BaseAddress = fleet.Url };
        var answer = await http.GetAsync("/health/ready", token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("no such table: dead_letters", await answer.Content.ReadAsStringAsync(token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_are_in_the_Prometheus_format_and_belong_to_one_fleet()
    {
        var token = TestContext.Current.CancellationToken;
        await using var busy = await TestFleet.StartAsync();
        await using var idle = await TestFleet.StartAsync();
        await busy.PublishAsync(new Count("a"), new Count("b"), new Count("c", "reject"));
        await busy.DrainAsync();
        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri(busy.Url, "/metrics"), token);
        Assert.Contains("# TYPE market_messages_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("market_messages_total{handler=\"count\",outcome=\"handled\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("market_messages_total{handler=\"count\",outcome=\"dead\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("market_handler_duration_seconds_bucket{handler=\"count\",le=\"+Inf\"} 2\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("handler=\"count\"", await http.GetStringAsync(new Uri(idle.Url, "/metrics"), token), StringComparison.Ordinal);
    }
}
