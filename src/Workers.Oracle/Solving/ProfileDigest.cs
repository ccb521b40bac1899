using System.Buffers.Binary;
using System.Security.Cryptography;
using Ethereum;

namespace Workers.Oracle.Solving;

/// <summary>What a committee agrees on before it solves. Who did not fetch the profiles does not know it: it covers their contents, which have a salt.</summary>
public static class ProfileDigest
{
    /// <summary>SHA-256 of "data-market/profiles/v1" ‖ request (32) ‖ for each member in the document's order: account (20) ‖ length (8, big-endian) ‖ content.</summary>
    public static Hash32 Of(Hash32 requestId, IEnumerable<(Address Member, ReadOnlyMemory<byte> Content)> profiles)
    {
        ArgumentNullException.ThrowIfNull(profiles);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("data-market/profiles/v1"u8);
        hash.AppendData(requestId.ToArray());
        var length = new byte[sizeof(long)];
        foreach (var (member, content) in profiles)
        {
            BinaryPrimitives.WriteInt64BigEndian(length, content.Length);
            hash.AppendData(member.ToArray());
            hash.AppendData(length);
            hash.AppendData(content.Span);
        }

        return new Hash32(hash.GetHashAndReset());
    }

    /// <summary>What stands in its place when no node can work by the request's document: SHA-256 of "data-market/unusable-terms/v1" ‖ request.</summary>
    public static Hash32 OfUnusableTerms(Hash32 requestId) => new(SHA256.HashData([.. "data-market/unusable-terms/v1"u8, .. requestId.ToArray()]));

    /// <summary>The mark that a node submits (IPrivacyOracle): keccak256(abi.encode(request, node, digest)).</summary>
    public static Hash32 Mark(Hash32 requestId, Address node, Hash32 digest) =>
        Keccak256.Hash([.. requestId.ToArray(), .. new byte[12], .. node.ToArray(), .. digest.ToArray()]);
}
