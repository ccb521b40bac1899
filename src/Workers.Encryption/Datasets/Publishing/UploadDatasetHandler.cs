using System.Text.Json;
using ContentStore;
using Ethereum;
using Ethereum.Abi;
using Ethereum.Contracts;
using Microsoft.Extensions.Options;
using Workers.Hosting.Chain;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Encryption.Datasets.Publishing;

/// <summary>Upload a mixed dataset and make its token.</summary>
public sealed record UploadDataset(Guid DatasetId);

/// <summary>Uploads blob and metadata, which the store reads back, and queues the transaction that makes the token and offers it.</summary>
public sealed class UploadDatasetHandler(
    EncryptionDb db, IContentStore content, KeyVault vault, DatasetSource source, DatasetProgress progress, MainAccount account, IOptions<ChainOptions> chain, IOptions<DatasetOptions> options)
    : IHandler<UploadDataset>
{
    /// <inheritdoc/>
    public async Task HandleAsync(UploadDataset message, CancellationToken cancellationToken)
    {
        var dataset = await db.Datasets.FindAsync([message.DatasetId], cancellationToken)
            ?? throw new RejectedException($"The dataset {message.DatasetId} is not in this database.");
        if (dataset.State != DatasetState.Mixed)
        {
            return;
        }

        // A disk that lost or damaged the blob must not make a token of what does not open: mix again.
        if (await UploadAsync(dataset, cancellationToken) is not { } blob)
        {
            (dataset.State, dataset.ContentHash) = (DatasetState.Mixing, null);
            db.Publish(new MixDataset(dataset.Id));
            return;
        }

        var draft = JsonSerializer.Deserialize<DatasetDraft>(dataset.Draft)!;
        using var secrets = vault.Open(dataset);
        using var metadata = new MemoryStream(DatasetMetadata.Write(draft, secrets.Plan, options.Value.PublicAddress), writable: false);
        var described = (await content.PutAsync(metadata, cancellationToken)).Root;
        await content.VerifyAsync(described, progress: null, cancellationToken);

        var (market, digest) = (chain.Value.Contract("DatasetMarket"), new Hash32(described.Digest));
        var call = draft.Offer is { } offer
            ? new DatasetMarket.PublishAndListCall(blob.ToArray(), digest, offer.ToCall()).Encode()
            : new DatasetMarket.PublishCall(blob.ToArray(), digest).Encode();
        await db.SubmitAsync(PublishedDatasetHandler.Key(dataset), account.Address, market, call, cancellationToken);
        dataset.TokenId = TokenOf(market, account.Address, blob.ToArray(), digest).ToString();
        dataset.State = DatasetState.Uploaded;
    }

    private async Task<Cid?> UploadAsync(DatasetRow dataset, CancellationToken cancellationToken)
    {
        var staged = source.Blob(dataset.Id);
        if (!File.Exists(staged))
        {
            return null;
        }

        var uploaded = new Uploaded(new FileInfo(staged).Length);
        using var watching = progress.Watch(dataset.Id, () => uploaded.Progress);
        var dag = await content.PutFileAsync(staged, new PutFileOptions { Immutable = true, Progress = uploaded }, cancellationToken);
        if (dag.Root.ToString() != dataset.Cid)
        {
            return null;
        }

        await content.VerifyAsync(dag.Root, progress: null, cancellationToken);
        return dag.Root;
    }

    /// <summary>The number that the contract gives a dataset's token: see IDatasetMarket.publish and IUniqueToken.</summary>
    internal static Hash32 TokenOf(Address market, Address publisher, byte[] cid, Hash32 metadata)
    {
        var salt = Keccak256.Hash(AbiCodec.Encode(AbiType.Parse("(address,bytes,bytes32)"), [publisher, cid, metadata.ToArray()]));
        return Keccak256.Hash(AbiCodec.Encode(AbiType.Parse("(address,bytes32)"), [market, salt.ToArray()]));
    }

    private sealed class Uploaded(long total) : IProgress<long>
    {
        private long done;

        public StepProgress Progress => new(Interlocked.Read(ref done), total);

        public void Report(long value) => Interlocked.Exchange(ref done, value);
    }
}
