using Microsoft.EntityFrameworkCore;
using Workers.Evaluator.Arbitrating;
using Workers.Evaluator.Collecting;
using Workers.Evaluator.Providing;
using Workers.Evaluator.Sessions;
using Workers.Hosting.Data;

namespace Workers.Evaluator;

/// <summary>Everything that the evaluator remembers, in one database so that each step is one commit.</summary>
public sealed class EvaluatorDb(DbContextOptions<EvaluatorDb> options, TimeProvider clock) : WorkerDbContext(options, clock)
{
    public DbSet<SessionRow> Sessions => Set<SessionRow>();

    public DbSet<SessionFactRow> SessionFacts => Set<SessionFactRow>();

    public DbSet<ProvisionRow> Provisions => Set<ProvisionRow>();

    public DbSet<CollectionRow> Collections => Set<CollectionRow>();

    public DbSet<ScoreRow> Scores => Set<ScoreRow>();

    public DbSet<InspectionRow> Inspections => Set<InspectionRow>();

    public DbSet<AccusationRow> Accusations => Set<AccusationRow>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<SessionRow>(e =>
        {
            e.ToTable("sessions");
            e.HasKey(r => r.SessionId);
            e.HasIndex(r => r.IsOpen);
        });
        modelBuilder.Entity<SessionFactRow>(e =>
        {
            e.ToTable("session_facts");
            e.HasKey(r => new { r.SessionId, r.BlockHash, r.LogIndex });
            e.HasIndex(r => r.BlockNumber);
        });
        modelBuilder.Entity<ProvisionRow>().ToTable("provisions").HasKey(r => r.SessionId);
        modelBuilder.Entity<CollectionRow>(e =>
        {
            e.ToTable("collections");
            e.HasKey(r => r.SessionId);
            e.HasIndex(r => r.OrderId).IsUnique();
        });
        modelBuilder.Entity<ScoreRow>().ToTable("scores").HasKey(r => new { r.SessionId, r.Provider });
        modelBuilder.Entity<InspectionRow>().ToTable("inspections").HasKey(r => new { r.SessionId, r.Provider, r.ReviewBlockHash });
        modelBuilder.Entity<AccusationRow>().ToTable("accusations").HasKey(r => new { r.SessionId, r.EvidenceHash, r.BlockHash });
        base.OnModelCreating(modelBuilder);
    }
}
