using System.Data.Common;
using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Options;
using Workers.Dashboard.Datasets;
using Workers.Dashboard.Facts;
using Workers.Hosting.Chain;
using Workers.Hosting.Messaging;

namespace Workers.Dashboard.Tests.Market;

/// <summary>Events of one dataset that are handled at the same moment.</summary>
public sealed class SumsTests : IDisposable
{
    private static readonly Address Publisher = Address.Parse(Facts.Alice);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("sums-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The publication is saved just before the movement's handler first reads a table.</summary>
    [Theory]
    [InlineData("datasets")]
    [InlineData("facts")]
    public async Task A_fact_that_is_saved_between_two_reads_is_added_up_too(string table)
    {
        await using (var db = Open())
        {
            await db.Database.EnsureCreatedAsync(Cancellation);
        }

        // The row is there already: its first facts meet on its key instead.
        await InItsOwnUnitAsync(Movement(Address.Zero, Publisher), 1);
        try
        {
            await using var db = Open(new Meanwhile($"FROM \"{table}\"", () => InItsOwnUnitAsync(new DatasetMarket.PublishedEvent(7, Publisher, default, [1]), 2)));
            await HandleAsync(db, Movement(Publisher, Address.Parse(Facts.Bob)), 3);
        }
        catch (DbUpdateConcurrencyException)
        {
            // As the host does after a conflict.
            await InItsOwnUnitAsync(Movement(Publisher, Address.Parse(Facts.Bob)), 3);
        }

        await using var after = Open();
        var dataset = await after.Datasets.SingleAsync(Cancellation);
        Assert.Equal((DatasetStatus.Held, Facts.Bob), (dataset.Status, dataset.Owner));
    }

    [Fact]
    public async Task A_retraction_that_comes_first_waits_and_one_of_the_credit_does_not()
    {
        await using var db = Open();
        await db.Database.EnsureCreatedAsync(Cancellation);
        await Assert.ThrowsAsync<TooEarlyException>(() => Handler<MarketToken.TransferSingleEvent>(db).HandleAsync(new Retracted<MarketToken.TransferSingleEvent>(Movement(Address.Zero, Publisher), Position(1)), Cancellation));
        await Handler<MarketToken.TransferSingleEvent>(db).HandleAsync(new Retracted<MarketToken.TransferSingleEvent>(Movement(Address.Zero, Publisher, token: 0), Position(1)), Cancellation);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static MarketToken.TransferSingleEvent Movement(Address from, Address to, int token = 7) => new(from, from, to, token, 1);

    private static LogPosition Position(uint number) => new(1, number, $"0x{number}", "0xdd", number);

    private async Task InItsOwnUnitAsync<TEvent>(TEvent contractEvent, uint number)
        where TEvent : notnull
    {
        await using var db = Open();
        await HandleAsync(db, contractEvent, number);
    }

    private static async Task HandleAsync<TEvent>(DashboardDb db, TEvent contractEvent, uint number)
        where TEvent : notnull
    {
        await Handler<TEvent>(db).HandleAsync(new Observed<TEvent>(contractEvent, Position(number), DateTimeOffset.UnixEpoch), Cancellation);
        await db.SaveChangesAsync(Cancellation);
    }

    private static MarketEventHandler<TEvent> Handler<TEvent>(DashboardDb db)
        where TEvent : notnull =>
        new(db, new Sums(db, Options.Create(new DashboardOptions()), TimeProvider.System), Options.Create(new ChainOptions { Contracts = { ["DatasetMarket"] = Facts.Market } }));

    private DashboardDb Open(params IInterceptor[] interceptors) => new(
        new DbContextOptionsBuilder<DashboardDb>().UseSqlite($"Data Source={Path.Combine(_directory.FullName, "sums.db")};Pooling=False").AddInterceptors(interceptors).Options, TimeProvider.System);

    /// <summary>Does something once, just before a command that reads a table by what is added up.</summary>
    private sealed class Meanwhile(string reading, Func<Task> what) : DbCommandInterceptor
    {
        private bool _done;

        public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            // The handler's first look is whether it has the event already.
            if (!_done && command.CommandText.Contains(reading, StringComparison.Ordinal) && !command.CommandText.Contains("EXISTS", StringComparison.Ordinal))
            {
                _done = true;
                await what();
            }

            return result;
        }
    }
}
