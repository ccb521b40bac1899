using Microsoft.EntityFrameworkCore;
using Workers.Collaboration.Bookkeeping;
using Workers.Collaboration.Joining;
using Workers.Collaboration.Models;
using Workers.Collaboration.Places;
using Workers.Collaboration.Queries;
using Workers.Collaboration.Searches;
using Workers.Collaboration.Standings;
using Workers.Collaboration.Zones;
using Workers.Hosting.Data;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;

namespace Workers.Collaboration;

/// <summary>Everything that a member remembers, in one database so that each step is one commit.</summary>
public sealed class CollaborationDb(DbContextOptions<CollaborationDb> options, TimeProvider clock) : WorkerDbContext(options, clock)
{
    public DbSet<MemberRow> Members => Set<MemberRow>();

    public DbSet<AttestationRow> Attestations => Set<AttestationRow>();

    public DbSet<AttestationFactRow> AttestationFacts => Set<AttestationFactRow>();

    public DbSet<JoiningRow> Joinings => Set<JoiningRow>();

    public DbSet<PlaceRow> Places => Set<PlaceRow>();

    public DbSet<ZoneRow> Zones => Set<ZoneRow>();

    public DbSet<AnswerRow> Answers => Set<AnswerRow>();

    public DbSet<ToldRow> Told => Set<ToldRow>();

    public DbSet<ServiceRow> Services => Set<ServiceRow>();

    public DbSet<SearchRow> Searches => Set<SearchRow>();

    public DbSet<BillRow> Bills => Set<BillRow>();

    public DbSet<EpochRow> Epochs => Set<EpochRow>();

    public DbSet<LedgerRow> Ledger => Set<LedgerRow>();

    public DbSet<ReceiptRow> Receipts => Set<ReceiptRow>();

    public DbSet<HandInRow> HandIns => Set<HandInRow>();

    public DbSet<SubjectRow> Subjects => Set<SubjectRow>();

    public DbSet<QueryRow> Queries => Set<QueryRow>();

    public DbSet<DutyRow> Duties => Set<DutyRow>();

    public DbSet<ModelRow> Models => Set<ModelRow>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.MapMembers();
        modelBuilder.Entity<AttestationRow>(e =>
        {
            e.ToTable("attestations");
            e.HasKey(r => r.Root);
            e.HasIndex(r => r.Number);
        });
        modelBuilder.Entity<AttestationFactRow>().ToTable("attestation_facts").HasKey(r => new { r.Root, r.BlockHash, r.LogIndex });
        modelBuilder.Entity<JoiningRow>().ToTable("joinings").HasKey(r => r.Id);
        modelBuilder.Entity<PlaceRow>(e =>
        {
            e.ToTable("places");
            e.HasKey(r => r.Id);
            e.Property(r => r.Id).ValueGeneratedNever();
        });
        modelBuilder.Entity<ZoneRow>(e =>
        {
            e.ToTable("zones");
            e.HasKey(r => r.ZoneId);
            e.HasIndex(r => new { r.State, r.EndedAt });
        });
        modelBuilder.Entity<AnswerRow>(e =>
        {
            e.ToTable("answers");
            e.HasKey(r => new { r.ZoneId, r.Collaborator });
            e.HasIndex(r => r.Collaborator);
        });
        modelBuilder.Entity<ToldRow>(e =>
        {
            e.ToTable("told");
            e.HasKey(r => r.Request);
            e.HasIndex(r => new { r.Requester, r.At });
            e.HasIndex(r => r.At);
            e.HasIndex(r => r.Answer).IsUnique();
            e.HasIndex(r => r.Number).IsUnique();
        });
        modelBuilder.MapServices();
        modelBuilder.Entity<SearchRow>().ToTable("searches").HasKey(r => r.SearchId);
        modelBuilder.MapBookkeeping();
        modelBuilder.MapQueries();
        modelBuilder.Entity<ModelRow>().ToTable("models").HasKey(r => r.Kind);
        modelBuilder.MapReceivedEnvelopes();
        base.OnModelCreating(modelBuilder);
    }
}
