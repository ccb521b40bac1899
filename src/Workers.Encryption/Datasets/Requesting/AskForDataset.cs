using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Workers.Encryption.Datasets.Delivering;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Transactions;

namespace Workers.Encryption.Datasets.Requesting;

/// <summary>Makes a key pair for one request and queues the request.</summary>
public sealed class AskForDataset(EncryptionDb db, DatasetChain chain, KeyVault vault, MainAccount account, TimeProvider clock)
{
    /// <summary>Asks for the data of a token that the worker's account owns.</summary>
    /// <param name="id">The caller's id for it: asking under the same id twice is one request.</param>
    /// <param name="tokenId">0x hex.</param>
    /// <exception cref="FormatException">Not a token's number.</exception>
    public async Task<AskedDatasetRow> RunAsync(Guid id, string tokenId, CancellationToken cancellationToken)
    {
        if (await db.AskedDatasets.FindAsync([id], cancellationToken) is { } asked)
        {
            return asked;
        }

        var number = TokenNumber.Parse(tokenId);
        using var pair = P256KeyPair.Generate();
        using var privateKey = pair.ExportPrivateKey();
        asked = new AskedDatasetRow
        {
            Id = id,
            TokenId = TokenNumber.Text(number),
            PublicKey = pair.PublicKey.ToArray(),
            WrappedPrivateKey = vault.Wrap(privateKey, Purpose(id)),
            AskedAt = clock.GetUtcNow(),
        };
        db.AskedDatasets.Add(asked);
        await db.SubmitAsync(Key(id), account.Address, chain.Contract, new DatasetMarket.RequestDataCall(number, asked.PublicKey).Encode(), cancellationToken);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return asked;
        }
        catch (DbUpdateException)
        {
            // Another request with this id came in between; its key is the one.
            db.ChangeTracker.Clear();
            if (await db.AskedDatasets.FindAsync([id], cancellationToken) is { } first)
            {
                return first;
            }

            throw;
        }
    }

    /// <summary>The transaction that asks.</summary>
    internal static string Key(Guid id) => $"ask/{id}";

    /// <summary>What the private key is for.</summary>
    internal static string Purpose(Guid id) => $"private key of the request for a dataset {id}";
}
