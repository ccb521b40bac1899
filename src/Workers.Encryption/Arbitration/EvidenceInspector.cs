using ContentStore;
using Ethereum;
using Workers.Encryption.Market;
using Workers.Encryption.Sealing;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Arbitration;

/// <summary>Repeats what the buyer says it saw, from what stands on chain and in the content store.</summary>
public sealed class EvidenceInspector(TradeChain chain, SealedBlobReader blobs)
{
    /// <summary>Inspects a disputed trade.</summary>
    /// <exception cref="TooEarlyException">The record of the seal, or the disputed answer, has not come yet.</exception>
    public async Task<Finding> InspectAsync(TradeRow trade, CancellationToken cancellationToken)
    {
        var seal = await chain.FinalSealAsync(trade.SealId, cancellationToken);
        var answer = trade.EncryptedKey ?? throw new TooEarlyException($"the answer of the disputed trade {trade.TradeId}", TimeSpan.FromSeconds(2));
        if (trade.Evidence is not { Length: P256KeyPair.PrivateKeyLength } evidence)
        {
            return await InspectBlobAsync(seal, key: null, cancellationToken);
        }

        if (PairOf(evidence, trade.PublicKey) is not { } pair)
        {
            return Finding.EvidenceIsNotTheTradesKey;
        }

        using (pair)
        {
            try
            {
                using var key = TradeAnswer.Open(pair, answer, chain.Reference(trade.TradeId));
                return SealIdentity.KeyCommitment(Hash32.Parse(seal.SealId), key) == Hash32.Parse(seal.KeyCommitment)
                    ? await InspectBlobAsync(seal, key, cancellationToken)
                    : Finding.KeyIsNotTheCommittedOne;
            }
            catch (HpkeException)
            {
                return Finding.AnswerDoesNotOpen;
            }
        }
    }

    private async Task<Finding> InspectBlobAsync(ListedSealRow seal, Secret? key, CancellationToken cancellationToken)
    {
        try
        {
            await blobs.CheckAsync(seal, key, cancellationToken);
            return Finding.AnswerIsGood;
        }
        catch (SealedBlobException e)
        {
            return e.Error == SealedBlobError.TooLarge ? Finding.BlobIsTooLarge : Finding.BlobDoesNotOpen;
        }
        catch (ContentTooLargeException)
        {
            return Finding.BlobIsTooLarge;
        }
        catch (ContentMalformedException)
        {
            return Finding.BlobDoesNotOpen;
        }
        catch (ContentStoreException)
        {
            return Finding.BlobIsMissing;
        }
    }

    private static P256KeyPair? PairOf(byte[] privateKey, byte[] publicKey)
    {
        try
        {
            var pair = P256KeyPair.FromPrivateKey(privateKey);
            if (pair.PublicKey.SequenceEqual(publicKey))
            {
                return pair;
            }

            pair.Dispose();
            return null;
        }
        catch (HpkeException)
        {
            return null;
        }
    }
}
