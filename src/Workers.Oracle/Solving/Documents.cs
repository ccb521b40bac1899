using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using ContentStore;
using Ethereum;
using Mechanisms.PrivacyGame.Models;

namespace Workers.Oracle.Solving;

/// <summary>Why a committee gives no model.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RefusalReason>))]
public enum RefusalReason
{
    /// <summary>No node can work by the request's document.</summary>
    UnusableTerms,

    /// <summary>β is more than the most privacy there is.</summary>
    InfeasibleWish,
}

/// <summary>Says to the group and to everybody why there can be no model: JSON in one raw block, whose SHA-256 is the refusal's result.</summary>
/// <param name="Detail">In a sentence, by the node that wrote it.</param>
/// <param name="HighestPrivacy">β_max in kilometres, where β was above it.</param>
public sealed record RefusalDocument(int Version, string Request, RefusalReason Reason, string Detail, double? HighestPrivacy = null)
{
    /// <summary>Longest document that is read, in bytes.</summary>
    public const int MaxBytes = 4_096;

    // The sixth digit may round differently on another kind of processor.
    private const double Tolerance = 1e-6;

    /// <summary>The document's bytes.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, PublicJson.Options);

    /// <summary>Reads what another node wrote; null when it is no such document.</summary>
    public static RefusalDocument? Read(byte[] document)
    {
        try
        {
            return JsonSerializer.Deserialize<RefusalDocument>(document, PublicJson.Options) is { Version: 1 } refusal ? refusal : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether it says what this node found itself.</summary>
    /// <param name="own">Why this node would refuse; null when it would not.</param>
    public bool Agrees(RefusalDocument? own) =>
        own is not null && Request == own.Request && Reason == own.Reason
        && (HighestPrivacy, own.HighestPrivacy) switch
        {
            (null, null) => true,
            ({ } theirs, { } ours) => Math.Abs(theirs - ours) <= Tolerance * Math.Max(1, ours),
            _ => false,
        };
}

/// <summary>What a node rejects a proposal for: JSON in one raw block, whose SHA-256 stands in its signed vote. It names the fault, not what the profiles say.</summary>
/// <param name="Fault">A <see cref="ModelFault"/>, or <c>Refusal</c>, or <c>Malformed</c>.</param>
public sealed record RejectionReport(int Version, string Request, int Attempt, string ProposalHash, string Node, string Fault)
{
    /// <summary>The document's bytes.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, PublicJson.Options);
}

/// <summary>Documents that everybody can read.</summary>
internal static class PublicJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        AllowDuplicateProperties = false,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        MaxDepth = 4,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>SHA-256 of a document.</summary>
    public static string HashOf(byte[] document) => new Hash32(SHA256.HashData(document)).ToString();

    /// <summary>Where a document is.</summary>
    public static Cid CidOf(string hash) => new(CidCodec.Raw, Hash32.Parse(hash).ToArray());
}
