using Mechanisms.Datasets;
using Workers.Evaluator.Collecting;
using Workers.Standalone.Fleets;
using Workers.Standalone.Sessions;

namespace Workers.Evaluator.Tests.Market;

/// <summary>A session from its order to the delivered data, played by daemons against the real contract.</summary>
public sealed class SessionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_best_provider_wins_is_paid_and_its_whole_data_arrives()
    {
        var good = SessionBench.Digits();
        await using var bench = await SessionBench.StartAsync(
            new() { ["Collecting:EnoughProviders"] = "2" }, new ProviderSetup("alpha", SessionBench.Shuffled(SessionBench.Digits(2))), new ProviderSetup("beta", good));
        var session = await bench.OpenAsync(await bench.OrderAsync());
        var collection = await bench.UntilAsync("Delivered", session.SessionId);
        Assert.Null(collection.Problem);
        Assert.Equal(200, collection.Samples);
        var ended = await bench.UntilAsync(s => s.State == "Closed" && s.Providers.All(p => p.HasDepositBack || p.Account == s.Candidate), session.SessionId);
        Assert.Equal("Traded", ended.Outcome);
        var winner = bench.Market.Providers.Last();
        var account = Ethereum.Address.Parse(await winner.Client.AccountAsync(Cancellation));
        Assert.Equal(account.ToString(), ended.Candidate);
        Assert.Equal(11_000 * SessionBench.Credit, await bench.BalanceAsync(account));
        var scores = await bench.Collector.ScoresAsync(session.SessionId, Cancellation);
        TestContext.Current.TestOutputHelper!.WriteLine(string.Join('\n', scores.Select(s => s.ToString())));
        Assert.Equal(2, scores.Length);

        // What arrived is what the winner offered, in another order; and a third party comes to the same score.
        var folder = bench.SessionFolder(session.SessionId);
        var arrived = Dataset.Of(
            NpyFile.Read("samples", await File.ReadAllBytesAsync(Path.Combine(folder, "dataset", "samples.npy"), Cancellation), new DatasetLimits()),
            NpyFile.Read("labels", await File.ReadAllBytesAsync(Path.Combine(folder, "dataset", "labels.npy"), Cancellation), new DatasetLimits()), 10);
        Assert.Equal(Sorted(good), Sorted(arrived));
        await RecomputeAsync(Path.Combine(folder, "scores", account.ToString()), account.ToString());
    }

    [Fact]
    public async Task A_claim_that_a_reorganisation_undid_is_sent_again_and_a_provider_that_was_stopped_goes_on()
    {
        await using var bench = await SessionBench.StartAsync(new() { ["Collecting:EnoughProviders"] = "1" }, new ProviderSetup("alpha", SessionBench.Digits()));
        var session = await bench.OpenAsync(await bench.OrderAsync());
        await bench.UntilAsync(s => s.Providers.Any(p => p.Submitted), session.SessionId);
        await bench.Market.RestartAsync("alpha", Cancellation);
        await bench.UntilAsync(s => s.State is "Reviewed" or "Closed", session.SessionId);
        var alpha = Ethereum.Address.Parse(await bench.Market.Providers.Single().Client.AccountAsync(Cancellation));
        await SessionBench.EventuallyAsync(() => bench.BalanceAsync(alpha), b => b > 10_000 * SessionBench.Credit, "the reward");
        await bench.Node.ReorganiseAsync(2);
        var collection = await bench.UntilAsync("Delivered", session.SessionId);
        Assert.Equal((200, null), (collection.Samples, collection.Problem));
        await SessionBench.EventuallyAsync(
            () => bench.Collector.SessionAsync(session.SessionId, Cancellation), s => s is { State: "Closed", Outcome: "Traded" }, "the session after the reorganisation");
        await SessionBench.EventuallyAsync(() => bench.BalanceAsync(alpha), b => b == 11_000 * SessionBench.Credit, "the reward after the reorganisation");
    }

    private static async Task RecomputeAsync(string folder, string provider)
    {
        var (report, _) = ScoreReport.Read(await File.ReadAllTextAsync(Path.Combine(folder, "report.json"), Cancellation));
        var training = await File.ReadAllBytesAsync(Path.Combine(folder, "training.features"), Cancellation);
        var validation = await File.ReadAllBytesAsync(Path.Combine(folder, "validation.features"), Cancellation);
        Assert.Equal(provider, report.Provider);
        Assert.Null(report.Differs(training, validation, 1, Cancellation));
        Assert.NotNull((report with { Correct = report.Correct + 1 }).Differs(training, validation, 1, Cancellation));
        training[^1] ^= 1;
        Assert.NotNull(report.Differs(training, validation, 1, Cancellation));
        var document = await File.ReadAllTextAsync(Path.Combine(folder, "report.json"), Cancellation);
        Assert.Throws<FormatException>(() => ScoreReport.Read(document.Replace("\\u0022total\\u0022: 2", "\\u0022total\\u0022: 3", StringComparison.Ordinal)));
    }

    private static List<string> Sorted(Dataset data) =>
        [.. Enumerable.Range(0, data.Count).Select(i => $"{data.Labels[i]}:{string.Join(',', data.Sample(i).ToArray())}").Order(StringComparer.Ordinal)];
}
