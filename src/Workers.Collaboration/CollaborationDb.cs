using Microsoft.EntityFrameworkCore;
using Workers.Collaboration.Joining;
using Workers.Collaboration.Members;
using Workers.Collaboration.Places;
using Workers.Collaboration.Standings;
using Workers.Collaboration.Zones;
using Workers.Hosting.Data;
using Workers.Hosting.Envelopes;

namespace Workers.Collaboration;

/// <summary>Everything that a member remembers, in one database so that each step is one commit.</summary>
public sealed class CollaborationDb(DbContextOptions<CollaborationDb> options, TimeProvider clock) : WorkerDbContext(options, clock)
{
    public DbSet<MemberRow> Members => Set<MemberRow>();

    public DbSet<MemberFactRow> MemberFacts => Set<MemberFactRow>();

    public DbSet<AttestationRow> Attestations => Set<AttestationRow>();

    public DbSet<AttestationFactRow> AttestationFacts => Set<AttestationFactRow>();

    public DbSet<JoiningRow> Joinings => Set<JoiningRow>();

    public DbSet<PlaceRow> Places => Set<PlaceRow>();

    public DbSet<ZoneRow> Zones => Set<ZoneRow>();

    public DbSet<AnswerRow> Answers => Set<AnswerRow>();

    public DbSet<ToldRow> Told => Set<ToldRow>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<MemberRow>().ToTable("members").HasKey(r => r.Account);
        modelBuilder.Entity<MemberFactRow>().ToTable("member_facts").HasKey(r => new { r.Account, r.BlockHash, r.LogIndex });
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
        modelBuilder.MapReceivedEnvelopes();
        base.OnModelCreating(modelBuilder);
    }
}
