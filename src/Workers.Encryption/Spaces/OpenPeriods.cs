using Ethereum;
using Workers.Encryption.Sealing;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Spaces;

/// <summary>Begins periods: a space always has exactly one open period, and its key exists before its first file.</summary>
public sealed class OpenPeriods(EncryptionDb db, KeyVault vault, TimeProvider clock)
{
    /// <summary>Makes the key of a space's next period. The caller commits.</summary>
    /// <param name="number">t of (t, t+1], counted per pseudonym.</param>
    public PeriodRow Begin(SpaceRow space, string pseudonym, long number)
    {
        var sealId = SealIdentity.SealId(
            Hash32.Parse(space.ApplicationId), Address.Parse(pseudonym), SealIdentity.Tag(space.Tag), checked((ulong)number)).ToString();
        using var key = Secret.Random(TradeAnswer.KeyLength);
        var period = new PeriodRow
        {
            Id = Guid.NewGuid(),
            SpaceId = space.Id,
            ApplicationId = space.ApplicationId,
            Pseudonym = pseudonym,
            Tag = space.Tag,
            Number = number,
            WrappedKey = vault.Wrap(key, PeriodKey.Purpose(sealId)),
            SealId = sealId,
            From = clock.GetUtcNow(),
            State = PeriodState.Open,
        };
        db.Periods.Add(period);
        return period;
    }
}
