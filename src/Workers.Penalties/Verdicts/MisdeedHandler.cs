using System.Numerics;
using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;
using Workers.Hosting.Members;

namespace Workers.Penalties.Verdicts;

/// <summary>Keeps what other contracts' events say against somebody.</summary>
public sealed class MisdeedHandler<TEvent>(PenaltiesDb db) : FactHandler<TEvent, (Offence Offence, Hash32 Subject), MisdeedFactRow>(db)
    where TEvent : notnull
{
    /// <summary>ITradingSessions.Outcome.</summary>
    private const int ReviewMissing = 3;

    /// <inheritdoc/>
    protected override ((Offence Offence, Hash32 Subject) Key, MisdeedFactRow Row) Read(TEvent contractEvent, LogPosition position)
    {
        ArgumentNullException.ThrowIfNull(position);
        var row = contractEvent switch
        {
            Collaboration.ExpiredEvent e => Fact(Offence.ExpiredQuery, e.Query, position, Saying.Accusation, e.Collaborator),
            TradingSessions.SettledEvent { Outcome: ReviewMissing } e => Fact(Offence.MissingReview, e.SessionId, position, Saying.Accusation, e.Candidate),
            TradingSessions.SettledEvent e => Fact(Offence.MissingReview, e.SessionId, position, Saying.Nothing),
            PrivacyOracle.EquivocatedEvent e => Fact(Offence.Equivocation, OrderedTree.Join(e.RequestId, e.Node.ToTopic()), position, Saying.Accusation, e.Node),
            DataTrades.RequestedEvent e => Fact(Offence.UnansweredTrade, Trade(e.TradeId), position, Saying.Deadline, time: e.AnswerBy),

            // A buyer that gave notice wants its price back, not an answer.
            DataTrades.CancelNoticedEvent e => Fact(Offence.UnansweredTrade, Trade(e.TradeId), position, Saying.Excuse),
            DataTrades.AnsweredEvent e => Fact(Offence.UnansweredTrade, Trade(e.TradeId), position, Saying.Excuse),
            DataTrades.RefundedEvent e => Fact(Offence.UnansweredTrade, Trade(e.TradeId), position, Saying.Accusation, e.Owner),
            _ => throw new ArgumentException($"{contractEvent.GetType().Name} speaks against nobody.", nameof(contractEvent)),
        };
        return ((row.Offence, row.Subject), row);
    }

    /// <inheritdoc/>
    protected override IQueryable<MisdeedFactRow> FactsOf((Offence Offence, Hash32 Subject) key) => db.MisdeedFacts.Where(f => f.Offence == key.Offence && f.Subject == key.Subject);

    /// <inheritdoc/>
    protected override async Task<IVersioned> AddUpAsync((Offence Offence, Hash32 Subject) key, IReadOnlyList<MisdeedFactRow> facts, CancellationToken cancellationToken)
    {
        var row = await db.Misdeeds.FindAsync([key.Offence, key.Subject], cancellationToken) ?? db.Misdeeds.Add(new MisdeedRow { Offence = key.Offence, Subject = key.Subject }).Entity;
        var ordered = facts.InChainOrder().ToList();
        var accusation = ordered.LastOrDefault(f => f.Saying == Saying.Accusation);
        var deadline = ordered.LastOrDefault(f => f.Saying == Saying.Deadline);

        // Facts may come in any order: a trade's refund says nothing without the time until which it was to be answered.
        row.IsShown = accusation is not null && !ordered.Exists(f => f.Saying == Saying.Excuse) && (key.Offence != Offence.UnansweredTrade || deadline is not null);
        (row.Offender, row.BlockNumber, row.BlockHash) = (accusation?.Offender ?? default, accusation?.BlockNumber ?? 0, accusation?.BlockHash ?? "");
        (row.TransactionHash, row.LogIndex) = (accusation?.TransactionHash ?? "", accusation?.LogIndex ?? 0);
        (row.Deadline, row.SinceBlock, row.SinceHash) = (deadline?.Time ?? 0, deadline?.BlockNumber ?? 0, deadline?.BlockHash ?? "");
        (row.Since, row.Time) = (0, null);
        return row;
    }

    private static Hash32 Trade(BigInteger number)
    {
        var word = new byte[Hash32.Size];
        number.TryWriteBytes(word.AsSpan(Hash32.Size - number.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
        return new Hash32(word);
    }

    private static MisdeedFactRow Fact(Offence offence, Hash32 subject, LogPosition position, Saying saying, Address? offender = null, ulong? time = null) => new()
    {
        Offence = offence,
        Subject = subject,
        BlockNumber = checked((long)position.BlockNumber),
        BlockHash = position.BlockHash,
        LogIndex = position.LogIndex,
        TransactionHash = position.TransactionHash,
        Saying = saying,
        Offender = offender,
        Time = time is { } at ? (long)Math.Min(at, long.MaxValue) : null,
    };
}
