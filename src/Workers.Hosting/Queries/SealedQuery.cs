using Ethereum;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Members;

namespace Workers.Hosting.Queries;

/// <summary>What only the service reads of a bonded query.</summary>
/// <param name="Salt">Random.</param>
/// <param name="Asked">o' (<see cref="BondedQuery.Hash"/>).</param>
/// <param name="ReplyKey">P-256, uncompressed, made for this query: its result is sealed to it, and it says nothing of who asks.</param>
public sealed record QueryPayload(Hash32 Salt, byte[] Asked, byte[] ReplyKey)
{
    private static ReadOnlySpan<byte> Info => "data-market/bonded-query/v1"u8;

    /// <summary>Seals it: HPKE (RFC 9180, as <see cref="Hpke"/>) of its JSON, bound to the query, the service and the market.</summary>
    /// <exception cref="HpkeException">The service's key is no point.</exception>
    public byte[] Seal(QueryMarket market, Hash32 query, Address service, ReadOnlySpan<byte> serviceKey) => Hpke.Seal(serviceKey, Info, market.Binding(query, service), MemberJson.Write(this));

    /// <summary>Opens a payload that somebody else made.</summary>
    /// <exception cref="HpkeException">It was not sealed to this key, or for another query, service or market.</exception>
    /// <exception cref="FormatException">It is no such thing, its query is another one, or it has no key to answer to.</exception>
    public static (QueryPayload Payload, ZoneQuery Asked) Open(QueryMarket market, Hash32 query, Address service, P256KeyPair own, ReadOnlySpan<byte> payload)
    {
        using var opened = Hpke.Open(own, Info, market.Binding(query, service), payload);
        var read = MemberJson.Read<QueryPayload>(opened.Reveal());
        if (BondedQuery.Hash(read.Salt, read.Asked) != query)
        {
            throw new FormatException("What is asked is not what was bonded.");
        }

        var asked = MemberJson.Read<ZoneQuery>(read.Asked);
        if (asked.Problem() is { } problem)
        {
            throw new FormatException(problem);
        }

        try
        {
            P256KeyPair.CheckPublicKey(read.ReplyKey);
        }
        catch (HpkeException e)
        {
            throw new FormatException("The key to answer to is no P-256 point.", e);
        }

        return (read, asked);
    }
}

/// <summary>A result, sealed to the key that its query brought: what the chain has the hash of. HPKE of a <see cref="ZoneReply"/>'s JSON, bound as the payload is.</summary>
public static class SealedResult
{
    /// <summary>Longest: one raw IPFS block.</summary>
    public const int MaxBytes = 1 << 20;

    private static ReadOnlySpan<byte> Info => "data-market/bonded-result/v1"u8;

    /// <summary>Seals a result.</summary>
    public static byte[] Seal(QueryMarket market, Hash32 query, Address service, ReadOnlySpan<byte> replyKey, ReadOnlySpan<byte> reply) => Hpke.Seal(replyKey, Info, market.Binding(query, service), reply);

    /// <summary>Opens one.</summary>
    /// <exception cref="HpkeException">It was not sealed to this key, or for another query, service or market.</exception>
    /// <exception cref="FormatException">It is no result.</exception>
    public static ZoneReply Open(QueryMarket market, Hash32 query, Address service, P256KeyPair own, ReadOnlySpan<byte> sealedResult)
    {
        using var opened = Hpke.Open(own, Info, market.Binding(query, service), sealedResult);
        return MemberJson.Read<ZoneReply>(opened.Reveal());
    }
}
