using Testing;
using Workers.ChainListener.Running;
using Workers.ChainListener.Tests.Storage;

namespace Workers.ChainListener.Tests.Running;

public sealed class LeaseTests(RealServers servers)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_listeners_never_hold_the_lease_of_one_database_and_a_standby_takes_over(bool postgres)
    {
        await using var database = await ListenerDatabase.CreateAsync(servers, postgres);
        await using var scope = database.Scope(out var db);
        var token = TestContext.Current.CancellationToken;
        var first = await Lease.TryTakeAsync(db, token);
        Assert.NotNull(first);
        Assert.Null(await Lease.TryTakeAsync(db, token));
        await first.CheckAsync(token);
        await first.DisposeAsync();

        // PostgreSQL frees a lock when it notices that its session has ended.
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Lease? second;
        while ((second = await Lease.TryTakeAsync(db, token)) is null)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), "the lease was never free again");
            await Task.Delay(50, token);
        }

        await second.DisposeAsync();
    }

    [Fact]
    public async Task Listeners_of_two_databases_do_not_wait_for_each_other()
    {
        await using var one = await ListenerDatabase.CreateAsync(servers, postgres: true);
        await using var other = await ListenerDatabase.CreateAsync(servers, postgres: true);
        await using var a = one.Scope(out var first);
        await using var b = other.Scope(out var second);
        await using var lease = await Lease.TryTakeAsync(first, TestContext.Current.CancellationToken);
        await using var another = await Lease.TryTakeAsync(second, TestContext.Current.CancellationToken);
        Assert.NotNull(another);
    }
}
