using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Mechanisms.Reputation;

/// <summary>Somebody who may post an epoch's bills.</summary>
/// <param name="Account">20 bytes.</param>
/// <param name="Zones">μ: in how many zones it helped so far.</param>
/// <param name="Reputation">cv in millionths, from 0 to 1,000,000.</param>
public sealed record BookkeeperCandidate(ImmutableArray<byte> Account, uint Zones, uint Reputation);

/// <summary>
/// Who posts an epoch's bills (Wang et al. 2021, §4.3): of those whose reputation is above the candidates' mean (Eq. 10), the one with the most zones, spread by the term |sin x| + 1 of Eq. 11, which lets somebody with as
/// little as half of the most zones win. The paper does not say what x is: here πt with t drawn from the epoch's seed and the account. In whole numbers throughout, so that every party and a contract compute alike.
/// </summary>
public static class BookkeeperElection
{
    /// <summary>1 of the spread.</summary>
    public const ulong One = 1UL << 32;

    private const int AccountLength = 20, SeedLength = 32;
    private const uint HighestReputation = 1_000_000;

    /// <summary>The elected candidate's place in the list; null when there is none. When all have the same reputation nobody is above the mean, and all may be elected.</summary>
    /// <param name="seed">32 bytes that nobody knew before the epoch ended.</param>
    /// <param name="candidates">In any order: equal scores go to the larger spread, then to the smaller account.</param>
    /// <exception cref="ArgumentException">An account stands twice or is not of 20 bytes, the seed not of 32, or a reputation above 1.</exception>
    public static int? Elect(ReadOnlySpan<byte> seed, IReadOnlyList<BookkeeperCandidate> candidates)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        if (candidates.Any(c => c.Account.Length != AccountLength || c.Reputation > HighestReputation))
        {
            throw new ArgumentException($"An account has {AccountLength} bytes, and a reputation is at most {HighestReputation} millionths.", nameof(candidates));
        }

        if (candidates.DistinctBy(c => Convert.ToHexString(c.Account.AsSpan()), StringComparer.Ordinal).Count() < candidates.Count)
        {
            throw new ArgumentException("An account stands twice.", nameof(candidates));
        }

        var total = candidates.Sum(c => (long)c.Reputation);
        var anyAbove = candidates.Any(c => (long)c.Reputation * candidates.Count > total);
        (int Index, UInt128 Score, ulong Spread)? best = null;
        for (var i = 0; i < candidates.Count; i++)
        {
            var candidate = candidates[i];
            if (anyAbove && (long)candidate.Reputation * candidates.Count <= total)
            {
                continue;
            }

            var spread = SpreadOf(seed, candidate.Account.AsSpan());
            var score = (UInt128)candidate.Zones * (One + spread);
            if (best is not { } b || score > b.Score || (score == b.Score && (spread > b.Spread || (spread == b.Spread && IsBefore(candidate, candidates[b.Index])))))
            {
                best = (i, score, spread);
            }
        }

        return best?.Index;
    }

    /// <summary>
    /// |sin πt| in units of 2⁻³², with t the first 32 bits of SHA-256(seed ‖ account) in units of 2⁻³²: Bhaskara I's 16t(1−t) / (5 − 4t(1−t)), which is within 0.0017 of the sine, rounded down.
    /// </summary>
    public static ulong SpreadOf(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> account)
    {
        if (seed.Length != SeedLength)
        {
            throw new ArgumentException($"A seed has {SeedLength} bytes, not {seed.Length}.", nameof(seed));
        }

        var t = (ulong)BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. seed, .. account]));
        var product = (UInt128)t * (One - t);
        return (ulong)((16 * product * One) / ((5 * (UInt128)One * One) - (4 * product)));
    }

    private static bool IsBefore(BookkeeperCandidate left, BookkeeperCandidate right) => left.Account.AsSpan().SequenceCompareTo(right.Account.AsSpan()) < 0;
}
