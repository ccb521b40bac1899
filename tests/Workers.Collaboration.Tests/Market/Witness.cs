using System.Collections.Concurrent;
using Contracts.Messages;
using Ethereum;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Workers.Hosting.Data;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Messaging;
using Workers.Hosting.Queries;

namespace Workers.Collaboration.Tests.Market;

/// <summary>Where a member's evidence goes, since an in-memory bus lets go what nobody takes.</summary>
internal sealed class Witness
{
    private int _asked;

    public ConcurrentQueue<Evidence> Found { get; } = new();

    /// <summary>Whether it is asked for the first time.</summary>
    public bool IsFirst() => Interlocked.Increment(ref _asked) == 1;
}

/// <summary>Takes evidence as the worker of penalties will.</summary>
internal sealed class WitnessHandler(Witness witness) : IHandler<MisconductFound>
{
    public Task HandleAsync(MisconductFound message, CancellationToken cancellationToken)
    {
        witness.Found.Enqueue(MemberJson.Read<Evidence>(System.Text.Encoding.UTF8.GetBytes(message.Evidence)));
        return Task.CompletedTask;
    }
}

/// <summary>Takes evidence from outside as the worker of penalties will.</summary>
internal sealed class WitnessEnvelopeHandler(Witness witness) : IEnvelopeHandler
{
    public Task<EnvelopeAnswer> HandleAsync(OpenedEnvelope envelope, CancellationToken cancellationToken)
    {
        // At first it has no time.
        var isLater = witness.IsFirst();
        if (!isLater)
        {
            witness.Found.Enqueue(MemberJson.Read<Evidence>(envelope.Body.Reveal()));
        }

        return Task.FromResult(EnvelopeAnswer.Of(MemberJson.Write(new EvidenceReceipt(Hash32.Zero, isLater ? EvidenceReceipt.Later : "Waiting", "Of a witness."))));
    }
}

/// <summary>Knows one member.</summary>
internal sealed class OneMember(Func<MemberEntry?> member) : IMemberDirectory
{
    public ValueTask<MemberEntry?> FindAsync(Address account, CancellationToken cancellationToken) => new(member() is { } entry && entry.Account == account ? entry : null);
}

/// <summary>What every worker's database has, and which envelopes came.</summary>
internal sealed class WitnessDb(DbContextOptions<WitnessDb> options, TimeProvider clock) : WorkerDbContext(options, clock)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.MapReceivedEnvelopes();
        base.OnModelCreating(modelBuilder);
    }
}

[DbContext(typeof(WitnessDb))]
[Migration("0001_Witness")]
internal sealed class WitnessTables : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        SharedTables.Create(migrationBuilder);
        SharedTables.AddSchedules(migrationBuilder);
        SharedTables.AddEnvelopes(migrationBuilder);
    }
}
