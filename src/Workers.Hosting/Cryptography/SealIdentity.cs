using System.Buffers.Binary;
using System.Security.Cryptography;
using Ethereum;

namespace Workers.Hosting.Cryptography;

/// <summary>
/// The identifiers that the trading contract computes (contracts/src/IDataTrades.sol), computed here with the same result:
/// keccak256 over Solidity's <c>abi.encode</c> of static types, which is each value padded to 32 bytes.
/// </summary>
public static class SealIdentity
{
    /// <summary>An application's id: keccak256 of its package's binary CID.</summary>
    public static Hash32 ApplicationId(ReadOnlySpan<byte> cid) => Keccak256.Hash(cid);

    /// <summary>A tag as the contract names it: keccak256 of its UTF-8 text.</summary>
    public static Hash32 Tag(string tag) => Keccak256.Hash(tag);

    /// <summary>A sealed period's id: keccak256(abi.encode(applicationId, owner, tag, period)).</summary>
    public static Hash32 SealId(Hash32 applicationId, Address owner, Hash32 tag, ulong period)
    {
        Span<byte> encoded = stackalloc byte[4 * 32];
        encoded.Clear();
        applicationId.CopyTo(encoded);
        owner.CopyTo(encoded[(32 + 12)..]);
        tag.CopyTo(encoded[64..]);
        BinaryPrimitives.WriteUInt64BigEndian(encoded[(96 + 24)..], period);
        return Keccak256.Hash(encoded);
    }

    /// <summary>The commitment to a period's key that goes on chain when it seals: keccak256(abi.encode(sealId, key)).</summary>
    /// <exception cref="ArgumentException">The key has not 32 bytes.</exception>
    public static Hash32 KeyCommitment(Hash32 sealId, Secret key)
    {
        if (key.Length != TradeAnswer.KeyLength)
        {
            throw new ArgumentException($"A period's key has {TradeAnswer.KeyLength} bytes; this one has {key.Length}.", nameof(key));
        }

        Span<byte> encoded = stackalloc byte[64];
        sealId.CopyTo(encoded);
        key.Reveal().CopyTo(encoded[32..]);
        var commitment = Keccak256.Hash(encoded);
        CryptographicOperations.ZeroMemory(encoded);
        return commitment;
    }
}
