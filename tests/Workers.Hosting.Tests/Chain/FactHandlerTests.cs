using Contracts.Messages;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Testing;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;
using Workers.Hosting.Messaging;

namespace Workers.Hosting.Tests.Chain;

/// <summary>Facts of one thing that are handled at the same moment.</summary>
public sealed class FactHandlerTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("facts-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The other fact is saved just before this handler's first read of a table: of the facts, or of what they add up to.</summary>
    [Theory]
    [InlineData("notes")]
    [InlineData("sums")]
    public async Task A_fact_that_is_saved_between_two_reads_is_added_up_too(string table)
    {
        await using (var db = Open())
        {
            await db.Database.EnsureCreatedAsync(Cancellation);
            await HandleAsync(db, 1);
        }

        try
        {
            await using var db = Open(new Meanwhile($"FROM \"{table}\"", () => HandleInItsOwnUnitAsync(2)));
            await HandleAsync(db, 3);
        }
        catch (DbUpdateConcurrencyException)
        {
            // As the host does after a conflict.
            await HandleInItsOwnUnitAsync(3);
        }

        await using var after = Open();
        Assert.Equal(1 + 2 + 3, (await after.Set<Sum>().SingleAsync(Cancellation)).Total);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private async Task HandleInItsOwnUnitAsync(uint amount)
    {
        await using var db = Open();
        await HandleAsync(db, amount);
    }

    private static async Task HandleAsync(NoteDb db, uint amount)
    {
        var position = new LogPosition(1, amount, $"0x{amount}", "0x", amount);
        await new NoteHandler(db).HandleAsync(new Observed<Noted>(new Noted((int)amount), position, DateTimeOffset.UnixEpoch), Cancellation);
        await db.SaveChangesAsync(Cancellation);
    }

    private NoteDb Open(params IInterceptor[] interceptors) =>
        new(new DbContextOptionsBuilder<NoteDb>().UseSqlite($"Data Source={Path.Combine(_directory.FullName, "notes.db")};Pooling=False").AddInterceptors(interceptors).Options);

    private sealed record Noted(int Amount);

    private sealed class Note : IFactRow
    {
        public required long BlockNumber { get; init; }

        public required string BlockHash { get; init; }

        public required long LogIndex { get; init; }

        public required int Amount { get; init; }
    }

    private sealed class Sum : IVersioned
    {
        public required string Name { get; init; }

        public int Total { get; set; }

        public int Version { get; set; }
    }

    private sealed class NoteDb(DbContextOptions<NoteDb> options) : WorkerDbContext(options, TimeProvider.System)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Note>().ToTable("notes").HasKey(n => new { n.BlockHash, n.LogIndex });
            modelBuilder.Entity<Sum>().ToTable("sums").HasKey(s => s.Name);
            base.OnModelCreating(modelBuilder);
        }
    }

    private sealed class NoteHandler(NoteDb db) : FactHandler<Noted, string, Note>(db)
    {
        protected override (string Key, Note Row) Read(Noted contractEvent, LogPosition position) =>
            ("all", new Note { BlockNumber = (long)position.BlockNumber, BlockHash = position.BlockHash, LogIndex = position.LogIndex, Amount = contractEvent.Amount });

        protected override IQueryable<Note> FactsOf(string key) => db.Set<Note>();

        protected override async Task<IVersioned> AddUpAsync(string key, IReadOnlyList<Note> facts, CancellationToken cancellationToken)
        {
            var sum = await db.Set<Sum>().FindAsync([key], cancellationToken) ?? db.Add(new Sum { Name = key }).Entity;
            sum.Total = facts.Sum(f => f.Amount);
            return sum;
        }
    }
}
