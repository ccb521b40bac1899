using System.Globalization;
using System.Security.Cryptography;
using Ethereum;
using Mechanisms.Datasets;
using Workers.Evaluator.Agreements;
using Workers.Evaluator.Sessions;
using Workers.Evaluator.Shards;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;

namespace Workers.Evaluator.Collecting;

/// <summary>Fetch what was bought.</summary>
public sealed record FetchDataset(string SessionId);

/// <summary>Fetches all of the winner's shards with the claimed keys, opens them and writes one dataset.</summary>
public sealed class FetchDatasetHandler(EvaluatorDb db, SessionChain chain, AgreementReader agreements, CollectorFiles files, KeyVault vault) : IHandler<FetchDataset>
{
    /// <inheritdoc/>
    public async Task HandleAsync(FetchDataset message, CancellationToken cancellationToken)
    {
        var row = await db.Collections.FindAsync([message.SessionId], cancellationToken)
            ?? throw new RejectedException($"Session {message.SessionId} is none of this collector's.");
        var session = await chain.SessionAsync(message.SessionId, cancellationToken);
        if (row.State != CollectionState.Fetching)
        {
            return;
        }

        if (session is not { Claim: { } claim, Terms: { } terms, Candidate: { Review: { } review } winner })
        {
            // The claim vanished in a reorganisation: it is sent again, and fetched again.
            row.State = CollectionState.Open;
            db.Publish(new SessionChanged(session.Id));
            return;
        }

        var agreement = await agreements.AgreementAsync(terms, cancellationToken);
        var (reference, provider) = (chain.Reference(session.Id), Address.Parse(winner.Account));
        using var pair = CollectionKeys.ReviewKey(row, vault);
        using var sessionKey = SealedSessionKey.Open(pair, review.Fact.SealedKey, reference, provider);
        var claimKey = Hash32.Parse(claim.Fact.ClaimKey).ToArray();
        var (shards, broken) = (new List<Dataset>(), new List<string>());
        for (var i = 0; i < claim.Fact.Keys.Length; i++)
        {
            using var key = ShardKeys.ContentKey(sessionKey, ShardKeys.Salt(claimKey, i), reference, provider);
            try
            {
                var block = await agreements.ReadAsync(SealedShard.CidOf(Hash32.Parse(claim.Fact.Keys[i]).ToArray()), SealedShard.MaxLength, cancellationToken);
                shards.Add(ShardFile.Read($"shard {i}", SealedShard.Open(block, key), agreement.Shards.ToConfiguration()));
            }
            catch (Exception e) when (e is CryptographicException or DatasetFileException or AgreementException)
            {
                broken.Add($"shard {i.ToString(CultureInfo.InvariantCulture)}: {e.Message}");
            }
        }

        if (shards.Count > 0)
        {
            var data = Dataset.Concatenate(shards);
            await CollectorFiles.ReplaceAsync(
                files.DatasetFolder(session.Id),
                new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["samples.npy"] = NpyFile.Write(data.Samples), ["labels.npy"] = NpyFile.Write(data.Labels.AsSpan()) },
                cancellationToken);
            row.Samples = data.Count;
        }

        row.State = CollectionState.Delivered;
        row.Problem = broken.Count == 0 ? null : $"{broken.Count} of {claim.Fact.Keys.Length} shards cannot be used; the first: {broken[0]}";
    }
}
