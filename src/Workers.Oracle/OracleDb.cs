using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Data;

namespace Workers.Oracle;

/// <summary>Everything that the oracle remembers, in one database so that each step is one commit.</summary>
public sealed class OracleDb(DbContextOptions<OracleDb> options, TimeProvider clock) : WorkerDbContext(options, clock)
{
    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
    }
}
