using Microsoft.EntityFrameworkCore;
using Workers.Dashboard.Accounts;
using Workers.Dashboard.Datasets;
using Workers.Dashboard.Facts;
using Workers.Dashboard.Listings;
using Workers.Dashboard.Participants;
using Workers.Dashboard.Requests;
using Workers.Hosting.Data;

namespace Workers.Dashboard;

/// <summary>Everything that the dashboard remembers; all but sign-ins can be made again from the chain.</summary>
public sealed class DashboardDb(DbContextOptions<DashboardDb> options, TimeProvider clock) : WorkerDbContext(options, clock)
{
    public DbSet<FactRow> Facts => Set<FactRow>();

    public DbSet<DatasetRow> Datasets => Set<DatasetRow>();

    public DbSet<WordRow> Words => Set<WordRow>();

    public DbSet<ListingRow> Listings => Set<ListingRow>();

    public DbSet<RateRow> Rates => Set<RateRow>();

    public DbSet<RequestRow> Requests => Set<RequestRow>();

    public DbSet<ParticipantRow> Participants => Set<ParticipantRow>();

    public DbSet<NonceRow> Nonces => Set<NonceRow>();

    public DbSet<SessionRow> Sessions => Set<SessionRow>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<FactRow>(e =>
        {
            e.ToTable("facts");
            e.HasKey(r => new { r.BlockHash, r.LogIndex, r.Part });
            e.HasIndex(r => r.TokenId);
            e.HasIndex(r => r.ListingId);
            e.HasIndex(r => r.RequestId);
            e.HasIndex(r => r.Unit);
            e.HasIndex(r => r.TransactionHash);
            e.HasIndex(r => new { r.BlockNumber, r.LogIndex });
        });
        modelBuilder.Entity<DatasetRow>(e =>
        {
            e.ToTable("datasets");
            e.HasKey(r => r.TokenId);
            e.HasIndex(r => new { r.Status, r.PublishedBlock });
            e.HasIndex(r => r.PublishedBlock);
            e.HasIndex(r => r.Owner);
            e.HasIndex(r => r.Publisher);
            e.HasIndex(r => r.Metadata);
        });
        modelBuilder.Entity<WordRow>(e =>
        {
            e.ToTable("words");
            e.HasKey(r => new { r.Word, r.TokenId });
            e.HasIndex(r => new { r.TokenId, r.Word });
            if (Database.IsNpgsql())
            {
                // The order of code points, as SQLite's: a search is a range of words.
                e.Property(r => r.Word).UseCollation("C");
            }
        });
        modelBuilder.Entity<ListingRow>(e =>
        {
            e.ToTable("listings");
            e.HasKey(r => r.ListingId);
            e.Property(r => r.ListingId).ValueGeneratedNever();
            e.HasIndex(r => r.TokenId);
        });
        modelBuilder.Entity<RateRow>().ToTable("rates").HasKey(r => new { r.Publisher, r.Unit });
        modelBuilder.Entity<RequestRow>(e =>
        {
            e.ToTable("requests");
            e.HasKey(r => r.RequestId);
            e.Property(r => r.RequestId).ValueGeneratedNever();
            e.HasIndex(r => r.Requester);
            e.HasIndex(r => r.TokenId);
        });
        modelBuilder.Entity<ParticipantRow>(e =>
        {
            e.ToTable("participants");
            e.HasKey(r => r.Account);
            e.HasIndex(r => r.Volume);
        });
        modelBuilder.Entity<NonceRow>(e =>
        {
            e.ToTable("nonces");
            e.HasKey(r => r.Nonce);
            e.HasIndex(r => r.ExpiresAt);
        });
        modelBuilder.Entity<SessionRow>(e =>
        {
            e.ToTable("sessions");
            e.HasKey(r => r.IdHash);
            e.HasIndex(r => r.ExpiresAt);
        });
        base.OnModelCreating(modelBuilder);
    }
}
