using System.Buffers.Binary;
using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Transactions;

namespace Workers.Hosting.Queries;

/// <summary>In which market, on which chain, queries are bonded (contracts/src/ICollaboration.sol).</summary>
/// <param name="ChainId">EIP-155 chain id.</param>
/// <param name="Contract">Address of the Collaboration contract.</param>
public readonly record struct QueryMarket(ulong ChainId, Address Contract)
{
    /// <summary>EIP-712's domain of agreements, as the contract itself has it.</summary>
    public TypedDataDomain Domain => new("Collaboration", "1", ChainId, Contract);

    /// <summary>What a collaborator signs by which it agrees to forward a query.</summary>
    /// <param name="querier">Who bonds it.</param>
    public TypedData Agreement(Address querier, Collaboration.Terms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return new TypedData(Domain, "Agreement",
        [
            new("address", "querier", querier),
            new("bytes32", "query", terms.Query),
            new("address", "service", terms.Service),
            new("uint128", "reward", terms.Reward),
            new("uint128", "fee", terms.Fee),
            new("uint32", "answerSeconds", new BigInteger(terms.AnswerSeconds)),
            new("uint32", "confirmSeconds", new BigInteger(terms.ConfirmSeconds)),
            new("uint64", "validUntil", new BigInteger(terms.ValidUntil)),
        ]);
    }

    /// <summary>What sealed queries and results are bound to: query (32) ‖ service (20) ‖ chain id (8) ‖ contract (20), numbers big-endian.</summary>
    internal byte[] Binding(Hash32 query, Address service)
    {
        var chain = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(chain, ChainId);
        return [.. query.ToArray(), .. service.ToArray(), .. chain, .. Contract.ToArray()];
    }
}

/// <summary>The name that a disguised query has on chain.</summary>
public static class BondedQuery
{
    /// <summary>
    /// keccak256(abi.encode(salt, o')), salt as bytes32 and o' as bytes: salt ‖ 64 as a word ‖ o''s length as a word ‖ o', filled up with zeros to whole words. o' is UTF-8: a
    /// <see cref="Members.ZoneQuery"/> as <see cref="Members.MemberJson"/> reads it; of several ways to write one, the bytes that the payload holds count.
    /// </summary>
    public static Hash32 Hash(Hash32 salt, ReadOnlySpan<byte> asked)
    {
        const int word = Hash32.Size;
        var encoded = new byte[(3 * word) + ((asked.Length + word - 1) / word * word)];
        salt.CopyTo(encoded);
        encoded[(2 * word) - 1] = 2 * word;
        BinaryPrimitives.WriteInt32BigEndian(encoded.AsSpan((3 * word) - sizeof(int)), asked.Length);
        asked.CopyTo(encoded.AsSpan(3 * word));
        return Keccak256.Hash(encoded);
    }
}
