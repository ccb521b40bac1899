using Workers.Hosting.Messaging;

namespace Workers.Hosting.Tests;

public sealed class VerdictTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(100);
    private static readonly DeliveryOptions Options = new();

    [Fact]
    public void A_message_that_is_too_early_for_longer_than_the_limit_is_given_up()
    {
        var late = Delivery(0, Now - Options.TooEarlyLimit);
        var verdict = Verdict.Of(new TooEarlyException("no trade 7 yet", TimeSpan.FromSeconds(5)), late, Options, Now, 0.5);
        Assert.Contains("no trade 7 yet", Assert.IsType<Verdict.Dead>(verdict).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Being_too_early_does_not_count_as_a_failure_and_keeps_the_first_time()
    {
        var since = Now - TimeSpan.FromDays(1);
        var verdict = Verdict.Of(new TooEarlyException("wait", TimeSpan.FromSeconds(5)), Delivery(3, since), Options, Now, 0.5);
        Assert.Equal(new Verdict.Defer(Now + TimeSpan.FromSeconds(5), 3, since), verdict);
    }

    [Fact]
    public void Failures_wait_longer_each_time_up_to_the_maximum_and_then_end()
    {
        var waits = Enumerable.Range(0, Options.MaximumFailures - 1)
            .Select(n => Assert.IsType<Verdict.Defer>(Verdict.Of(new InvalidOperationException("x"), Delivery(n, null), Options, Now, 0.999)).NotBefore - Now)
            .ToArray();
        Assert.Equal(waits.Order(), waits);
        Assert.True(waits[0] <= Options.FirstDelay && waits[^1] <= Options.MaximumDelay);
        Assert.True(waits[^1] > Options.MaximumDelay * 0.9);
        Assert.IsType<Verdict.Dead>(Verdict.Of(new InvalidOperationException("x"), Delivery(Options.MaximumFailures - 1, null), Options, Now, 0.5));
    }

    [Fact]
    public void A_message_that_is_too_early_waits_as_long_as_asked_from_the_first_time_on_and_never_into_the_past()
    {
        Assert.Equal(new Verdict.Defer(Now + TimeSpan.FromSeconds(5), 0, Now), Verdict.Of(new TooEarlyException("wait", TimeSpan.FromSeconds(5)), Delivery(0, null), Options, Now, 0.5));
        Assert.Equal(new Verdict.Defer(Now, 0, Now), Verdict.Of(new TooEarlyException("wait", TimeSpan.FromSeconds(-5)), Delivery(0, null), Options, Now, 0.5));
    }

    [Fact]
    public void A_rejected_message_is_not_tried_again_however_often_it_failed() =>
        Assert.Equal(new Verdict.Dead("no"), Verdict.Of(new RejectedException("no"), Delivery(0, null), Options, Now, 0.5));

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 2)]
    [InlineData(3, 0, 4)]
    [InlineData(5, 0, 10)]
    [InlineData(int.MaxValue, 1, 20)]
    public void A_pause_is_between_half_and_all_of_a_doubling_time_up_to_the_maximum(int attempt, double jitter, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Backoff.Delay(attempt, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(20), jitter));

    private static Delivery Delivery(int failures, DateTimeOffset? since) => new("q", Guid.Empty, null, "c", default, failures, failures, since);
}
