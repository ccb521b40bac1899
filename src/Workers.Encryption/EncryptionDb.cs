using Microsoft.EntityFrameworkCore;
using Workers.Encryption.Applications;
using Workers.Encryption.Arbitration;
using Workers.Encryption.Buying;
using Workers.Encryption.Communication;
using Workers.Encryption.Datasets.Delivering;
using Workers.Encryption.Datasets.Publishing;
using Workers.Encryption.Datasets.Requesting;
using Workers.Encryption.Market;
using Workers.Encryption.Pseudonyms;
using Workers.Encryption.Sealing;
using Workers.Encryption.Selling;
using Workers.Encryption.Spaces;
using Workers.Hosting.Data;

namespace Workers.Encryption;

/// <summary>Everything that the encryption worker remembers, in one database so that each step is one commit.</summary>
public sealed class EncryptionDb(DbContextOptions<EncryptionDb> options, TimeProvider clock) : WorkerDbContext(options, clock)
{
    public DbSet<ApplicationRow> Applications => Set<ApplicationRow>();

    public DbSet<PseudonymRow> Pseudonyms => Set<PseudonymRow>();

    public DbSet<SpaceRow> Spaces => Set<SpaceRow>();

    public DbSet<PeriodRow> Periods => Set<PeriodRow>();

    public DbSet<SealedFileRow> SealedFiles => Set<SealedFileRow>();

    public DbSet<CommunicationRow> Communications => Set<CommunicationRow>();

    public DbSet<ListedApplicationRow> ListedApplications => Set<ListedApplicationRow>();

    public DbSet<ListedSealRow> ListedSeals => Set<ListedSealRow>();

    public DbSet<TradeFactRow> TradeFacts => Set<TradeFactRow>();

    public DbSet<TradeRow> Trades => Set<TradeRow>();

    public DbSet<SaleRow> Sales => Set<SaleRow>();

    public DbSet<PurchaseRow> Purchases => Set<PurchaseRow>();

    public DbSet<RulingRow> Rulings => Set<RulingRow>();

    public DbSet<DatasetRow> Datasets => Set<DatasetRow>();

    public DbSet<DataRequestFactRow> DataRequestFacts => Set<DataRequestFactRow>();

    public DbSet<DataRequestRow> DataRequests => Set<DataRequestRow>();

    public DbSet<DeliveryRow> Deliveries => Set<DeliveryRow>();

    public DbSet<AskedDatasetRow> AskedDatasets => Set<AskedDatasetRow>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ApplicationRow>().ToTable("applications").HasKey(r => r.ApplicationId);
        modelBuilder.Entity<PseudonymRow>().ToTable("pseudonyms").HasKey(r => r.Address);
        modelBuilder.Entity<SpaceRow>(e =>
        {
            e.ToTable("spaces");
            e.HasIndex(r => new { r.ApplicationId, r.Tag }).IsUnique();
        });
        modelBuilder.Entity<PeriodRow>(e =>
        {
            e.ToTable("periods");
            e.HasIndex(r => r.SealId).IsUnique();
            e.HasIndex(r => new { r.SpaceId, r.State });
        });
        modelBuilder.Entity<SealedFileRow>(e =>
        {
            e.ToTable("sealed_files");
            e.HasIndex(r => new { r.SpaceId, r.Path, r.Size, r.ModifiedTicks }).IsUnique();
            e.HasIndex(r => r.PeriodId);
        });
        modelBuilder.Entity<CommunicationRow>().ToTable("communications");
        modelBuilder.Entity<ListedApplicationRow>().ToTable("listed_applications")
            .HasKey(r => new { r.ApplicationId, r.BlockHash, r.LogIndex });
        modelBuilder.Entity<ListedSealRow>(e =>
        {
            e.ToTable("listed_seals");
            e.HasKey(r => new { r.SealId, r.BlockHash });
            e.HasIndex(r => r.ApplicationId);
        });
        modelBuilder.Entity<TradeFactRow>(e =>
        {
            e.ToTable("trade_facts");
            e.HasKey(r => new { r.TradeId, r.BlockHash, r.LogIndex });
        });
        modelBuilder.Entity<TradeRow>(e =>
        {
            e.ToTable("trades");
            e.HasKey(r => r.TradeId);
            e.Property(r => r.TradeId).ValueGeneratedNever();
            e.HasIndex(r => r.Status);
        });
        modelBuilder.Entity<SaleRow>(e =>
        {
            e.ToTable("sales");
            e.HasKey(r => r.TradeId);
            e.Property(r => r.TradeId).ValueGeneratedNever();
        });
        modelBuilder.Entity<PurchaseRow>(e =>
        {
            e.ToTable("purchases");
            e.HasIndex(r => r.TradeId);
            e.HasIndex(r => r.State);
        });
        modelBuilder.Entity<RulingRow>(e =>
        {
            e.ToTable("rulings");
            e.HasKey(r => new { r.TradeId, r.DisputeBlockHash });
        });
        modelBuilder.Entity<DatasetRow>(e =>
        {
            e.ToTable("datasets");
            e.HasIndex(r => r.ContentHash).IsUnique();
            e.HasIndex(r => r.TokenId);
        });
        modelBuilder.Entity<DataRequestFactRow>(e =>
        {
            e.ToTable("data_request_facts");
            e.HasKey(r => new { r.RequestId, r.BlockHash, r.LogIndex });
        });
        modelBuilder.Entity<DataRequestRow>(e =>
        {
            e.ToTable("data_requests");
            e.HasKey(r => r.RequestId);
            e.Property(r => r.RequestId).ValueGeneratedNever();
            e.HasIndex(r => r.TokenId);
            e.HasIndex(r => r.BlockNumber);
        });
        modelBuilder.Entity<DeliveryRow>(e =>
        {
            e.ToTable("deliveries");
            e.HasKey(r => r.RequestId);
            e.Property(r => r.RequestId).ValueGeneratedNever();
        });
        modelBuilder.Entity<AskedDatasetRow>(e =>
        {
            e.ToTable("asked_datasets");
            e.HasIndex(r => r.RequestId);
        });
        base.OnModelCreating(modelBuilder);
    }
}
