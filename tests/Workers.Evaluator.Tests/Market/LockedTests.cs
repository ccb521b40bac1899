using Ethereum;
using Workers.Standalone.Fleets;
using Workers.Standalone.Sessions;

namespace Workers.Evaluator.Tests.Market;

/// <summary>Who is locked for misconduct takes part in no session.</summary>
public sealed class LockedTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_locked_provider_is_not_sampled_and_a_locked_collector_opens_no_session()
    {
        await using var bench = await SessionBench.StartAsync();
        var session = await bench.OpenAsync(await bench.OrderAsync());
        using var locked = await bench.ScriptAsync(session);
        await bench.LockAsync(locked.Account);
        await locked.RegisterAsync(ScriptedProvider.Cut(await locked.AgreementAsync(Cancellation), SessionBench.Digits(), 5), spoil: null, Cancellation);

        // It registered later and is sampled.
        using var honest = await bench.PlayAsync(session, SessionBench.Digits(2));
        var seen = await bench.UntilAsync(s => s.Providers.Any(p => p.Sampled), session.SessionId);
        Assert.Equal([honest.Account.ToString()], seen.Providers.Where(p => p.Sampled).Select(p => p.Account));

        await bench.LockAsync(Address.Parse(await bench.Collector.AccountAsync(Cancellation)));
        var refused = await Assert.ThrowsAnyAsync<Exception>(async () => await bench.OpenAsync(await bench.OrderAsync()));
        Assert.Contains("locked for misconduct", refused.Message, StringComparison.Ordinal);
    }
}
