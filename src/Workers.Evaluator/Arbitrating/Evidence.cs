using System.Text.Json;
using ContentStore;
using Ethereum;

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

    /// <summary>Says nothing of the key.</summary>
    public override string ToString() => $"evidence against {Provider} in {Session}";
}
