using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Data;
using Workers.Penalties.Filing;

namespace Workers.Penalties;

/// <summary>Everything that this worker remembers, in one database so that each step is one commit.</summary>
public sealed class PenaltiesDb(DbContextOptions<PenaltiesDb> options, TimeProvider clock) : WorkerDbContext(options, clock)
{
    public DbSet<CaseRow> Cases => Set<CaseRow>();

    public DbSet<BondRow> Bonds => Set<BondRow>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<CaseRow>(e =>
        {
            e.ToTable("cases");
            e.HasKey(r => r.Id);
            e.HasIndex(r => new { r.State, r.Due });
        });
        modelBuilder.Entity<BondRow>().ToTable("bonds").HasKey(r => r.Id);
        base.OnModelCreating(modelBuilder);
    }
}
