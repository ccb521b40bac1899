using Ethereum;
using Workers.Evaluator.Sessions;
using Workers.Hosting.Cryptography;

namespace Workers.Evaluator.Shards;

/// <summary>The candidate's session key, sealed with HPKE to the session's key for the review.</summary>
public static class SealedSessionKey
{
    private const string Purpose = "data-market/session-key/v1";

    /// <summary>Seals it.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> publicKey, Secret sessionKey, SessionReference session, Address provider)
    {
        ArgumentNullException.ThrowIfNull(sessionKey);
        return Hpke.Seal(publicKey, session.Info(Purpose, provider), aad: [], sessionKey.Reveal());
    }

    /// <summary>Opens it; the caller disposes the key.</summary>
    /// <exception cref="HpkeException">It was not sealed to this key by this provider, or is no key of 32 bytes.</exception>
    public static Secret Open(P256KeyPair pair, byte[] message, SessionReference session, Address provider)
    {
        var key = Hpke.Open(pair, session.Info(Purpose, provider), aad: [], message);
        if (key.Length == ShardKeys.Length)
        {
            return key;
        }

        key.Dispose();
        throw new HpkeException($"The sealed session key has {key.Length} bytes, not {ShardKeys.Length}.");
    }
}
