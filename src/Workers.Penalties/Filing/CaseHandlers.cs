using System.Text;
using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Data;
using Workers.Hosting.Members;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;
using Workers.Penalties.Verdicts;

namespace Workers.Penalties.Filing;

/// <summary>Opens a case for what a worker of this organisation has found.</summary>
public sealed class MisconductHandler(CaseIntake intake) : IHandler<MisconductFound>
{
    /// <inheritdoc/>
    public Task HandleAsync(MisconductFound message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return intake.OpenAsync(Encoding.UTF8.GetBytes(message.Evidence), message.FoundBy, message.FoundAt, cancellationToken);
    }
}

/// <summary>Wakes the cases that are due, and the wishes for a bond; ends the cases whose penalties are final.</summary>
public sealed class SweepCasesHandler(PenaltiesDb db, ConductChain chain, PenaltyWatch penalties, MainAccount account, TimeProvider clock) : IHandler<SweepCases>
{
    private const int AtOnce = 100;

    /// <inheritdoc/>
    public async Task HandleAsync(SweepCases message, CancellationToken cancellationToken)
    {
        await penalties.EndAsync(cancellationToken);
        var now = clock.GetUtcNow();
        foreach (var row in await db.Cases.Where(c => c.State == CaseState.Waiting && c.Due <= now).OrderBy(c => c.LookedAt).Take(AtOnce).ToListAsync(cancellationToken))
        {
            row.LookedAt = now;
            db.Publish(new FileCase(row.Id.ToString()));
        }

        foreach (var row in await db.Bonds.Where(b => b.Problem == null).ToListAsync(cancellationToken))
        {
            var spending = new Spending(BondKey(row.Id), account.Address, chain.Contract, "the contract Conduct", row.Amount, row.At);
            row.Problem = await Allowance.SubmitAsync(db, chain, spending, () => Task.FromResult(new Conduct.AddBondCall(row.Amount).Encode()), cancellationToken);
        }
    }

    /// <summary>The transaction that adds to the bond.</summary>
    internal static string BondKey(Guid id) => $"bond/{id}";
}

/// <summary>Looks at a case that is due once more, and queues its bill.</summary>
public sealed class FileCaseHandler(PenaltiesDb db, CaseIntake intake, PenaltyWatch penalties, ConductChain chain, MainAccount account, TimeProvider clock) : IHandler<FileCase>
{
    /// <inheritdoc/>
    public async Task HandleAsync(FileCase message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (await db.Cases.FindAsync([Hash32.Parse(message.Id)], cancellationToken) is not { State: CaseState.Waiting } row || row.Due > clock.GetUtcNow())
        {
            return;
        }

        if (await penalties.IsPenalisedAsync(row, cancellationToken))
        {
            return;
        }

        if (row.Offence >= Offence.MissingReview)
        {
            db.Publish(new PassVerdict(message.Id));
            return;
        }

        var evidence = MemberJson.Read<Evidence>(row.Evidence);
        (row.State, row.Sentence) = FilingPolicy.Decide(evidence, await intake.KnowledgeAsync(evidence, cancellationToken));
        if (row.State == CaseState.Filed)
        {
            await db.SubmitAgainAsync(Key(row.Id), account.Address, chain.Contract, evidence.ToCall(), cancellationToken);
        }
    }

    /// <summary>The transactions with the bill.</summary>
    internal static string Key(Hash32 id) => $"case/{id}/bill";
}

/// <summary>Follows bills to finality.</summary>
public sealed class FilingOutcomeHandler(PenaltiesDb db, ConductChain chain, IOptions<FilingOptions> options, TimeProvider clock) : IHandler<TransactionOutcome>
{
    /// <inheritdoc/>
    public async Task HandleAsync(TransactionOutcome message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Allowance.IsKey(message.Key))
        {
            db.Publish(new SweepCases());
        }
        else if (message.Key.Split('/') is ["case", var text, "bill", _] && Hash32.TryParse(text, null, out var id) && await db.Cases.FindAsync([id], cancellationToken) is { State: CaseState.Filed } row)
        {
            row.TransactionHash = message.TransactionHash;
            if (message.State == TransactionState.Final && await chain.HasPenalisedAsync(Hash32.Parse(message.TransactionHash!), cancellationToken))
            {
                row.State = CaseState.Penalised;
            }
            else if (message.State == TransactionState.Final)
            {
                // What the statements contradict, such as an attestation, can have vanished after the last look.
                (row.State, row.Sentence) = (CaseState.Failed, $"The contract did not find it shown and took a fine of this house's bond. {row.Sentence}");
            }
            else if (message.State == TransactionState.Reverted && message.Error?.Contains("AlreadyPenalised", StringComparison.Ordinal) == true)
            {
                // Somebody else was first, which is not final yet: the case ends with that penalty, or is filed again when a reorganisation takes it away.
                (row.State, row.TransactionHash, row.Due) = (CaseState.Waiting, null, clock.GetUtcNow() + options.Value.Grace);
            }
            else if (message.State == TransactionState.Reverted)
            {
                (row.State, row.Sentence) = (CaseState.Failed, $"The contract did not take the bill: {message.Error}. {row.Sentence}");
            }
        }
        else if (message.State == TransactionState.Reverted && message.Key.Split('/') is ["bond", var wish] && Guid.TryParse(wish, out var bond) && await db.Bonds.FindAsync([bond], cancellationToken) is { } wished)
        {
            wished.Problem = $"The contract refused: {message.Error}.";
        }
    }
}
