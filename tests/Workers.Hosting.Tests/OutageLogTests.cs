using Microsoft.Extensions.Logging;
using Workers.Hosting.Health;

namespace Workers.Hosting.Tests;

/// <summary>When an outage is told, without servers.</summary>
public sealed class OutageLogTests : TimeProvider, ILogger<Outages>
{
    private readonly List<string> _told = [];
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    private Outages Outages => field ??= new Outages(this, this);

    [Fact]
    public void An_outage_that_many_notice_is_told_once_and_so_is_its_end()
    {
        Fail(0);
        Fail(1);
        Fail(5);
        Outages.Serves("Bus", At(6));
        Outages.Serves("Bus", At(7));
        Assert.Equal(["Warning: Bus does not serve: gone. It is tried until it does", "Information: Bus serves again, after 00:00:06"], _told);
    }

    [Fact]
    public void A_success_that_was_begun_before_the_failure_ends_nothing()
    {
        Fail(2);
        Outages.Serves("Bus", At(1));
        Assert.Single(_told);
    }

    [Fact]
    public void A_dead_connection_that_is_found_after_the_end_is_no_news_but_a_lasting_failure_is()
    {
        Fail(0);
        Outages.Serves("Bus", At(1));
        Fail(2);
        Assert.Equal(2, _told.Count);
        Fail(12);
        Assert.Equal(3, _told.Count);
    }

    [Fact]
    public void What_was_begun_before_the_end_is_no_news_however_late_it_fails()
    {
        Fail(0);
        Outages.Serves("Bus", At(3));
        Fail(40, attempted: 2);
        Assert.Equal(2, _told.Count);
        Fail(41, attempted: 40);
        Assert.Equal(3, _told.Count);
    }

    [Fact]
    public void A_reason_of_several_lines_is_told_in_one()
    {
        Outages.Failed("Bus", GetUtcNow(), "Cannot access a disposed object.\r\nObject name: 'Channel'.\n");
        Assert.Equal(["Warning: Bus does not serve: Cannot access a disposed object. Object name: 'Channel'. It is tried until it does"], _told);
    }

    [Fact]
    public void Two_dependencies_are_told_apart()
    {
        Fail(0);
        Outages.Failed("Database", GetUtcNow(), "gone");
        Outages.Serves("Bus", At(1));
        Assert.Equal(3, _told.Count);
    }

    public override DateTimeOffset GetUtcNow() => _now;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _told.Add($"{logLevel}: {formatter(state, exception)}");

    private DateTimeOffset At(int second) => _now = DateTimeOffset.UnixEpoch.AddSeconds(second);

    private void Fail(int second, int? attempted = null)
    {
        At(second);
        Outages.Failed("Bus", DateTimeOffset.UnixEpoch.AddSeconds(attempted ?? second), "gone");
    }
}
