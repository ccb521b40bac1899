using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using Ethereum;
using Ethereum.Contracts;
using Mechanisms.Reputation;
using Workers.Hosting.Members;

namespace Workers.Collaboration.Bookkeeping;

/// <summary>Which times belong to which epoch.</summary>
/// <param name="Start">Unix time of the first epoch's first second.</param>
/// <param name="Length">Seconds.</param>
public sealed record EpochClock(ulong Start, uint Length)
{
    /// <summary>The epoch of a time; null before the first.</summary>
    public long? EpochAt(ulong time) => time < Start ? null : (long)((time - Start) / Length);

    /// <summary>An epoch's first second.</summary>
    public long FirstOf(long epoch) => checked((long)Start + (epoch * Length));
}

/// <summary>Whose turn it is (Wang et al. 2021, Eqs. 10 and 11; IConduct.sol, "An epoch's bills"). Pure.</summary>
public static class BookkeepingPolicy
{
    /// <summary>As many turns fit into the time for posting: who is silent in its own is replaced by the next.</summary>
    public const int Turns = 4;

    /// <summary>Who can be elected, best first, as the contract's scoreOf has it.</summary>
    /// <param name="least">From which reputation on.</param>
    public static IReadOnlyList<Conduct.Standing> Ranking(Hash32 seed, IEnumerable<Conduct.Standing> standings, long least)
    {
        var bytes = seed.ToArray();
        return [.. standings.Where(s => s.Reputation >= least).OrderByDescending(Score).ThenBy(s => s.Member.ToTopic())];

        BigInteger Score(Conduct.Standing standing)
        {
            var spread = BookkeeperElection.SpreadOf(bytes, standing.Member.ToArray());
            return ((BigInteger)standing.Zones * (BookkeeperElection.One + spread) << 64) | spread;
        }
    }

    /// <summary>Whether this member does now what any could: each waits for its own part of the spread, which nobody else has.</summary>
    /// <param name="since">From when on it can be done, chain time.</param>
    public static bool IsTurn(Address self, long epoch, long since, long now, TimeSpan spread)
    {
        Span<byte> data = stackalloc byte[Address.Size + sizeof(long)];
        self.CopyTo(data);
        BinaryPrimitives.WriteInt64BigEndian(data[Address.Size..], epoch);
        var part = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(data)) / (double)(1UL << 32);
        return now >= since + (long)(part * spread.TotalSeconds);
    }

    /// <summary>Whether bills that the likely elected one gave no receipt for are lodged by now.</summary>
    /// <param name="deadline">Of the collecting.</param>
    /// <param name="after">Part of the collecting.</param>
    public static bool Lodges(long now, long deadline, uint collecting, double after) => now >= deadline - (long)(collecting * (1 - after));

    /// <summary>Whether this member posts now.</summary>
    /// <param name="ranking">Who may post, best first.</param>
    /// <param name="bookkeeper">Whose batch stands; zero for none.</param>
    /// <param name="deadline">Of the posting, which begins again after a batch was refuted.</param>
    public static bool Posts(IReadOnlyList<Address> ranking, Address self, Address bookkeeper, long now, long deadline, uint posting)
    {
        ArgumentNullException.ThrowIfNull(ranking);
        var (own, standing) = (PlaceOf(self), PlaceOf(bookkeeper));
        return own >= 0 && (standing < 0 ? bookkeeper.IsZero : own < standing) && now >= deadline - posting + ((long)own * posting / Turns);

        int PlaceOf(Address account)
        {
            for (var i = 0; i < ranking.Count; i++)
            {
                if (ranking[i] == account)
                {
                    return i;
                }
            }

            return -1;
        }
    }

    /// <summary>Whether the contract takes a bill for one of the epoch's (Bookkeeping._isBill).</summary>
    /// <param name="subjectOf">Whose account it is; zero for who never joined.</param>
    public static bool IsBill(ConductReference market, EpochClock clock, long epoch, SignedBill candidate, Func<Address, Hash32> subjectOf)
    {
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(subjectOf);
        var bill = candidate.Bill;
        if (clock.EpochAt(bill.Time) != epoch || !Statements.Of(market, bill).IsSignedBy(bill.Requester, candidate.Signature))
        {
            return false;
        }

        var (requester, collaborator) = (subjectOf(bill.Requester), subjectOf(bill.Collaborator));
        return requester != Hash32.Zero && collaborator != Hash32.Zero && requester != collaborator;
    }

    /// <summary>Names a post: who posted what.</summary>
    public static string PostName(Address bookkeeper, Conduct.Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return bookkeeper.IsZero ? "" : $"{bookkeeper} {batch.Root} {batch.Bills} {batch.Content}";
    }
}
