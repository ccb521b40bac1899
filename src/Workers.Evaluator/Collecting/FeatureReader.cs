using Ethereum;
using Mechanisms.Learning;
using Workers.Evaluator.Agreements;
using Workers.Evaluator.Features;
using Workers.Evaluator.Sessions;
using Workers.Evaluator.Shards;
using Workers.Hosting.Cryptography;

namespace Workers.Evaluator.Collecting;

/// <summary>What a provider submitted, opened, with what it has to fit.</summary>
/// <param name="Shards">How many were sampled.</param>
/// <param name="Expected">The features' shape by sample and extractor, samples first.</param>
/// <param name="Bytes">The bundle, as its hash stands on chain.</param>
public sealed record SubmittedFeatures(SessionAgreement Agreement, Extractor Extractor, int Shards, Shape Expected, byte[] Bytes);

/// <summary>Fetches and opens a provider's features for their collector.</summary>
public sealed class FeatureReader(SessionChain chain, AgreementReader agreements, KeyVault vault)
{
    /// <param name="participant">With its sampling and its submission.</param>
    /// <exception cref="FeatureException">They were not sealed to this session by this provider, or are not the announced ones.</exception>
    /// <exception cref="AgreementException">They are larger than features of this session can be.</exception>
    public async Task<SubmittedFeatures> OpenAsync(CollectionRow row, SessionTerms terms, Participant participant, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(participant);
        var agreement = await agreements.AgreementAsync(terms, cancellationToken);
        var extractor = await agreements.ExtractorAsync(terms, agreement, cancellationToken);
        var shards = ShardTree.Sample(participant.Registration.Fact.Shards, terms.SampleShare, participant.Sampling!.Fact.Seed).Count;
        var expected = extractor.Features(shards * agreement.Shards.Samples);

        var announced = SealedFeatures.Read(participant.Submission!.Fact.SealedFeatures);
        using var pair = CollectionKeys.FeaturesKey(row, vault);
        var (reference, provider) = (chain.Reference(row.SessionId), Address.Parse(participant.Account));
        var stored = await agreements.ReadAsync(announced.OpenCid(pair, reference, provider), FeatureBundle.LengthOf(expected) + Hpke.Overhead, cancellationToken);
        return new SubmittedFeatures(agreement, extractor, shards, expected, announced.OpenBundle(pair, stored, reference, provider));
    }
}
