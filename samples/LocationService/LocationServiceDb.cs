using LocationService.Bonded;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Workers.Hosting.Data;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Queries;

namespace LocationService;

/// <summary>Remembers which envelopes came, what the chain says, forwards and sealed results, and nothing about who asked for which places.</summary>
public sealed class LocationServiceDb(DbContextOptions<LocationServiceDb> options, TimeProvider clock) : WorkerDbContext(options, clock)
{
    public DbSet<ForwardRow> Forwards => Set<ForwardRow>();

    public DbSet<AnswerRow> Answers => Set<AnswerRow>();

    public DbSet<FindingRow> Findings => Set<FindingRow>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.MapMembers();
        modelBuilder.MapTasks();
        modelBuilder.Entity<ForwardRow>(e =>
        {
            e.ToTable("forwards");
            e.HasKey(r => new { r.Collaborator, r.Query });
            e.HasIndex(r => new { r.Collaborator, r.Payload }).IsUnique();
        });
        modelBuilder.Entity<AnswerRow>().ToTable("answers").HasKey(r => r.Query);
        modelBuilder.Entity<FindingRow>().ToTable("findings").HasKey(r => new { r.Collaborator, r.Query });
        modelBuilder.MapReceivedEnvelopes();
        base.OnModelCreating(modelBuilder);
    }
}

/// <summary>The first tables.</summary>
[DbContext(typeof(LocationServiceDb))]
[Migration("0001_Initial")]
public sealed class Initial : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        SharedTables.Create(migrationBuilder);
        SharedTables.AddSchedules(migrationBuilder);
        SharedTables.AddEnvelopes(migrationBuilder);
    }
}

/// <summary>The chain, and bonded queries.</summary>
[DbContext(typeof(LocationServiceDb))]
[Migration("0002_Bonded")]
public sealed class BondedTables : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        MemberFollowing.AddMembers(migrationBuilder);
        migrationBuilder.CreateTasks();
        migrationBuilder.CreateTable(
            "forwards",
            t => new { Collaborator = t.Column<string>(), Query = t.Column<string>(), Payload = t.Column<string>(), Signature = t.Column<byte[]>() },
            constraints: t => t.PrimaryKey("PK_forwards", r => new { r.Collaborator, r.Query }));
        migrationBuilder.CreateIndex("IX_forwards_Collaborator_Payload", "forwards", ["Collaborator", "Payload"], unique: true);
        migrationBuilder.CreateTable(
            "answers",
            t => new { Query = t.Column<string>(), Payload = t.Column<string>(), Sealed = t.Column<byte[]>(), At = t.Column<DateTime>() },
            constraints: t => t.PrimaryKey("PK_answers", r => r.Query));
        migrationBuilder.CreateTable(
            "findings",
            t => new
            {
                Collaborator = t.Column<string>(),
                Query = t.Column<string>(),
                Evidence = t.Column<byte[]>(),
                At = t.Column<DateTime>(),
                ReportedAt = t.Column<DateTime>(nullable: true),
                Problem = t.Column<string>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_findings", r => new { r.Collaborator, r.Query }));
    }
}
