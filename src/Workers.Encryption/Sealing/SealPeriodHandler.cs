using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Sealing;

/// <summary>Seal the files that were listed for a period.</summary>
public sealed record SealPeriod(Guid PeriodId);

/// <summary>Compresses and encrypts a period into one blob on this machine. Run again, it begins the blob anew under a fresh salt.</summary>
public sealed class SealPeriodHandler(EncryptionDb db, KeyVault vault, IOptions<EncryptionOptions> options) : IHandler<SealPeriod>
{
    /// <inheritdoc/>
    public async Task HandleAsync(SealPeriod message, CancellationToken cancellationToken)
    {
        var period = await db.Periods.FindAsync([message.PeriodId], cancellationToken)
            ?? throw new RejectedException($"Period {message.PeriodId} is not in this database.");
        if (period.State != PeriodState.Sealing)
        {
            return;
        }

        var space = await db.Spaces.AsNoTracking().SingleAsync(s => s.Id == period.SpaceId, cancellationToken);
        var rows = await db.SealedFiles.Where(f => f.PeriodId == period.Id).ToListAsync(cancellationToken);
        var files = rows.Select(f => f.ToSpaceFile()).OrderBy(f => f.Name, StringComparer.Ordinal).ToList();
        var staged = options.Value.StagedBlob(period.Id);
        Directory.CreateDirectory(Path.GetDirectoryName(staged)!);
        using var key = vault.Unwrap(period.WrappedKey, PeriodKey.Purpose(period));
        var blob = await Sealer.SealAsync(
            space.Folder, files, PeriodContext.Of(period), key, staged, progress: null, cancellationToken);
        if (blob is null)
        {
            db.SealedFiles.RemoveRange(rows);
            (period.State, period.Problem) = (PeriodState.Abandoned, "Every file of the period changed or went away before it could be sealed.");
            return;
        }

        // What changed under the reader's hands is listed anew into a later period, once it is at rest.
        var leftOut = blob.LeftOut.ToHashSet();
        db.SealedFiles.RemoveRange(rows.Where(r => leftOut.Contains(r.ToSpaceFile())));
        period.State = PeriodState.Sealed;
        period.Cid = blob.Dag.Root.ToString();
        period.ContentHash = blob.ContentHash.ToString();
        period.Files = blob.Files.Count;
        period.PlainBytes = blob.PlainBytes;
        period.SealedBytes = blob.SealedBytes;
        db.Publish(new UploadPeriod(period.Id));
    }
}
