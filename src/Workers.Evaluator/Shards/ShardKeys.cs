using System.Buffers.Binary;
using System.Security.Cryptography;
using Ethereum;
using Workers.Evaluator.Sessions;
using Workers.Hosting.Cryptography;

namespace Workers.Evaluator.Shards;

/// <summary>
/// The keys of a provider's shards in one session. Each content key comes from the session key, which only the collector is given, and
/// from the shard's salt, which the contract makes public for the sampled shards at the review and for all at the claim. So the review opens
/// the sample to the collector, the claim opens everything to it, and nobody else opens anything.
/// </summary>
public static class ShardKeys
{
    /// <summary>Length of claim key, session key and content keys in bytes.</summary>
    public const int Length = 32;

    /// <summary>salt_i = keccak256(abi.encode(claimKey, i)), as ITradingSessions says; i counts from 0.</summary>
    public static Hash32 Salt(ReadOnlySpan<byte> claimKey, int shard)
    {
        if (claimKey.Length != Length)
        {
            throw new ArgumentException($"A claim key has {Length} bytes; this one has {claimKey.Length}.", nameof(claimKey));
        }

        Span<byte> encoded = stackalloc byte[2 * Length];
        encoded.Clear();
        claimKey.CopyTo(encoded);
        BinaryPrimitives.WriteInt32BigEndian(encoded[^4..], shard);
        var salt = Keccak256.Hash(encoded);
        CryptographicOperations.ZeroMemory(encoded);
        return salt;
    }

    /// <summary>HKDF-SHA256 (RFC 5869) of the session key under the shard's salt, bound to session and provider; the caller disposes it.</summary>
    public static Secret ContentKey(Secret sessionKey, Hash32 salt, SessionReference session, Address provider)
    {
        ArgumentNullException.ThrowIfNull(sessionKey);
        Span<byte> key = stackalloc byte[Length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, sessionKey.Reveal(), key, salt.ToArray(), session.Info("data-market/session-shard/v1", provider));
        var secret = Secret.CopyOf(key);
        CryptographicOperations.ZeroMemory(key);
        return secret;
    }
}
