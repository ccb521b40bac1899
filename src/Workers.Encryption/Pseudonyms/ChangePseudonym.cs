using Microsoft.EntityFrameworkCore;
using Workers.Encryption.Sealing;
using Workers.Encryption.Spaces;

namespace Workers.Encryption.Pseudonyms;

/// <summary>Begins a new pseudonym. Periods sealed under old ones stay tradable: their keys and accounts are kept.</summary>
public sealed class ChangePseudonym(EncryptionDb db, PseudonymRegistry pseudonyms, OpenPeriods periods, TimeProvider clock)
{
    /// <summary>Expires the present pseudonym; open periods, which hold no sealed data yet, begin again under the new one.</summary>
    /// <exception cref="KeyNotFoundException">The application is not installed.</exception>
    public async Task<PseudonymRow> RunAsync(string applicationId, CancellationToken cancellationToken)
    {
        var old = await pseudonyms.CurrentAsync(applicationId, cancellationToken)
            ?? throw new KeyNotFoundException($"The application {applicationId} is not installed here.");
        old.ExpiredAt = clock.GetUtcNow();
        var pseudonym = await pseudonyms.CreateAsync(applicationId, cancellationToken);
        var spaces = await db.Spaces.Where(s => s.ApplicationId == applicationId).ToListAsync(cancellationToken);
        foreach (var space in spaces)
        {
            var open = await db.Periods.SingleAsync(p => p.SpaceId == space.Id && p.State == PeriodState.Open, cancellationToken);
            db.Periods.Remove(open);
            periods.Begin(space, pseudonym.Address, number: 0);
        }

        await db.SaveChangesAsync(cancellationToken);
        return pseudonym;
    }
}
