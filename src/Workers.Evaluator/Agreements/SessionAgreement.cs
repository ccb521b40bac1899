using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using ContentStore;
using Ethereum;
using Mechanisms.Datasets;
using Mechanisms.Learning.Training;
using Workers.Evaluator.Shards;
using Workers.Hosting.Cryptography;

namespace Workers.Evaluator.Agreements;

/// <summary>An agreement, or the extractor that it names, that nobody should join; the message says why.</summary>
public sealed class AgreementException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// All that a session's parties agree on beside the contract's terms: a JSON document whose SHA-256 the terms name, stored as one raw block, so
/// that its hash is its CID.
/// </summary>
/// <param name="Version">1.</param>
/// <param name="Title">What the collector wants to learn, for people; at most 200 characters.</param>
/// <param name="ExtractorCid">The obfuscated extractor, an ONNX file whose SHA-256 the terms name.</param>
/// <param name="ExtractorBytes">Its length.</param>
/// <param name="FeaturesKey">P-256 key to which features are sealed, 65 bytes.</param>
/// <param name="ReviewKey">P-256 key to which the candidate's session key is sealed; its private half may be shown to an arbiter.</param>
/// <param name="Preprocessing">What is done to samples before they are sharded, for people; at most 2,000 characters.</param>
/// <param name="FeatureTolerance">How far recomputed features may differ, as a share of the largest magnitude among them.</param>
public sealed record SessionAgreement(
    int Version,
    string Title,
    string ExtractorCid,
    long ExtractorBytes,
    byte[] FeaturesKey,
    byte[] ReviewKey,
    AgreedShards Shards,
    string Preprocessing,
    AgreedRecipe Recipe,
    double FeatureTolerance)
{
    /// <summary>Longest document that is read, in bytes.</summary>
    public const int MaxBytes = 64 << 10;

    /// <summary>Longest extractor, in bytes.</summary>
    public const long MaxExtractorBytes = 64L << 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };

    /// <summary>The document.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Where the document of a session's terms is.</summary>
    public static Cid CidOf(Hash32 hash) => new(CidCodec.Raw, hash.ToArray());

    /// <summary>The hash that stands in the terms.</summary>
    public static Hash32 HashOf(byte[] document) => new(SHA256.HashData(document));

    /// <summary>Reads and checks what somebody else wrote.</summary>
    /// <exception cref="AgreementException">It is malformed, or asks for what cannot be.</exception>
    public static SessionAgreement Read(byte[] document)
    {
        SessionAgreement agreement;
        try
        {
            agreement = JsonSerializer.Deserialize<SessionAgreement>(document, Json) ?? throw new AgreementException("The agreement is the JSON value null.");
        }
        catch (JsonException e)
        {
            throw new AgreementException($"The agreement is not the JSON document that this version knows: {e.Message}", e);
        }

        agreement.Check();
        return agreement;
    }

    private void Check()
    {
        Require(Version == 1, $"is of version {Version}; this worker knows version 1");
        Require(Title is { Length: > 0 and <= 200 }, "has no title, or one of more than 200 characters");
        Require(Preprocessing is { Length: <= 2_000 }, "has no preprocessing, or one of more than 2,000 characters");
        Require(Cid.TryParse(ExtractorCid, out _), "does not say where the extractor is");
        Require(ExtractorBytes is > 0 and <= MaxExtractorBytes, $"has an extractor of {ExtractorBytes} bytes; 1 to {MaxExtractorBytes} are possible");
        Require(FeatureTolerance is >= 0 and <= 1, "has a feature tolerance that is not from 0 to 1");
        Require(Shards is not null && Recipe is not null && FeaturesKey is not null && ReviewKey is not null, "leaves out shards, recipe or keys");
        try
        {
            P256KeyPair.CheckPublicKey(FeaturesKey);
            P256KeyPair.CheckPublicKey(ReviewKey);
            var sealedLength = ShardFile.LengthOf(Shards!.ToConfiguration()) + SealedShard.Overhead;
            Require(sealedLength <= SealedShard.MaxLength, $"asks for shards of {sealedLength} bytes when sealed; {SealedShard.MaxLength} fit one block: take fewer samples per shard");
            _ = Recipe!.ToRecipe().Layers(Shards.Classes);
        }
        catch (Exception e) when (e is HpkeException or ArgumentException or TrainingException)
        {
            throw new AgreementException($"The agreement cannot be kept: {e.Message}", e);
        }
    }

    private static void Require(bool met, string otherwise)
    {
        if (!met)
        {
            throw new AgreementException($"The agreement {otherwise}.");
        }
    }
}

/// <summary>The shards that a session asks for; see <see cref="ShardConfiguration"/>.</summary>
public sealed record AgreedShards(int Samples, ImmutableArray<int> SampleShape, int Classes)
{
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public ShardConfiguration ToConfiguration() => new(Samples, SampleShape.IsDefault ? [] : SampleShape, Classes);
}

/// <summary>How every provider's features are scored; see <see cref="TrainingRecipe"/>.</summary>
public sealed record AgreedRecipe(int Epochs, int BatchSize, float LearningRate, float Dropout, ImmutableArray<int> HiddenLayers, ulong Seed)
{
    /// <summary>As the trainer takes it.</summary>
    public TrainingRecipe ToRecipe() => new()
    {
        Epochs = Epochs,
        BatchSize = BatchSize,
        LearningRate = LearningRate,
        Dropout = Dropout,
        HiddenLayers = HiddenLayers.IsDefault ? [] : HiddenLayers,
        Seed = Seed,
    };
}
