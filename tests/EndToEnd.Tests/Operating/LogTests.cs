using EndToEnd.Tests.Production;
using EndToEnd.Tests.Trading;
using Testing;
using Workers.Standalone.Fleets;

namespace EndToEnd.Tests.Operating;

/// <summary>The logs of a market's workers as their operators read them while the servers are away for a while.</summary>
[Collection(nameof(Alone))]
public sealed class LogTests(HarmedMarket harmed)
{
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Servers_that_go_away_and_come_back_are_one_line_each_time_and_no_error()
    {
        var token = TestContext.Current.CancellationToken;
        var market = harmed.Market;
        await Application.PublishAsync(market, "logged", new PublicationTerms(OwnerShare: 7_000, AnswerWindow: 600, CancelNotice: 3));
        var workers = market.Organisations.SelectMany(o => o.Workers).ToList();
        await HealthyAsync(workers);
        var before = workers.ConvertAll(w => w.Log().Length);

        await Task.WhenAll(market.Postgres.StopAsync(), market.RabbitMq.StopAsync());
        await Task.Delay(Away, token);
        await Task.WhenAll(market.Postgres.RestartAsync(token), market.RabbitMq.RestartAsync(token));
        await HealthyAsync(workers);
        try
        {
            await Patience.UntilAsync("the ends in the logs", _ => Task.FromResult(workers.Zip(before).All(w => Ends(w.First.Log()[w.Second..]) >= 2) ? "told" : null));
        }
        finally
        {
            foreach (var (worker, length) in workers.Zip(before))
            {
                TestContext.Current.TestOutputHelper!.WriteLine($"--- {worker.Name}\n{worker.Log()[length..]}");
            }
        }

        foreach (var (worker, length) in workers.Zip(before))
        {
            var lines = worker.Log()[length..].Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.DoesNotContain(lines, l => l.Contains(" ERR ", StringComparison.Ordinal) || l.Contains(" FTL ", StringComparison.Ordinal) || l.StartsWith(' '));
            Assert.Equal(2, lines.Count(l => l.Contains(" WRN ", StringComparison.Ordinal)));
            Assert.Equal(2, Ends(worker.Log()[length..]));
            Assert.Single(lines, l => l.Contains("The database of ", StringComparison.Ordinal) && l.Contains("does not serve", StringComparison.Ordinal));
            Assert.Single(lines, l => l.Contains("The bus on 127.0.0.1 does not serve", StringComparison.Ordinal));
        }
    }

    private static int Ends(string log) => log.Split('\n').Count(l => l.Contains(" serves again, after ", StringComparison.Ordinal));

    private static Task<string> HealthyAsync(IReadOnlyList<WorkerProcess> workers) => Patience.UntilAsync("all workers healthy", async token =>
    {
        foreach (var worker in workers)
        {
            if (!await worker.IsHealthyAsync(token))
            {
                return null;
            }
        }

        return "healthy";
    });
}
