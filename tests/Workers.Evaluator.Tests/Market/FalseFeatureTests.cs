using System.Buffers.Binary;
using Ethereum.Contracts;
using Mechanisms.Datasets;
using Mechanisms.Learning;
using Workers.Evaluator.Features;
using Workers.Standalone.Fleets;
using Workers.Standalone.Sessions;

namespace Workers.Evaluator.Tests.Market;

/// <summary>Features that are no features are refused by name, and everybody else's ranking goes on.</summary>
public sealed class FalseFeatureTests(SharedSessions sessions)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Features_copied_from_another_provider_do_not_open() =>
        RefusedAsync("Was it copied from another provider", async (bench, session, cheater) =>
        {
            var copied = await bench.AnnouncementAsync(session.SessionId, of: await bench.Market.Providers.Single().Client.AccountAsync(Cancellation));
            await cheater.AnnounceAsync(copied, Cancellation);
        });

    [Fact]
    public Task Features_of_the_wrong_shape_are_refused() =>
        RefusedAsync("features of", async (_, _, cheater) =>
        {
            var honest = await SessionBench.FeaturesAsync(cheater, SessionBench.Digits());
            await cheater.SubmitAsync(new FeatureBundle(honest.Features.Slice(0, 5), [.. honest.Labels.Take(5)]), Cancellation);
        });

    [Fact]
    public Task Features_with_NaN_are_refused() =>
        RefusedAsync("is NaN", async (_, _, cheater) =>
        {
            var honest = await SessionBench.FeaturesAsync(cheater, SessionBench.Digits());
            honest.Features.Values[7] = float.NaN;
            await cheater.SubmitAsync(honest, Cancellation);
        });

    [Fact]
    public Task A_sample_of_one_class_cannot_be_scored() =>
        RefusedAsync("class", async (_, _, cheater) =>
        {
            var honest = await SessionBench.FeaturesAsync(cheater, SessionBench.Digits());
            await cheater.SubmitAsync(honest with { Labels = [.. honest.Labels.Select(_ => 3)] }, Cancellation);
        });

    [Fact]
    public Task Random_bytes_are_refused() =>
        RefusedAsync("An announcement of features has", (_, _, cheater) => cheater.AnnounceAsync([1, 2, 3], Cancellation));

    private async Task RefusedAsync(string why, Func<SessionBench, CollectionView, ScriptedProvider, Task> cheat)
    {
        var bench = await sessions.BenchAsync();
        var session = await bench.OpenAsync(await bench.OrderAsync());
        using var cheater = await bench.ScriptAsync(session);
        await cheater.RegisterAsync(ScriptedProvider.Cut(await cheater.AgreementAsync(Cancellation), SessionBench.Digits(), 5), spoil: null, Cancellation);
        await cheater.SampleAsync(Cancellation);
        await cheat(bench, session, cheater);
        var scores = await SessionBench.EventuallyAsync(() => bench.Collector.ScoresAsync(session.SessionId, Cancellation), s => s.Length == 2, "the scores");
        var refused = scores.Single(s => s.Provider == cheater.Account.ToString());
        Assert.Contains(why, refused.Problem, StringComparison.Ordinal);
        var ended = await bench.UntilAsync(s => s.State == "Closed", session.SessionId);
        Assert.Equal("Traded", ended.Outcome);
        Assert.NotEqual(cheater.Account.ToString(), ended.Candidate);
    }
}
