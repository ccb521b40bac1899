using ContentStore;
using Ethereum;
using Ethereum.Contracts;
using Microsoft.Extensions.Options;
using Workers.Encryption.Communication;
using Workers.Hosting.Chain;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Sealing;

/// <summary>Upload a sealed period and record it on chain.</summary>
public sealed record UploadPeriod(Guid PeriodId);

/// <summary>Uploads the blob, which the store reads back, and queues the record with the commitment to the period's key.</summary>
public sealed class UploadPeriodHandler(
    EncryptionDb db,
    IContentStore content,
    KeyVault vault,
    CommunicationRecorder recorder,
    IOptions<EncryptionOptions> options,
    IOptions<ChainOptions> chain) : IHandler<UploadPeriod>
{
    /// <inheritdoc/>
    public async Task HandleAsync(UploadPeriod message, CancellationToken cancellationToken)
    {
        var period = await db.Periods.FindAsync([message.PeriodId], cancellationToken)
            ?? throw new RejectedException($"Period {message.PeriodId} is not in this database.");
        if (period.State != PeriodState.Sealed)
        {
            return;
        }

        var staged = options.Value.StagedBlob(period.Id);
        if (!File.Exists(staged))
        {
            // Only a disk that lost the file can do this; the listed files are still there, so seal them again.
            period.State = PeriodState.Sealing;
            db.Publish(new SealPeriod(period.Id));
            return;
        }

        var dag = await content.PutFileAsync(staged, new PutFileOptions { Immutable = true }, cancellationToken);
        if (dag.Root.ToString() != period.Cid)
        {
            // The staged file was damaged after it was sealed: never record a blob that does not open.
            period.State = PeriodState.Sealing;
            db.Publish(new SealPeriod(period.Id));
            return;
        }

        await content.VerifyAsync(dag.Root, progress: null, cancellationToken);
        using var key = vault.Unwrap(period.WrappedKey, PeriodKey.Purpose(period));
        var sealId = Hash32.Parse(period.SealId);
        var contentHash = Hash32.Parse(period.ContentHash!);
        var record = new DataTrades.RecordSealCall(
            Hash32.Parse(period.ApplicationId), SealIdentity.Tag(period.Tag), checked((ulong)period.Number),
            SealIdentity.KeyCommitment(sealId, key), contentHash, dag.Root.ToArray());
        var pseudonym = Address.Parse(period.Pseudonym);
        await db.SubmitAsync($"period/{period.Id}/record", pseudonym, chain.Value.Contract("DataTrades"), record.Encode(), cancellationToken);
        await recorder.RecordAsync(period.Id, period.ApplicationId, pseudonym, CommunicationKind.RemoteStore, contentHash, cancellationToken);
        period.State = PeriodState.Uploaded;
    }
}
