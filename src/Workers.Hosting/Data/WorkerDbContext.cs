using System.Diagnostics;
using System.Numerics;
using System.Text.Json;
using Ethereum;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Chain;
using Workers.Hosting.Messaging;

namespace Workers.Hosting.Data;

/// <summary>
/// One worker's database: its own rows beside the inbox, the outbox and the outgoing transactions, so that everything
/// a handler does is one commit.
/// </summary>
public abstract class WorkerDbContext(DbContextOptions options, TimeProvider clock) : DbContext(options)
{
    public DbSet<InboxRow> Inbox => Set<InboxRow>();

    public DbSet<OutboxRow> Outbox => Set<OutboxRow>();

    public DbSet<TransactionRow> Transactions => Set<TransactionRow>();

    public DbSet<DeadLetterRow> DeadLetters => Set<DeadLetterRow>();

    public DbSet<FinalityRow> Finality => Set<FinalityRow>();

    /// <summary>Correlates what is saved with the event or request that caused it.</summary>
    public string? CorrelationId { get; set; }

    /// <summary>The clock of everything that this database stamps.</summary>
    protected TimeProvider Clock => clock;

    /// <summary>Saves a message to be published once this unit of work is committed.</summary>
    /// <param name="messageId">A repeatable id where the cause may repeat; a fresh one otherwise.</param>
    /// <param name="delay">Not published before this much time has passed.</param>
    /// <param name="correlationId">What the message belongs to, where that is not this unit of work's own <see cref="CorrelationId"/>.</param>
    public void Publish<T>(T message, Guid? messageId = null, TimeSpan? delay = null, string? correlationId = null)
        where T : class
    {
        var now = clock.GetUtcNow();
        var id = messageId ?? Guid.NewGuid();
        Outbox.Add(new OutboxRow
        {
            MessageId = id,
            MessageType = typeof(T).FullName!,
            Body = JsonSerializer.Serialize(message, MessageJson.Options),
            CorrelationId = correlationId ?? CorrelationId ?? Activity.Current?.TraceId.ToHexString() ?? id.ToString("N"),
            CreatedAt = now,
            NotBefore = delay is null ? null : now + delay,
        });
    }

    /// <summary>Saves a transaction to be sent once this unit of work is committed. Does nothing when the key was queued before.</summary>
    /// <param name="key">Idempotency key, e.g. <c>trade/17/respond</c>.</param>
    /// <param name="to">The contract; null deploys <paramref name="data"/> as a new one.</param>
    /// <param name="value">Wei.</param>
    /// <param name="leastGas">Gas limit below which it is not sent, where others can make it cost more than a simulation shows.</param>
    /// <returns>Whether it is new. Two at the same moment may both be told so; one of them then fails to save.</returns>
    public async Task<bool> SubmitAsync(string key, Address from, Address? to, byte[] data, CancellationToken cancellationToken, decimal value = 0, long leastGas = 0)
    {
        if (Transactions.Local.Any(t => t.Key == key) || await Transactions.AnyAsync(t => t.Key == key, cancellationToken))
        {
            return false;
        }

        Transactions.Add(new TransactionRow
        {
            Key = key,
            From = from.ToString(),
            To = to?.ToString(),
            Value = value,
            Data = data,
            CorrelationId = CorrelationId,
            CreatedAt = clock.GetUtcNow(),
            GasLimit = leastGas,
        });
        return true;
    }

    /// <inheritdoc/>
    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        foreach (var entry in ChangeTracker.Entries<IVersioned>().Where(e => e.State == EntityState.Modified))
        {
            entry.Entity.Version++;
        }

        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<MomentConverter>();
        configurationBuilder.Properties<Address>().HaveConversion<AddressConverter>();
        configurationBuilder.Properties<Hash32>().HaveConversion<Hash32Converter>();
        configurationBuilder.Properties<BigInteger>().HaveConversion<BigIntegerConverter>();
    }

    /// <summary>Maps the shared tables; a worker maps its own first and then calls this, so that its versioned rows are seen.</summary>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<InboxRow>().ToTable("inbox").HasKey(r => new { r.MessageId, r.Handler });
        modelBuilder.Entity<OutboxRow>().ToTable("outbox").HasIndex(r => new { r.SentAt, r.Id });
        modelBuilder.Entity<DeadLetterRow>().ToTable("dead_letters").HasIndex(r => new { r.MessageId, r.Handler }).IsUnique();
        modelBuilder.Entity<TransactionRow>(e =>
        {
            e.ToTable("transactions");
            e.HasIndex(t => t.Key).IsUnique();
            e.HasIndex(t => new { t.From, t.Nonce }).IsUnique();
            e.HasIndex(t => new { t.State, t.From, t.Id });
        });
        modelBuilder.Entity<FinalityRow>(e =>
        {
            e.ToTable("finality");
            e.HasKey(r => r.ChainId);
            e.Property(r => r.ChainId).ValueGeneratedNever();
        });
        foreach (var versioned in modelBuilder.Model.GetEntityTypes().Where(t => typeof(IVersioned).IsAssignableFrom(t.ClrType)))
        {
            versioned.FindProperty(nameof(IVersioned.Version))!.IsConcurrencyToken = true;
        }
    }
}
