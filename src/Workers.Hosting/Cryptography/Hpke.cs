using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Workers.Hosting.Cryptography;

/// <summary>
/// Hybrid public key encryption, RFC 9180: base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, single shot.
/// A sealed message is <c>enc (65 bytes) ‖ ciphertext ‖ tag (16 bytes)</c>. Base mode does not authenticate the sender.
/// </summary>
public static class Hpke
{
    /// <summary>What sealing adds to the plaintext, in bytes: the ephemeral public key and the tag.</summary>
    public const int Overhead = P256KeyPair.PublicKeyLength + TagLength;

    private const int TagLength = 16;
    private const int NonceLength = 12;
    private const int HashLength = 32;
    private const ushort KemId = 0x0010; // DHKEM(P-256, HKDF-SHA256), RFC 9180 table 2
    private const ushort KdfId = 0x0001; // HKDF-SHA256, table 3

    /// <summary>An AEAD of RFC 9180, table 5. The product uses the second; the first is in the RFC's own P-256 vectors.</summary>
    internal readonly record struct Aead(ushort Id, int KeyLength)
    {
        internal static readonly Aead Aes128Gcm = new(0x0001, 16);
        internal static readonly Aead Aes256Gcm = new(0x0002, 32);
    }

    /// <summary>Seals <paramref name="plaintext"/> to the holder of <paramref name="recipientPublicKey"/>'s private key.</summary>
    /// <param name="recipientPublicKey">Uncompressed P-256 point, 65 bytes.</param>
    /// <param name="info">What the message is for; opening needs the same bytes.</param>
    /// <param name="aad">Data that is authenticated with the message; opening needs the same bytes.</param>
    /// <param name="plaintext">The message.</param>
    /// <exception cref="HpkeException">The public key is not a valid point.</exception>
    public static byte[] Seal(ReadOnlySpan<byte> recipientPublicKey, ReadOnlySpan<byte> info, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plaintext)
    {
        using var ephemeral = P256KeyPair.Generate();
        return Seal(ephemeral, Aead.Aes256Gcm, recipientPublicKey, info, aad, plaintext);
    }

    /// <summary>Opens what <see cref="Seal(ReadOnlySpan{byte}, ReadOnlySpan{byte}, ReadOnlySpan{byte}, ReadOnlySpan{byte})"/> made.</summary>
    /// <exception cref="HpkeException">Too short, an invalid ephemeral key, or not sealed to this key with this info and aad.</exception>
    public static Secret Open(P256KeyPair recipient, ReadOnlySpan<byte> info, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> message) =>
        Open(recipient, Aead.Aes256Gcm, info, aad, message);

    internal static byte[] Seal(
        P256KeyPair ephemeral, Aead aead, ReadOnlySpan<byte> recipientPublicKey, ReadOnlySpan<byte> info, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plaintext)
    {
        var sharedSecret = SharedSecret(ephemeral, recipientPublicKey, ephemeral.PublicKey, recipientPublicKey);
        Span<byte> keyAndNonce = stackalloc byte[aead.KeyLength + NonceLength];
        try
        {
            ScheduleKey(aead, sharedSecret, info, keyAndNonce);
            var message = new byte[Overhead + plaintext.Length];
            ephemeral.PublicKey.CopyTo(message);
            var sealedPart = message.AsSpan(P256KeyPair.PublicKeyLength);
            using var gcm = new AesGcm(keyAndNonce[..aead.KeyLength], TagLength);
            gcm.Encrypt(keyAndNonce[aead.KeyLength..], plaintext, sealedPart[..^TagLength], sealedPart[^TagLength..], aad);
            return message;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(sharedSecret);
            CryptographicOperations.ZeroMemory(keyAndNonce);
        }
    }

    internal static Secret Open(P256KeyPair recipient, Aead aead, ReadOnlySpan<byte> info, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> message)
    {
        if (message.Length <= Overhead)
        {
            throw new HpkeException($"A message sealed with HPKE has more than {Overhead} bytes; this one has {message.Length}.");
        }

        var enc = message[..P256KeyPair.PublicKeyLength];
        var sharedSecret = SharedSecret(recipient, enc, enc, recipient.PublicKey);
        Span<byte> keyAndNonce = stackalloc byte[aead.KeyLength + NonceLength];
        Span<byte> plaintext = new byte[message.Length - Overhead];
        try
        {
            ScheduleKey(aead, sharedSecret, info, keyAndNonce);
            using var gcm = new AesGcm(keyAndNonce[..aead.KeyLength], TagLength);
            gcm.Decrypt(keyAndNonce[aead.KeyLength..], message[P256KeyPair.PublicKeyLength..^TagLength], message[^TagLength..], plaintext, aad);
            return Secret.CopyOf(plaintext);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new HpkeException("The message was not sealed to this key for this purpose, or it was changed on the way.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(sharedSecret);
            CryptographicOperations.ZeroMemory(keyAndNonce);
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    /// <summary>RFC 9180, section 4.1: Encap and Decap share everything but which side holds the private key.</summary>
    private static byte[] SharedSecret(P256KeyPair own, ReadOnlySpan<byte> other, ReadOnlySpan<byte> enc, ReadOnlySpan<byte> recipientPublicKey)
    {
        Span<byte> suite = stackalloc byte[5];
        "KEM"u8.CopyTo(suite);
        BinaryPrimitives.WriteUInt16BigEndian(suite[3..], KemId);

        Span<byte> kemContext = stackalloc byte[2 * P256KeyPair.PublicKeyLength];
        var dh = own.Agree(other);
        enc.CopyTo(kemContext);
        recipientPublicKey.CopyTo(kemContext[P256KeyPair.PublicKeyLength..]);

        Span<byte> extracted = stackalloc byte[HashLength];
        var shared = new byte[HashLength];
        try
        {
            LabeledExtract(suite, salt: [], "eae_prk", dh, extracted);
            LabeledExpand(suite, extracted, "shared_secret", kemContext, shared);
            return shared;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dh);
            CryptographicOperations.ZeroMemory(extracted);
        }
    }

    /// <summary>RFC 9180, section 5.1, KeySchedule in base mode: no pre-shared key, sequence number 0.</summary>
    private static void ScheduleKey(Aead aead, ReadOnlySpan<byte> sharedSecret, ReadOnlySpan<byte> info, Span<byte> keyAndNonce)
    {
        Span<byte> suite = stackalloc byte[10];
        "HPKE"u8.CopyTo(suite);
        BinaryPrimitives.WriteUInt16BigEndian(suite[4..], KemId);
        BinaryPrimitives.WriteUInt16BigEndian(suite[6..], KdfId);
        BinaryPrimitives.WriteUInt16BigEndian(suite[8..], aead.Id);

        Span<byte> context = stackalloc byte[1 + (2 * HashLength)];
        context[0] = 0; // mode_base
        LabeledExtract(suite, salt: [], "psk_id_hash", ikm: [], context[1..33]);
        LabeledExtract(suite, salt: [], "info_hash", info, context[33..]);

        Span<byte> secret = stackalloc byte[HashLength];
        try
        {
            LabeledExtract(suite, sharedSecret, "secret", ikm: [], secret);
            LabeledExpand(suite, secret, "key", context, keyAndNonce[..aead.KeyLength]);
            LabeledExpand(suite, secret, "base_nonce", context, keyAndNonce[aead.KeyLength..]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>RFC 9180, section 4: Extract over "HPKE-v1" ‖ suite ‖ label ‖ ikm.</summary>
    private static void LabeledExtract(ReadOnlySpan<byte> suite, ReadOnlySpan<byte> salt, string label, ReadOnlySpan<byte> ikm, Span<byte> destination)
    {
        byte[] labeled = [.. "HPKE-v1"u8, .. suite, .. Encoding.ASCII.GetBytes(label), .. ikm];
        HKDF.Extract(HashAlgorithmName.SHA256, labeled, salt, destination);
        CryptographicOperations.ZeroMemory(labeled);
    }

    /// <summary>RFC 9180, section 4: Expand with I2OSP(length, 2) ‖ "HPKE-v1" ‖ suite ‖ label ‖ info.</summary>
    private static void LabeledExpand(ReadOnlySpan<byte> suite, ReadOnlySpan<byte> prk, string label, ReadOnlySpan<byte> info, Span<byte> destination)
    {
        byte[] labeled = [0, (byte)destination.Length, .. "HPKE-v1"u8, .. suite, .. Encoding.ASCII.GetBytes(label), .. info];
        HKDF.Expand(HashAlgorithmName.SHA256, prk, destination, labeled);
    }
}
