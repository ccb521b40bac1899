using Glyphs;
using Mechanisms.Datasets;
using Workers.Evaluator.Features;
using Workers.Standalone.Sessions;

namespace Workers.Evaluator.Tests.Market;

/// <summary>A candidate that shows what its features do not come from is found out, condemned with evidence, and the session goes on without it.</summary>
public sealed class FalseReviewTests(SharedSessions sessions)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Features_of_other_data_than_the_sampled_cost_the_deposit() =>
        CondemnedAsync("was submitted as", (bench, session) => bench.PlayAsync(session, Images.Digits(200, 33), SessionBench.Digits()));

    [Fact]
    public Task Labels_that_were_put_right_for_the_sample_cost_the_deposit() =>
        CondemnedAsync("was submitted with label", (bench, session) => bench.PlayAsync(session, SessionBench.Shuffled(SessionBench.Digits()), SessionBench.Digits()));

    [Fact]
    public Task Shards_that_do_not_decrypt_cost_the_deposit() =>
        CondemnedAsync("does not open", (bench, session) => bench.PlayAsync(session, SessionBench.Digits(), spoil: (_, block) =>
        {
            block[30] ^= 1; // in the ciphertext; the order of the hashes is made good by the registration
            return block;
        }));

    [Fact]
    public Task The_same_shard_sold_many_times_costs_the_deposit() =>
        CondemnedAsync("hold the same samples", async (bench, session) =>
        {
            var provider = await bench.ScriptAsync(session);
            var agreement = await provider.AgreementAsync(Cancellation);
            var one = ScriptedProvider.Cut(agreement, SessionBench.Digits(), 5)[0];
            await provider.RegisterAsync([.. Enumerable.Repeat(one, 20)], spoil: null, Cancellation);
            await provider.SampleAsync(Cancellation);
            var extractor = await provider.ExtractorAsync(agreement, Cancellation);
            var samples = ShardFile.Read("shard", one, agreement.Shards.ToConfiguration());
            var twice = Dataset.Concatenate([samples, samples]);
            await provider.SubmitAsync(new FeatureBundle(extractor.Extract(twice, 1, Cancellation), twice.Labels), Cancellation);
            return provider;
        });

    private async Task CondemnedAsync(string why, Func<SessionBench, Standalone.Fleets.CollectionView, Task<ScriptedProvider>> cheat)
    {
        var bench = await sessions.BenchAsync();
        var session = await bench.OpenAsync(await bench.OrderAsync());
        using var cheater = await cheat(bench, session);
        await cheater.CandidacyAsync(Cancellation);
        await cheater.ShowAsync(Cancellation);
        var after = await bench.UntilAsync(s => s.Condemned.Length > 0 && s.State == "Closed", session.SessionId);
        Assert.Equal([cheater.Account.ToString()], after.Condemned);
        Assert.Equal("Traded", after.Outcome);
        Assert.NotEqual(cheater.Account.ToString(), after.Candidate);
        Assert.Equal(9_950 * SessionBench.Credit, await bench.BalanceAsync(cheater.Account));
        var accusation = (await Standalone.Fleets.SessionRequests.AccusationsAsync(bench.Market.Arbiter.Client, Cancellation)).Single(a => a.SessionId == session.SessionId);
        Assert.True(accusation.IsFounded);
        Assert.Contains(why, accusation.Reason, StringComparison.Ordinal);
    }
}
