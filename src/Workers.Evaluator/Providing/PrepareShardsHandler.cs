using System.Security.Cryptography;
using ContentStore;
using Ethereum;
using Mechanisms.Datasets;
using Mechanisms.Learning.Training;
using Microsoft.Extensions.Options;
using Workers.Evaluator.Agreements;
using Workers.Evaluator.Sessions;
using Workers.Evaluator.Shards;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;

namespace Workers.Evaluator.Providing;

/// <summary>Cut, seal and store the shards for a session.</summary>
public sealed record PrepareShards(string SessionId);

/// <summary>
/// Picks the dataset that fits the agreement, cuts it, seals every shard under a key of its own and stores them. Nothing is announced. When this
/// stops in the middle, it begins again under fresh keys, and what was stored stays unreadable.
/// </summary>
public sealed class PrepareShardsHandler(
    EvaluatorDb db,
    SessionChain chain,
    AgreementReader agreements,
    IContentStore content,
    KeyVault vault,
    IOptions<ProvidingOptions> options) : IHandler<PrepareShards>
{
    /// <inheritdoc/>
    public async Task HandleAsync(PrepareShards message, CancellationToken cancellationToken)
    {
        var row = await db.Provisions.FindAsync([message.SessionId], cancellationToken)
            ?? throw new RejectedException($"Session {message.SessionId} was never judged here.");
        var session = await chain.SessionAsync(message.SessionId, cancellationToken);
        if (row.State != ProvisionState.Preparing || session.Terms is not { } terms)
        {
            return;
        }

        try
        {
            var agreement = await agreements.AgreementAsync(terms, cancellationToken);
            _ = await agreements.ExtractorAsync(terms, agreement, cancellationToken);
            var (name, shards) = await CutAsync(agreement, cancellationToken);
            if (ProvidingPolicy.Objection(terms, shards.Count, options.Value) is { } objection)
            {
                throw new AgreementException($"The dataset '{name}' does not go into it: {objection}.");
            }

            (row.Dataset, row.Shards) = (name, shards.Count);
            using var keys = ProvisionKeys.Generate();
            row.RetrievalKeys = await SealAsync(shards, keys, chain.Reference(session.Id), Address.Parse(row.Account), cancellationToken);
            keys.KeepIn(row, vault);
            row.State = ProvisionState.Prepared;
        }
        catch (Exception e) when (e is AgreementException or DatasetFileException or TrainingException)
        {
            (row.State, row.Reason) = (ProvisionState.Declined, e.Message);
        }

        db.Publish(new SessionChanged(session.Id));
    }

    private async Task<(string Name, IReadOnlyList<Dataset> Shards)> CutAsync(SessionAgreement agreement, CancellationToken cancellationToken)
    {
        var configuration = agreement.Shards.ToConfiguration();
        var unfit = new List<string>();
        foreach (var offered in options.Value.Datasets)
        {
            var data = await DatasetFiles.ReadAsync(offered, cancellationToken);
            if (data.SampleShape.Extents.SequenceEqual(configuration.SampleShape) && data.Classes == configuration.Classes && data.Count >= configuration.SamplesPerShard)
            {
                // More shards than the contract takes would be cut off evenly: each is drawn at random.
                return (offered.Name, [.. configuration.Split(data, RandomNumberGenerator.GetInt32(int.MaxValue)).Take(4_000)]);
            }

            unfit.Add($"'{offered.Name}' has {data.Count} samples of {data.SampleShape} in {data.Classes} classes");
        }

        throw new AgreementException(
            $"No dataset fits shards of {configuration.SamplesPerShard} samples of ({string.Join(", ", configuration.SampleShape)}) in {configuration.Classes} classes: {string.Join("; ", unfit)}.");
    }

    private async Task<byte[]> SealAsync(IReadOnlyList<Dataset> shards, ProvisionKeys keys, SessionReference session, Address provider, CancellationToken cancellationToken)
    {
        var retrievalKeys = new byte[shards.Count * Hash32.Size];
        await Parallel.ForAsync(0, shards.Count, cancellationToken, async (i, token) =>
        {
            using var key = keys.ContentKey(i, session, provider);
            var block = SealedShard.Seal(ShardFile.Write(shards[i]), key, i, shards.Count);
            using var stream = new MemoryStream(block, writable: false);
            var stored = await content.PutAsync(stream, token);
            stored.Root.Digest.CopyTo(retrievalKeys.AsSpan(i * Hash32.Size));
        });
        return retrievalKeys;
    }
}
