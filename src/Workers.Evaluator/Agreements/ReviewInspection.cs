using System.Globalization;
using System.Security.Cryptography;
using Ethereum;
using Mechanisms.Datasets;
using Microsoft.Extensions.Options;
using Workers.Evaluator.Features;
using Workers.Evaluator.Sessions;
using Workers.Evaluator.Shards;
using Workers.Hosting.Cryptography;

namespace Workers.Evaluator.Agreements;

/// <summary>
/// Looks into a candidate's review: do the sampled shards open, and are the submitted features theirs? Collector and arbiter ask the same, and whoever is given the
/// same evidence comes to the same result.
/// </summary>
public sealed class ReviewInspection(AgreementReader agreements, IOptions<EvaluatorOptions> options)
{
    /// <param name="participant">The candidate, with its review.</param>
    /// <param name="sessionKey">What the candidate sealed with its review.</param>
    /// <param name="bundle">The features that it submitted, opened.</param>
    /// <returns>What is wrong, for a person; null when everything is as it should be.</returns>
    /// <exception cref="Workers.Hosting.Messaging.TooEarlyException">A shard cannot be had now.</exception>
    public async Task<string?> ProblemAsync(
        SessionReference session, SessionTerms terms, Participant participant, Secret sessionKey, byte[] bundle, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(participant);
        var agreement = await agreements.AgreementAsync(terms, cancellationToken);
        var extractor = await agreements.ExtractorAsync(terms, agreement, cancellationToken);
        var review = participant.Review!.Fact;
        var sample = ShardTree.Sample(participant.Registration.Fact.Shards, terms.SampleShare, participant.Sampling!.Fact.Seed);
        try
        {
            var shards = new List<Dataset>();
            var seen = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var i = 0; i < sample.Count; i++)
            {
                var block = await FetchAsync(review.Keys[i], sample[i], cancellationToken);
                using var key = ShardKeys.ContentKey(sessionKey, Hash32.Parse(review.Salts[i]), session, Address.Parse(participant.Account));
                var shard = Open(block, key, sample[i]);
                if (!seen.TryAdd(Convert.ToHexStringLower(SHA256.HashData(shard)), sample[i]))
                {
                    return $"Shards {seen[Convert.ToHexStringLower(SHA256.HashData(shard))]} and {sample[i]} hold the same samples.";
                }

                shards.Add(ShardFile.Read($"Shard {sample[i]}", shard, agreement.Shards.ToConfiguration()));
            }

            var samples = Dataset.Concatenate(shards);
            var submitted = FeatureBundle.Read(bundle, extractor.Features(samples.Count), agreement.Shards.Classes);
            return Difference(submitted, new FeatureBundle(extractor.Extract(samples, options.Value.ThreadCount, cancellationToken), samples.Labels), agreement.FeatureTolerance);
        }
        catch (Exception e) when (e is ShardException or DatasetFileException or FeatureException)
        {
            return e.Message;
        }
    }

    /// <summary>Compares submitted features with recomputed ones.</summary>
    /// <param name="tolerance">How far a number may be off, as a share of the largest magnitude among the recomputed ones.</param>
    public static string? Difference(FeatureBundle submitted, FeatureBundle recomputed, double tolerance)
    {
        ArgumentNullException.ThrowIfNull(submitted);
        ArgumentNullException.ThrowIfNull(recomputed);
        for (var i = 0; i < recomputed.Labels.Count; i++)
        {
            if (submitted.Labels[i] != recomputed.Labels[i])
            {
                return $"Sample {i} was submitted with label {submitted.Labels[i]}; its shard says {recomputed.Labels[i]}.";
            }
        }

        var was = submitted.Features.Values;
        var should = recomputed.Features.Values;
        var largest = 0f;
        foreach (var value in should)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        var perSample = should.Length / recomputed.Labels.Count;
        for (var i = 0; i < should.Length; i++)
        {
            if (Math.Abs((double)was[i] - should[i]) > tolerance * largest)
            {
                return string.Create(CultureInfo.InvariantCulture, $"Feature {i % perSample} of sample {i / perSample} was submitted as {was[i]:G6}; the shard's comes out as {should[i]:G6}.");
            }
        }

        return null;
    }

    private async Task<byte[]> FetchAsync(string retrievalKey, int position, CancellationToken cancellationToken)
    {
        try
        {
            return await agreements.ReadAsync(SealedShard.CidOf(Hash32.Parse(retrievalKey).ToArray()), SealedShard.MaxLength, cancellationToken);
        }
        catch (AgreementException e)
        {
            throw new ShardException($"Shard {position} is no sealed shard: {e.Message}", e);
        }
    }

    private static byte[] Open(byte[] block, Secret key, int position)
    {
        try
        {
            return SealedShard.Open(block, key);
        }
        catch (CryptographicException e)
        {
            throw new ShardException($"Shard {position} does not open with the key that was shown: {e.Message}", e);
        }
    }

    private sealed class ShardException(string message, Exception inner) : Exception(message, inner);
}
