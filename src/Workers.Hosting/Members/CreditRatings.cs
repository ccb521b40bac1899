using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Numerics;
using Ethereum;
using Ethereum.Transactions;

namespace Workers.Hosting.Members;

/// <summary>Eq. 1 of Wang et al. 2021: what a house asks a rating agency. Who asks, and when, the envelope says that it comes in.</summary>
/// <param name="Members">From 1 to <see cref="MaxMembers"/>, strictly ascending.</param>
public sealed record CreditQuery(ImmutableArray<Address> Members)
{
    /// <summary>The envelope's kind.</summary>
    public const string Kind = "credit-query";

    /// <summary>As many as an answer has room for.</summary>
    public const int MaxMembers = 1_000;
}

/// <summary>An agency's rating of a member.</summary>
/// <param name="Rating">In millionths of the agency's own scale; null for a member that it does not know.</param>
public sealed record CreditRating(Address Member, long? Rating);

/// <summary>
/// Eq. 2: what an agency signs, once for all members that were asked about. So a house can show it to other houses, which an envelope's answer could not be. EIP-712, in the domain of the contract Conduct:
/// CreditRatings(address agency,uint64 time,uint32 members,bytes32 root), the root being that of the market's tree (IConduct.sol) over data = abi.encode(member, known, rating), in ascending order of the members.
/// </summary>
/// <param name="Agency">The signer.</param>
/// <param name="Time">Unix time: the answer counts in the round that it lies in.</param>
/// <param name="Ratings">From 1 to <see cref="CreditQuery.MaxMembers"/>, strictly ascending by member.</param>
public sealed record CreditAnswer(Address Agency, ulong Time, ImmutableArray<CreditRating> Ratings, byte[] Signature)
{
    /// <summary>Whether the ratings are as many as may be, and in order.</summary>
    public bool IsWellFormed => !Ratings.IsDefault && Ratings.Length is > 0 and <= CreditQuery.MaxMembers && !Ratings.Contains(null!) && IsAscending([.. Ratings.Select(r => r.Member)]);

    /// <summary>Whether accounts are strictly ascending, as queries, answers and standings have them.</summary>
    public static bool IsAscending(IReadOnlyList<Address> accounts)
    {
        ArgumentNullException.ThrowIfNull(accounts);
        for (var i = 1; i < accounts.Count; i++)
        {
            if (accounts[i - 1].ToTopic().CompareTo(accounts[i].ToTopic()) >= 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What the agency signs.</summary>
    /// <param name="market">It counts in no other.</param>
    public TypedData Data(ConductReference market) => new(market.Domain, "CreditRatings",
    [
        new("address", "agency", Agency),
        new("uint64", "time", new BigInteger(Time)),
        new("uint32", "members", new BigInteger(Ratings.Length)),
        new("bytes32", "root", OrderedTree.Root([.. Ratings.Select(Leaf)])),
    ]);

    private static Hash32 Leaf(CreditRating rating)
    {
        Span<byte> data = stackalloc byte[3 * Hash32.Size];
        data.Clear();
        rating.Member.CopyTo(data[12..]);
        if (rating.Rating is { } value)
        {
            data[63] = 1;
            data[64..].Fill(value < 0 ? (byte)0xff : (byte)0);
            BinaryPrimitives.WriteInt64BigEndian(data[88..], value);
        }

        return OrderedTree.Leaf(Keccak256.Hash(data));
    }
}
