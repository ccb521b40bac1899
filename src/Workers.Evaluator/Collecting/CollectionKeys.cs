using System.Buffers.Binary;
using Mechanisms.Learning.Extraction;
using Workers.Hosting.Cryptography;

namespace Workers.Evaluator.Collecting;

/// <summary>Wraps and unwraps a collector's secrets of one session.</summary>
internal static class CollectionKeys
{
    public static byte[] Wrap(P256KeyPair pair, string which, Guid orderId, KeyVault vault)
    {
        using var secret = pair.ExportPrivateKey();
        return vault.Wrap(secret, Purpose(which, orderId));
    }

    public static P256KeyPair FeaturesKey(CollectionRow row, KeyVault vault) => Unwrap(row.WrappedFeaturesKey, "features", row.OrderId, vault);

    public static P256KeyPair ReviewKey(CollectionRow row, KeyVault vault) => Unwrap(row.WrappedReviewKey, "review", row.OrderId, vault);

    public static byte[] Wrap(ObfuscationKey key, Guid orderId, KeyVault vault)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, key.Delta);
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4), key.Sigma);
        using var secret = Secret.CopyOf(bytes);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(bytes);
        return vault.Wrap(secret, Purpose("obfuscation", orderId));
    }

    public static ObfuscationKey Obfuscation(CollectionRow row, KeyVault vault)
    {
        using var secret = vault.Unwrap(row.WrappedObfuscation, Purpose("obfuscation", row.OrderId));
        return new ObfuscationKey(BinaryPrimitives.ReadSingleLittleEndian(secret.Reveal()), BinaryPrimitives.ReadSingleLittleEndian(secret.Reveal()[4..]));
    }

    private static P256KeyPair Unwrap(byte[] wrapped, string which, Guid orderId, KeyVault vault)
    {
        using var secret = vault.Unwrap(wrapped, Purpose(which, orderId));
        return P256KeyPair.FromPrivateKey(secret.Reveal());
    }

    private static string Purpose(string which, Guid orderId) => $"{which} key of session order {orderId}";
}
