using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Encryption.Spaces;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Sealing;

/// <summary>Look at every space. Sent by the schedule.</summary>
/// <param name="All">Seal every space that holds new files, whatever its upload condition (a person's wish).</param>
public sealed record SealDueSpaces(bool All = false);

/// <summary>Ends the period of every space that meets its upload condition: lists its files, makes the next period's key.</summary>
public sealed partial class SealDueSpacesHandler(
    EncryptionDb db,
    OpenPeriods periods,
    IOptions<SealingOptions> options,
    TimeProvider clock,
    ILogger<SealDueSpacesHandler> logger) : IHandler<SealDueSpaces>
{
    /// <inheritdoc/>
    public async Task HandleAsync(SealDueSpaces message, CancellationToken cancellationToken)
    {
        foreach (var space in await db.Spaces.AsNoTracking().ToListAsync(cancellationToken))
        {
            await SealIfDueAsync(space, message.All, cancellationToken);
        }
    }

    private async Task SealIfDueAsync(SpaceRow space, bool all, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var known = await db.SealedFiles.AsNoTracking().Where(f => f.SpaceId == space.Id).ToListAsync(cancellationToken);
        var listing = LocalFiles.WithoutUnfinished(SpaceFolder.List(space.Folder, cancellationToken));
        var selection = SpaceSnapshot.Select(
            listing, known.Select(f => f.ToSpaceFile()).ToHashSet(), now, new SnapshotLimits { Settle = options.Value.Settle });
        foreach (var refused in selection.Refused)
        {
            LogRefused(logger, refused.Name, space.Tag, refused.Reason);
        }

        if (selection.Files.Count == 0)
        {
            return;
        }

        var period = await db.Periods.SingleAsync(p => p.SpaceId == space.Id && p.State == PeriodState.Open, cancellationToken);
        var oldest = selection.OldestModifiedAt!.Value;
        var state = new SpaceState(selection.Files.Count, selection.Bytes, oldest > period.From ? oldest : period.From);
        if (!all && !options.Value.Condition.IsMet(state, now))
        {
            return;
        }

        period.State = PeriodState.Sealing;
        period.To = now;
        db.SealedFiles.AddRange(selection.Files.Select(f => new SealedFileRow
        {
            SpaceId = space.Id,
            PeriodId = period.Id,
            Path = f.Name,
            Size = f.Size,
            ModifiedTicks = f.ModifiedAt.UtcTicks,
        }));
        periods.Begin(space, period.Pseudonym, period.Number + 1);
        db.Publish(new SealPeriod(period.Id));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The file {Name} in the space {Tag} is not sealed: it {Reason}")]
    private static partial void LogRefused(ILogger logger, string name, string tag, string reason);
}
