using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Workers.Hosting.Data;
using Workers.Hosting.Envelopes;

namespace Workers.Hosting.Probe;

/// <summary>A number that handlers raise together.</summary>
public sealed class CountRow : IVersioned
{
    [Key]
    public required string Key { get; init; }

    public int Number { get; set; }

    public int Version { get; set; }
}

/// <summary>A line per run of a handler that was committed.</summary>
public sealed class RunRow
{
    public long Id { get; init; }

    public required string Text { get; init; }

    public required string? CorrelationId { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>The database of the worker that the tests host.</summary>
public sealed class ProbeDb(DbContextOptions<ProbeDb> options, TimeProvider clock) : WorkerDbContext(options, clock)
{
    public DbSet<CountRow> Counts => Set<CountRow>();

    public DbSet<RunRow> Runs => Set<RunRow>();

    public void Ran(string text) => Runs.Add(new RunRow { Text = text, CorrelationId = CorrelationId, At = Clock.GetUtcNow() });

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.Entity<CountRow>().ToTable("counts");
        modelBuilder.Entity<RunRow>().ToTable("runs");
        modelBuilder.MapReceivedEnvelopes();
        base.OnModelCreating(modelBuilder);
    }
}

[DbContext(typeof(ProbeDb))]
[Migration("20261121000000_Initial")]
public sealed class Initial : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        SharedTables.Create(migrationBuilder);
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        migrationBuilder.CreateTable(
            "counts",
            table => new { Key = table.Column<string>(), Number = table.Column<int>(), Version = table.Column<int>() },
            constraints: table => table.PrimaryKey("PK_counts", r => r.Key));
        migrationBuilder.CreateTable(
            "runs",
            table => new { Id = table.RowId(), Text = table.Column<string>(), CorrelationId = table.Column<string>(nullable: true), At = table.Column<DateTime>() },
            constraints: table => table.PrimaryKey("PK_runs", r => r.Id));
    }
}

[DbContext(typeof(ProbeDb))]
[Migration("20261122000000_Schedules")]
public sealed class Schedules : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => SharedTables.AddSchedules(migrationBuilder);
}

[DbContext(typeof(ProbeDb))]
[Migration("20261123000000_Envelopes")]
public sealed class Envelopes : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => SharedTables.AddEnvelopes(migrationBuilder);
}
