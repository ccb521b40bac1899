using System.Security.Cryptography;
using System.Text.Json;
using Ethereum;
using Ethereum.Transactions;
using Mechanisms.Datasets;
using Mechanisms.Learning.Scores;
using Workers.Evaluator.Agreements;

namespace Workers.Evaluator.Collecting;

/// <summary>
/// A provider's score with all that it was computed from, so that a third party that is given the two files of features can compute it again
/// to the last digit. Hashes are SHA-256, lower-case hexadecimal.
/// </summary>
/// <param name="Bundle">Of the provider's features as announced on chain.</param>
/// <param name="Extractor">Of the extractor's file.</param>
/// <param name="Training">Of <c>training.features</c>: the provider's features, restored, with its labels.</param>
/// <param name="Validation">Of <c>validation.features</c>: the collector's, likewise.</param>
/// <param name="Lower">Of Wilson's 95 % interval, as <paramref name="Upper"/>.</param>
/// <param name="Neighbours">K of the KNN-Shapley values.</param>
/// <param name="ShardValues">KNN-Shapley value of each sampled shard, in the sample's order; they sum up to the K-nearest-neighbour accuracy.</param>
public sealed record ScoreReport(
    string Session,
    string Provider,
    string Bundle,
    string Extractor,
    string Training,
    string Validation,
    AgreedRecipe Recipe,
    int Correct,
    int Total,
    double Lower,
    double Upper,
    int Neighbours,
    IReadOnlyList<double> ShardValues)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The report and the collector's signature over it (EIP-191), as one JSON document.</summary>
    public async Task<string> SignAsync(ISigner signer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(signer);
        var text = JsonSerializer.Serialize(this, Json);
        var signature = await signer.SignMessageAsync(System.Text.Encoding.UTF8.GetBytes(text), cancellationToken);
        return JsonSerializer.Serialize(new Signed(text, signer.Address.ToString(), Hex.ToString(PersonalMessage.ToBytes(signature))), Json);
    }

    /// <summary>Reads a signed report.</summary>
    /// <returns>The report and whose it is.</returns>
    /// <exception cref="FormatException">It is malformed, or the signature is not the named account's.</exception>
    public static (ScoreReport Report, Address Collector) Read(string document)
    {
        try
        {
            var signed = JsonSerializer.Deserialize<Signed>(document, Json) ?? throw new FormatException("The report is the JSON value null.");
            var signer = PersonalMessage.FromBytes(Hex.Parse(signed.Signature)).Recover(PersonalMessage.Hash(System.Text.Encoding.UTF8.GetBytes(signed.Report)));
            return signer == Address.Parse(signed.Collector)
                ? (JsonSerializer.Deserialize<ScoreReport>(signed.Report, Json)!, signer)
                : throw new FormatException($"The report is signed by {signer}, not by {signed.Collector}: it was changed.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"The report is no JSON document: {e.Message}", e);
        }
    }

    /// <summary>Computes the score again.</summary>
    /// <param name="training">The file <c>training.features</c>.</param>
    /// <param name="validation">The file <c>validation.features</c>.</param>
    /// <returns>What is different, for a person; null when everything agrees.</returns>
    public string? Differs(byte[] training, byte[] validation, int threads, CancellationToken cancellationToken)
    {
        if (HashOf(training) != Training || HashOf(validation) != Validation)
        {
            return "The files of features are not those that the report names by their hashes.";
        }

        var (train, valid) = (Read(training), Read(validation));
        var score = Evaluation.Score(train, valid, head: null, Recipe.ToRecipe(), threads, cancellationToken);
        if (score.Correct != Correct || score.Total != Total)
        {
            return $"The score comes out as {score.Correct} of {score.Total}; the report says {Correct} of {Total}.";
        }

        var values = ValuesOf(train, valid, ShardValues.Count, Neighbours, threads, cancellationToken);
        return values.SequenceEqual(ShardValues) && score.Lower.Equals(Lower) && score.Upper.Equals(Upper) ? null : "The score agrees; the interval or the shards' values do not.";
    }

    /// <summary>KNN-Shapley values of equally long runs of samples.</summary>
    internal static double[] ValuesOf(Dataset training, Dataset validation, int shards, int neighbours, int threads, CancellationToken cancellationToken)
    {
        var values = KnnShapley.Values(training, validation, neighbours, threads, cancellationToken);
        var perShard = training.Count / shards;
        return KnnShapley.PerShard(values, [.. Enumerable.Range(0, training.Count).Select(i => i / perShard)], shards);
    }

    internal static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    // The hash has been compared, so the file is the collector's own; what it says of itself is still checked against its length.
    private static Dataset Read(byte[] file)
    {
        var head = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(file.AsSpan(8, Math.Max(0, file.Length - 8) & ~3));
        if (head.Length < 4 || head[2] is < 1 or > 8 || head.Length < 3 + head[2])
        {
            throw new FormatException("A file of features ends inside its header.");
        }

        var rank = head[2];
        return ShardFile.Read("features", file, new ShardConfiguration(head[0], [.. head.Slice(3, rank)], head[1]));
    }

    private sealed record Signed(string Report, string Collector, string Signature);
}
