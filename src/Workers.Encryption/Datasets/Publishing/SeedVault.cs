using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Mechanisms.Trifork;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Datasets.Publishing;

/// <summary>What brings a dataset back, unwrapped; whoever asked for it disposes it.</summary>
internal sealed record DatasetSecrets(MixPlan Plan, Secret Key, Secret Seed) : IDisposable
{
    public void Dispose()
    {
        Key.Dispose();
        Seed.Dispose();
    }
}

/// <summary>
/// Keeps keys and seeds in their rows. All that recovery goes by is bound to them, so that damage to any of it is told as damage to this dataset
/// before anything is recovered, and no other dataset suffers.
/// </summary>
internal static class SeedVault
{
    public const int Length = 32;

    /// <summary>Puts plan, hash and CID into the row with the wrapped secrets.</summary>
    public static void Keep(this KeyVault vault, DatasetRow row, SealedDataset blob, string contentHash, Secret key, Secret seed)
    {
        (row.Plan, row.ContentHash, row.Cid) = (StoredPlan.Write(blob.Plan), contentHash, blob.Dag.Root.ToString());
        row.WrappedKey = vault.Wrap(key, Purpose(row, "key"));
        row.WrappedSeed = vault.Wrap(seed, Purpose(row, "seed"));
    }

    /// <summary>What brings the dataset back.</summary>
    /// <exception cref="KeyVaultException">The row is damaged, or wrapped under a master key that is not configured.</exception>
    public static DatasetSecrets Open(this KeyVault vault, DatasetRow row)
    {
        var key = vault.Unwrap(row.WrappedKey, Purpose(row, "key"));
        try
        {
            return new DatasetSecrets(StoredPlan.Read(row.Plan!), key, vault.Unwrap(row.WrappedSeed, Purpose(row, "seed")));
        }
        catch (Exception e) when (e is KeyVaultException or JsonException)
        {
            key.Dispose();
            throw e as KeyVaultException ?? new KeyVaultException($"The plan of the dataset {row.Id} is damaged. Restore its row from a backup.", e);
        }
    }

    private static string Purpose(DatasetRow row, string what)
    {
        var bound = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{row.Publisher}\n{row.ContentHash}\n{row.Cid}\n{row.Plan}")));
        return $"{what} of the dataset {row.Id}, bound to {bound}";
    }
}
