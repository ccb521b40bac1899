using System.Security.Cryptography;
using ContentStore;
using Ethereum;
using Workers.Evaluator.Sessions;
using Workers.Hosting.Cryptography;

namespace Workers.Evaluator.Features;

/// <summary>
/// What a provider tells the collector about its features on chain: SHA-256 of the bundle (32 bytes) ‖ the CID of the sealed bundle, itself
/// sealed. Both are sealed with HPKE to the session's key for features. The hash commits the provider, so that in a dispute
/// nobody can show other features in their place.
/// </summary>
public sealed record SealedFeatures(byte[] BundleHash, byte[] SealedCid)
{
    private const string BundlePurpose = "data-market/session-features/v1", CidPurpose = "data-market/session-features-cid/v1";

    /// <summary>Length on chain in bytes.</summary>
    public const int Length = SHA256.HashSizeInBytes + Hpke.Overhead + Cid.BinaryLength;

    /// <summary>The bundle as it is stored.</summary>
    public static byte[] SealBundle(ReadOnlySpan<byte> publicKey, byte[] bundle, SessionReference session, Address provider) =>
        Hpke.Seal(publicKey, session.Info(BundlePurpose, provider), aad: [], bundle);

    /// <summary>The announcement of a stored bundle.</summary>
    public static byte[] Announce(ReadOnlySpan<byte> publicKey, byte[] bundle, Cid stored, SessionReference session, Address provider)
    {
        ArgumentNullException.ThrowIfNull(stored);
        var hash = SHA256.HashData(bundle);
        return [.. hash, .. Hpke.Seal(publicKey, session.Info(CidPurpose, provider), hash, stored.ToArray())];
    }

    /// <summary>Reads an announcement.</summary>
    /// <exception cref="FeatureException">It has another length.</exception>
    public static SealedFeatures Read(byte[] announcement)
    {
        ArgumentNullException.ThrowIfNull(announcement);
        return announcement.Length == Length
            ? new SealedFeatures(announcement[..SHA256.HashSizeInBytes], announcement[SHA256.HashSizeInBytes..])
            : throw new FeatureException($"An announcement of features has {Length} bytes; this one has {announcement.Length}.");
    }

    /// <summary>Where the sealed bundle is.</summary>
    /// <exception cref="FeatureException">The announcement was not sealed to this session's key by this provider.</exception>
    public Cid OpenCid(P256KeyPair pair, SessionReference session, Address provider)
    {
        using var cid = Open(pair, session.Info(CidPurpose, provider), BundleHash, SealedCid, "announcement");
        return Cid.TryReadBinary(cid.Reveal(), out var parsed) ? parsed : throw new FeatureException("The announcement opens, but holds no CID.");
    }

    /// <summary>The bundle's bytes.</summary>
    /// <exception cref="FeatureException">It was not sealed to this session's key by this provider, or is not the announced one.</exception>
    public byte[] OpenBundle(P256KeyPair pair, byte[] stored, SessionReference session, Address provider)
    {
        using var bundle = Open(pair, session.Info(BundlePurpose, provider), [], stored, "stored bundle");
        return IsAnnounced(bundle.Reveal()) ? bundle.Reveal().ToArray() : throw new FeatureException("The stored bundle is not the one whose hash was announced on chain.");
    }

    /// <summary>Whether these bytes are the bundle whose hash stands on chain.</summary>
    public bool IsAnnounced(ReadOnlySpan<byte> bundle) => SHA256.HashData(bundle).AsSpan().SequenceEqual(BundleHash);

    private static Secret Open(P256KeyPair pair, byte[] info, byte[] aad, byte[] message, string what)
    {
        try
        {
            return Hpke.Open(pair, info, aad, message);
        }
        catch (HpkeException e)
        {
            throw new FeatureException($"The {what} does not open: {e.Message} Was it copied from another provider or session?", e);
        }
    }
}
