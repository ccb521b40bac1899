using System.Text.Json;
using ContentStore;
using Ethereum;
using Workers.Evaluator.Features;
using Workers.Hosting.Cryptography;

namespace Workers.Evaluator.Arbitrating;

/// <summary>
/// What a collector shows to accuse a candidate: a JSON document in one raw block, whose SHA-256 it records in the communication log under the session's id.
/// With it anybody can open the candidate's session key and sampled shards, and compare features.
/// </summary>
/// <param name="Version">1.</param>
/// <param name="ReviewKey">The private half of the agreement's key for the review: 32 bytes. It opens nothing but this candidate's session key.</param>
/// <param name="Features">CID of the features that the candidate submitted, opened; their hash stands on chain.</param>
public sealed record Evidence(int Version, string Session, string Provider, byte[] ReviewKey, string Features)
{
    /// <summary>Longest document that is read, in bytes.</summary>
    public const int MaxBytes = 4_096;

    /// <summary>Kind of the record: something was stored where others can read it (ICommunicationLog.Kind.RemoteStore).</summary>
    public const byte Kind = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The document.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Where a recorded document is.</summary>
    public static Cid CidOf(Hash32 hash) => new(CidCodec.Raw, hash.ToArray());

    /// <summary>Reads what a collector wrote.</summary>
    /// <exception cref="FormatException">It is malformed.</exception>
    public static Evidence Read(byte[] document)
    {
        try
        {
            return JsonSerializer.Deserialize<Evidence>(document, Json) is { Version: 1, Session: not null, Provider: not null, ReviewKey: not null, Features: not null } evidence
                ? evidence
                : throw new FormatException("The evidence leaves something out, or is of another version.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"The evidence is no JSON document of this form: {e.Message}", e);
        }
    }

    /// <summary>The key in it, once it is about this candidate and belongs to the agreement: an honest provider's session key opens with no other.</summary>
    /// <param name="agreedKey">The public half, as the agreement has it.</param>
    /// <exception cref="FormatException">It is about another session or provider, or its key is another one.</exception>
    /// <exception cref="HpkeException">What it has for a key is none.</exception>
    public P256KeyPair OpenKey(string sessionId, string provider, ReadOnlySpan<byte> agreedKey)
    {
        if (Session != sessionId || Provider != provider)
        {
            throw new FormatException("It is about another session or provider.");
        }

        var pair = P256KeyPair.FromPrivateKey(ReviewKey);
        if (!pair.PublicKey.SequenceEqual(agreedKey))
        {
            pair.Dispose();
            throw new FormatException("The key in it does not belong to the agreement's.");
        }

        return pair;
    }

    /// <summary>Holds features in evidence against what the candidate announced on chain.</summary>
    /// <exception cref="FormatException">They are others.</exception>
    public static void CheckAnnounced(byte[] announcement, byte[] bundle)
    {
        if (!SealedFeatures.Read(announcement).IsAnnounced(bundle))
        {
            throw new FormatException("The features in it are not those that the candidate announced.");
        }
    }

    /// <summary>Says nothing of the key.</summary>
    public override string ToString() => $"evidence against {Provider} in {Session}";
}
