using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Data;
using Workers.Oracle.Asking;
using Workers.Oracle.Nodes;
using Workers.Oracle.Requests;
using Workers.Oracle.Solving;

namespace Workers.Oracle;

/// <summary>Everything that the oracle remembers, in one database so that each step is one commit.</summary>
public sealed class OracleDb(DbContextOptions<OracleDb> options, TimeProvider clock) : WorkerDbContext(options, clock)
{
    public DbSet<RequestRow> Requests => Set<RequestRow>();

    public DbSet<RequestFactRow> RequestFacts => Set<RequestFactRow>();

    public DbSet<OracleNodeRow> Nodes => Set<OracleNodeRow>();

    public DbSet<RegistrationRow> Registrations => Set<RegistrationRow>();

    public DbSet<NodeKeyRow> NodeKeys => Set<NodeKeyRow>();

    public DbSet<GatheringRow> Gatherings => Set<GatheringRow>();

    public DbSet<SolutionRow> Solutions => Set<SolutionRow>();

    public DbSet<VerdictRow> Verdicts => Set<VerdictRow>();

    public DbSet<OrderRow> Orders => Set<OrderRow>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<RequestRow>(e =>
        {
            e.ToTable("requests");
            e.HasKey(r => r.RequestId);
            e.HasIndex(r => r.IsOpen);
        });
        modelBuilder.Entity<RequestFactRow>(e =>
        {
            e.ToTable("request_facts");
            e.HasKey(r => new { r.RequestId, r.BlockHash, r.LogIndex });
            e.HasIndex(r => r.BlockNumber);
        });
        modelBuilder.Entity<OracleNodeRow>().ToTable("nodes").HasKey(r => r.Node);
        modelBuilder.Entity<RegistrationRow>().ToTable("registrations").HasKey(r => new { r.Node, r.BlockHash, r.LogIndex });
        modelBuilder.Entity<NodeKeyRow>(e =>
        {
            e.ToTable("node_keys");
            e.HasKey(r => r.Id);
            e.Property(r => r.Id).ValueGeneratedNever();
        });
        modelBuilder.Entity<GatheringRow>().ToTable("gatherings").HasKey(r => r.RequestId);
        modelBuilder.Entity<SolutionRow>().ToTable("solutions").HasKey(r => new { r.RequestId, r.Attempt });
        modelBuilder.Entity<VerdictRow>().ToTable("verdicts").HasKey(r => new { r.RequestId, r.ProposalHash });
        modelBuilder.Entity<OrderRow>(e =>
        {
            e.ToTable("orders");
            e.HasKey(r => r.OrderId);
            e.HasIndex(r => r.GroupKey).IsUnique();
        });
        base.OnModelCreating(modelBuilder);
    }
}
