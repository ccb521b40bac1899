using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Data;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Penalties.Attesting;
using Workers.Penalties.Filing;
using Workers.Penalties.Ratings;
using Workers.Penalties.Verdicts;

namespace Workers.Penalties;

/// <summary>Everything that this worker remembers, in one database so that each step is one commit.</summary>
public sealed class PenaltiesDb(DbContextOptions<PenaltiesDb> options, TimeProvider clock) : WorkerDbContext(options, clock)
{
    public DbSet<CaseRow> Cases => Set<CaseRow>();

    public DbSet<BondRow> Bonds => Set<BondRow>();

    public DbSet<PenaltyRow> Penalties => Set<PenaltyRow>();

    public DbSet<PenaltyFactRow> PenaltyFacts => Set<PenaltyFactRow>();

    public DbSet<MemberRow> Members => Set<MemberRow>();

    public DbSet<MemberFactRow> MemberFacts => Set<MemberFactRow>();

    public DbSet<RoundRow> Rounds => Set<RoundRow>();

    public DbSet<AgencyRow> RoundAgencies => Set<AgencyRow>();

    public DbSet<CreditAnswerRow> CreditAnswers => Set<CreditAnswerRow>();

    public DbSet<EpochRow> Epochs => Set<EpochRow>();

    public DbSet<EpochFactRow> EpochFacts => Set<EpochFactRow>();

    public DbSet<HelpRow> Help => Set<HelpRow>();

    public DbSet<ServiceRow> Services => Set<ServiceRow>();

    public DbSet<AdmissionRow> Admissions => Set<AdmissionRow>();

    public DbSet<SignatureRow> RoundSignatures => Set<SignatureRow>();

    public DbSet<MisdeedRow> Misdeeds => Set<MisdeedRow>();

    public DbSet<MisdeedFactRow> MisdeedFacts => Set<MisdeedFactRow>();

    public DbSet<VerdictSignatureRow> VerdictSignatures => Set<VerdictSignatureRow>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<CaseRow>(e =>
        {
            e.ToTable("cases");
            e.HasKey(r => r.Id);
            e.HasIndex(r => new { r.State, r.LookedAt });
            e.HasIndex(r => r.Offender);
        });
        modelBuilder.Entity<BondRow>().ToTable("bonds").HasKey(r => r.Id);
        modelBuilder.Entity<PenaltyRow>(e =>
        {
            e.ToTable("penalties");
            e.HasKey(r => r.Evidence);
            e.HasIndex(r => new { r.IsShown, r.IsFinal });
            e.HasIndex(r => r.Offender);
        });
        modelBuilder.Entity<PenaltyFactRow>().ToTable("penalty_facts").HasKey(r => new { r.Evidence, r.BlockHash, r.LogIndex });
        modelBuilder.MapMembers();
        modelBuilder.Entity<RoundRow>(e =>
        {
            e.ToTable("rounds");
            e.HasKey(r => r.Round);
            e.Property(r => r.Round).ValueGeneratedNever();
            e.HasIndex(r => r.State);
        });
        modelBuilder.Entity<AgencyRow>().ToTable("round_agencies").HasKey(r => new { r.Round, r.Agency });
        modelBuilder.Entity<CreditAnswerRow>().ToTable("credit_answers").HasKey(r => new { r.Round, r.Id });
        modelBuilder.Entity<EpochRow>(e =>
        {
            e.ToTable("epochs");
            e.HasKey(r => r.Epoch);
            e.Property(r => r.Epoch).ValueGeneratedNever();
        });
        modelBuilder.Entity<EpochFactRow>().ToTable("epoch_facts").HasKey(r => new { r.Epoch, r.BlockHash, r.LogIndex });
        modelBuilder.Entity<HelpRow>().ToTable("help").HasKey(r => new { r.Epoch, r.Member });
        modelBuilder.Entity<AdmissionRow>().ToTable("admissions").HasKey(r => r.Member);
        modelBuilder.Entity<SignatureRow>().ToTable("round_signatures").HasKey(r => new { r.Round, r.Attestor });
        modelBuilder.Entity<MisdeedRow>(e =>
        {
            e.ToTable("misdeeds");
            e.HasKey(r => new { r.Offence, r.Subject });
            e.HasIndex(r => new { r.IsShown, r.Time });
            e.HasIndex(r => r.Offender);
        });
        modelBuilder.Entity<MisdeedFactRow>().ToTable("misdeed_facts").HasKey(r => new { r.Offence, r.Subject, r.BlockHash, r.LogIndex });
        modelBuilder.Entity<VerdictSignatureRow>().ToTable("verdict_signatures").HasKey(r => new { r.Case, r.Attestor });
        modelBuilder.MapServices();
        modelBuilder.MapReceivedEnvelopes();
        base.OnModelCreating(modelBuilder);
    }
}
