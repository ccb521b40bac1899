using ContentStore;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Market;

/// <summary>Keeps the list of commissioned applications.</summary>
public sealed class CommissionedHandler(EncryptionDb db)
    : IHandler<Observed<DataTrades.CommissionedEvent>>, IHandler<Retracted<DataTrades.CommissionedEvent>>
{
    /// <inheritdoc/>
    public async Task HandleAsync(Observed<DataTrades.CommissionedEvent> message, CancellationToken cancellationToken)
    {
        var (e, position) = (message.Event, message.Position);
        if (await FindAsync(e, position.BlockHash, position.LogIndex, cancellationToken) is not null)
        {
            return;
        }

        db.ListedApplications.Add(new ListedApplicationRow
        {
            ApplicationId = e.ApplicationId.ToString(),
            Provider = e.Provider.ToString(),
            Cid = CidText.Of(e.Cid),
            OwnerShare = e.Terms.OwnerShare,
            AnswerWindow = e.Terms.AnswerWindow,
            CancelNotice = e.Terms.CancelNotice,
            ConfirmWindow = e.Terms.ConfirmWindow,
            DisputeWindow = e.Terms.DisputeWindow,
            Arbiter = e.Terms.Arbiter.ToString(),
            BlockNumber = checked((long)position.BlockNumber),
            BlockHash = position.BlockHash,
            LogIndex = position.LogIndex,
        });
    }

    /// <inheritdoc/>
    public async Task HandleAsync(Retracted<DataTrades.CommissionedEvent> message, CancellationToken cancellationToken) =>
        db.ListedApplications.Remove(
            await FindAsync(message.Event, message.Position.BlockHash, message.Position.LogIndex, cancellationToken)
            ?? throw new TooEarlyException($"the event {message.Position} was retracted before it was handled", TimeSpan.FromSeconds(1)));

    private Task<ListedApplicationRow?> FindAsync(DataTrades.CommissionedEvent e, string blockHash, long logIndex, CancellationToken cancellationToken)
    {
        var id = e.ApplicationId.ToString();
        return db.ListedApplications.SingleOrDefaultAsync(
            a => a.ApplicationId == id && a.BlockHash == blockHash && a.LogIndex == logIndex, cancellationToken);
    }
}

/// <summary>Keeps the list of sealed periods that can be bought.</summary>
public sealed class SealedHandler(EncryptionDb db)
    : IHandler<Observed<DataTrades.SealedEvent>>, IHandler<Retracted<DataTrades.SealedEvent>>
{
    /// <inheritdoc/>
    public async Task HandleAsync(Observed<DataTrades.SealedEvent> message, CancellationToken cancellationToken)
    {
        var (e, position) = (message.Event, message.Position);
        if (await FindAsync(e, position.BlockHash, cancellationToken) is not null)
        {
            return;
        }

        db.ListedSeals.Add(new ListedSealRow
        {
            SealId = e.SealId.ToString(),
            ApplicationId = e.ApplicationId.ToString(),
            Owner = e.Owner.ToString(),
            Tag = e.Tag.ToString(),
            Period = checked((long)e.Period),
            KeyCommitment = e.KeyCommitment.ToString(),
            ContentHash = e.ContentHash.ToString(),
            Cid = CidText.Of(e.Cid),
            SealedAt = message.BlockTime,
            BlockNumber = checked((long)position.BlockNumber),
            BlockHash = position.BlockHash,
        });
    }

    /// <inheritdoc/>
    public async Task HandleAsync(Retracted<DataTrades.SealedEvent> message, CancellationToken cancellationToken) =>
        db.ListedSeals.Remove(
            await FindAsync(message.Event, message.Position.BlockHash, cancellationToken)
            ?? throw new TooEarlyException($"the event {message.Position} was retracted before it was handled", TimeSpan.FromSeconds(1)));

    private Task<ListedSealRow?> FindAsync(DataTrades.SealedEvent e, string blockHash, CancellationToken cancellationToken)
    {
        var id = e.SealId.ToString();
        return db.ListedSeals.SingleOrDefaultAsync(s => s.SealId == id && s.BlockHash == blockHash, cancellationToken);
    }
}

/// <summary>CIDs as they stand in events, which anybody can write.</summary>
internal static class CidText
{
    /// <summary>The CID's text form.</summary>
    /// <exception cref="RejectedException">The bytes are no CID that this market reads.</exception>
    public static string Of(byte[] bytes) => Cid.TryReadBinary(bytes, out var cid)
        ? cid.ToString()
        : throw new RejectedException($"0x{Convert.ToHexStringLower(bytes)} is not a CIDv1 with SHA-256; whoever wrote it on chain made content that nobody can fetch.");
}
