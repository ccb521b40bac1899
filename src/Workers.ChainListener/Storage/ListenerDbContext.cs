using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Data;

namespace Workers.ChainListener.Storage;

/// <summary>The listener's rows.</summary>
public sealed class ListenerDbContext(DbContextOptions<ListenerDbContext> options, TimeProvider clock) : WorkerDbContext(options, clock)
{
    public DbSet<CheckpointRow> Checkpoints => Set<CheckpointRow>();

    public DbSet<BlockRow> Blocks => Set<BlockRow>();

    public DbSet<EventRow> Events => Set<EventRow>();

    public DbSet<RetractedRow> Retracted => Set<RetractedRow>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<CheckpointRow>(e =>
        {
            e.ToTable("checkpoint").HasKey(r => r.ChainId);
            e.Property(r => r.ChainId).ValueGeneratedNever();
        });
        modelBuilder.Entity<BlockRow>(e =>
        {
            e.ToTable("blocks").HasKey(r => r.Number);
            e.Property(r => r.Number).ValueGeneratedNever();
        });
        modelBuilder.Entity<EventRow>().ToTable("events").HasKey(r => new { r.BlockNumber, r.LogIndex });
        modelBuilder.Entity<RetractedRow>().ToTable("retracted").HasKey(r => r.Hash);
        base.OnModelCreating(modelBuilder);
    }
}
