using Microsoft.Extensions.Diagnostics.HealthChecks;
using Workers.ChainListener.Running;

namespace Workers.ChainListener.Tests.Running;

public sealed class ListenerCheckTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ListenerOptions Options = new() { MaximumLag = 10, MaximumSilence = TimeSpan.FromSeconds(30) };
    private static readonly ListenerStatus.Position Well = new(Head: 100, Checkpoint: 98, Lag: 0, AnsweredAt: Now, Problem: null, Active: true, FinalityViolated: false);

    [Fact]
    public void A_listener_that_keeps_up_is_ready() => Assert.Equal(HealthStatus.Healthy, Judge(Well));

    [Fact]
    public void A_standby_is_ready() => Assert.Equal(HealthStatus.Healthy, Judge(Well with { Active = false, AnsweredAt = null }));

    [Fact]
    public void A_listener_that_lags_is_not_ready()
    {
        Assert.Equal(HealthStatus.Healthy, Judge(Well with { Lag = 10 }));
        Assert.Equal(HealthStatus.Unhealthy, Judge(Well with { Lag = 11 }));
    }

    [Fact]
    public void A_listener_whose_node_is_silent_is_not_ready()
    {
        Assert.Equal(HealthStatus.Healthy, Judge(Well with { AnsweredAt = Now.AddSeconds(-30), Problem = "429" }));
        Assert.Equal(HealthStatus.Unhealthy, Judge(Well with { AnsweredAt = Now.AddSeconds(-31) }));
    }

    [Fact]
    public void A_violation_of_finality_is_not_ready_at_once() =>
        Assert.Equal(HealthStatus.Unhealthy, Judge(Well with { FinalityViolated = true, Problem = "gone" }));

    private static HealthStatus Judge(ListenerStatus.Position at) => ListenerCheck.Judge(at, Options, Now).Status;
}
