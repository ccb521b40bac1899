using Microsoft.EntityFrameworkCore;
using Testing;
using Workers.Hosting.Data;
using Workers.Hosting.Probe;

namespace Workers.Hosting.Tests;

public sealed class DatabaseTests(RealServers servers)
{
    [Fact]
    public async Task Migrations_make_the_tables_of_the_model_on_SQLite() =>
        Assert.Empty(await MigrationCheck.SqliteDifferencesAsync<ProbeDb>(TestContext.Current.CancellationToken));

    [Fact]
    public async Task Migrations_make_the_tables_of_the_model_on_PostgreSQL()
    {
        var postgres = await servers.PostgresAsync(TestContext.Current.CancellationToken);
        var database = await postgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        Assert.Empty(await MigrationCheck.PostgresDifferencesAsync<ProbeDb>(database, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_lock_that_a_killed_migration_left_behind_does_not_stop_the_next_start()
    {
        var settings = TestFleet.Settings();
        await using (var first = await TestFleet.StartAsync(settings))
        {
            await first.ReadAsync((db, t) => db.Database.ExecuteSqlRawAsync(
                """CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" ("Id" INTEGER PRIMARY KEY, "Timestamp" TEXT NOT NULL); INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01')""", t));
        }

        await using var second = await TestFleet.StartAsync(settings).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal(0, await second.CountAsync("a"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Moments_sort_and_compare_and_wei_keep_every_digit(bool production)
    {
        await using var fleet = await TestFleet.StartAsync(production ? await ProductionSettings.FreshAsync(servers) : TestFleet.Settings());
        var moment = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.FromHours(2)).AddTicks(5_000_000);
        const decimal Wei = 79_228_162_514_264_337_593_543_950_335m; // 2^96 - 1
        await fleet.WithDbAsync(db =>
        {
            foreach (var offset in (double[])[0, -0.25, 3600])
            {
                db.Runs.Add(new RunRow { Text = $"{offset}", CorrelationId = null, At = moment.AddSeconds(offset) });
            }

            db.Transactions.Add(new TransactionRow { Key = "k", From = "0x", To = null, Value = Wei, Data = [], CorrelationId = null, CreatedAt = moment });
        });
        var later = await fleet.ReadAsync((db, t) => db.Runs.Where(r => r.At >= moment).OrderBy(r => r.At).ToListAsync(t));
        Assert.Equal("0 3600", string.Join(' ', later.Select(r => r.Text)));
        Assert.Equal(moment, later[0].At);
        Assert.Equal(Wei, await fleet.ReadAsync((db, t) => db.Transactions.Select(r => r.Value).SingleAsync(t)));
    }
}
