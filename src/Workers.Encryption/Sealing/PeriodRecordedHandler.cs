using Contracts.Messages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Sealing;

/// <summary>Ends a period once its record is final: only now may the staged blob and, if the owner asked for it, the local files go.</summary>
public sealed class PeriodRecordedHandler(EncryptionDb db, IOptions<EncryptionOptions> encryption, IOptions<SealingOptions> sealing)
    : IHandler<TransactionOutcome>
{
    /// <inheritdoc/>
    public async Task HandleAsync(TransactionOutcome message, CancellationToken cancellationToken)
    {
        if (message.State is not (TransactionState.Final or TransactionState.Reverted)
            || message.Key.Split('/') is not ["period", var id, "record"]
            || !Guid.TryParse(id, out var periodId))
        {
            return;
        }

        var period = await db.Periods.FindAsync([periodId], cancellationToken)
            ?? throw new RejectedException($"Period {periodId} is not in this database.");
        if (message.State == TransactionState.Reverted)
        {
            (period.State, period.Problem) = (PeriodState.Abandoned, $"The trading contract refused the record: {message.Error}. The sealed blob is kept in the staging folder.");
            return;
        }

        period.State = PeriodState.Recorded;
        if (sealing.Value.RemoveAfterUpload)
        {
            await RemoveFilesAsync(period, cancellationToken);
        }

        File.Delete(encryption.Value.StagedBlob(period.Id));
    }

    private async Task RemoveFilesAsync(PeriodRow period, CancellationToken cancellationToken)
    {
        var space = await db.Spaces.AsNoTracking().SingleAsync(s => s.Id == period.SpaceId, cancellationToken);
        foreach (var file in await db.SealedFiles.Where(f => f.PeriodId == period.Id).ToListAsync(cancellationToken))
        {
            if (SpaceFolder.Holds(space.Folder, file.ToSpaceFile()))
            {
                File.Delete(Path.Combine(space.Folder, file.Path));
            }

            file.Removed = true;
        }
    }
}
