using ContentStore;
using Ethereum;
using Ethereum.Contracts;
using Mechanisms.Datasets;
using Microsoft.Extensions.Options;
using Workers.Evaluator.Agreements;
using Workers.Evaluator.Features;
using Workers.Evaluator.Sessions;
using Workers.Evaluator.Shards;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;

namespace Workers.Evaluator.Providing;

/// <summary>Compute the features of the sample that this seed draws.</summary>
public sealed record ComputeFeatures(string SessionId, uint Seed);

/// <summary>Takes the sampled shards from the store as the collector will, runs the extractor over them, seals and announces the features.</summary>
public sealed class ComputeFeaturesHandler(
    EvaluatorDb db,
    SessionChain chain,
    AgreementReader agreements,
    IContentStore content,
    KeyVault vault,
    IOptions<EvaluatorOptions> options) : IHandler<ComputeFeatures>
{
    /// <inheritdoc/>
    public async Task HandleAsync(ComputeFeatures message, CancellationToken cancellationToken)
    {
        var row = await db.Provisions.FindAsync([message.SessionId], cancellationToken)
            ?? throw new RejectedException($"Session {message.SessionId} was never joined here.");
        var session = await chain.SessionAsync(message.SessionId, cancellationToken);
        var me = session.Participants.GetValueOrDefault(row.Account);
        if (me?.Sampling?.Fact.Seed != message.Seed || me.Submission is not null || session is not { State: SessionState.Pending, Terms: { } terms })
        {
            // The draw may have vanished in a reorganisation; if it comes back, this is done again.
            row.FeaturesSeed = null;
            return;
        }

        var agreement = await agreements.AgreementAsync(terms, cancellationToken);
        var extractor = await agreements.ExtractorAsync(terms, agreement, cancellationToken);
        var (reference, account) = (chain.Reference(session.Id), Address.Parse(row.Account));
        var samples = await SampleAsync(row, terms, agreement, message.Seed, reference, cancellationToken);
        var bundle = new FeatureBundle(extractor.Extract(samples, options.Value.ThreadCount, cancellationToken), samples.Labels).Write();
        using var stream = new MemoryStream(SealedFeatures.SealBundle(agreement.FeaturesKey, bundle, reference, account), writable: false);
        var stored = await content.PutAsync(stream, cancellationToken);
        var announcement = SealedFeatures.Announce(agreement.FeaturesKey, bundle, stored.Root, reference, account);
        await db.SubmitAsync(
            $"session/{session.Id}/features", account, chain.Contract, new TradingSessions.SubmitFeaturesCall(terms.ToCall(), announcement).Encode(), cancellationToken);
    }

    private async Task<Dataset> SampleAsync(
        ProvisionRow row, SessionTerms terms, SessionAgreement agreement, uint seed, SessionReference reference, CancellationToken cancellationToken)
    {
        using var keys = ProvisionKeys.Of(row, vault);
        var shards = new List<Dataset>();
        foreach (var position in ShardTree.Sample(row.Shards, terms.SampleShare, seed))
        {
            var cid = SealedShard.CidOf(row.RetrievalKeys.AsSpan(position * Hash32.Size, Hash32.Size));
            var block = await agreements.ReadAsync(cid, SealedShard.MaxLength, cancellationToken);
            using var key = keys.ContentKey(position, reference, Address.Parse(row.Account));
            shards.Add(ShardFile.Read($"shard {position}", SealedShard.Open(block, key), agreement.Shards.ToConfiguration()));
        }

        return Dataset.Concatenate(shards);
    }
}
