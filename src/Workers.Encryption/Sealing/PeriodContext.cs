using Ethereum;
using Workers.Encryption.Market;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Sealing;

/// <summary>What a period's blob is bound to, as its owner and as anybody else knows it.</summary>
internal static class PeriodContext
{
    public static SealContext Of(PeriodRow period) => new(
        Hash32.Parse(period.ApplicationId), Address.Parse(period.Pseudonym), SealIdentity.Tag(period.Tag), checked((ulong)period.Number));

    public static SealContext Of(ListedSealRow seal) => new(
        Hash32.Parse(seal.ApplicationId), Address.Parse(seal.Owner), Hash32.Parse(seal.Tag), checked((ulong)seal.Period));
}
