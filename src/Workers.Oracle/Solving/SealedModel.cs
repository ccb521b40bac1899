using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ContentStore;
using Ethereum;
using Mechanisms.PrivacyGame.Models;
using Workers.Hosting.Cryptography;

namespace Workers.Oracle.Solving;

/// <summary>Somebody who shall be able to open a model: a node of the committee, or the group, whose account is the zero address here.</summary>
/// <param name="PublicKey">Uncompressed P-256 point.</param>
public readonly record struct ModelRecipient(Address Account, ReadOnlyMemory<byte> PublicKey);

/// <summary>
/// A model with its watermark's key, sealed to the group and to the committee's nodes. Its head is one raw block, whose SHA-256 stands in the proposal: "PGS1" ‖ CID of the body (36) ‖
/// for each recipient account (20) ‖ HPKE of the content key (113: enc ‖ ciphertext ‖ tag). The body is a file: nonce (12) ‖ AES-256-GCM of (watermark key (32) ‖ model) ‖ tag (16). All
/// is bound to chain, contract and request; a key also to its recipient.
/// </summary>
public sealed record SealedModel(byte[] Head, byte[] Body)
{
    /// <summary>Longest head in bytes: with the group and 15 nodes it is far shorter.</summary>
    public const int MaxHeadBytes = 1 << 12;

    /// <summary>Longest body in bytes.</summary>
    public const int MaxBodyBytes = PrivacyModelFile.MaxBytes + Watermark.KeyLength + NonceLength + TagLength;

    private const int KeyLength = 32, NonceLength = 12, TagLength = 16, EntryLength = Address.Size + Hpke.Overhead + KeyLength;
    private const string KeyPurpose = "data-market/model-key/v1", BodyPurpose = "data-market/model/v1";

    private static ReadOnlySpan<byte> Magic => "PGS1"u8;

    /// <summary>The group among the recipients.</summary>
    public static Address Group => Address.Zero;

    /// <summary>Where the head is that a proposal names.</summary>
    public static Cid CidOf(string content) => new(CidCodec.Raw, Hash32.Parse(content).ToArray());

    /// <summary>Seals a model.</summary>
    /// <param name="store">Stores the body and says where it is.</param>
    public static async Task<SealedModel> SealAsync(
        ModelReference reference, byte[] model, Secret watermarkKey, IEnumerable<ModelRecipient> recipients, Func<byte[], Task<Cid>> store)
    {
        using var key = Secret.Random(KeyLength);
        var body = new byte[NonceLength + Watermark.KeyLength + model.Length + TagLength];
        RandomNumberGenerator.Fill(body.AsSpan(0, NonceLength));
        byte[] plain = [.. watermarkKey.Reveal(), .. model];
        using (var gcm = new AesGcm(key.Reveal(), TagLength))
        {
            gcm.Encrypt(body.AsSpan(0, NonceLength), plain, body.AsSpan(NonceLength..^TagLength), body.AsSpan(^TagLength..), reference.Info(BodyPurpose));
        }

        CryptographicOperations.ZeroMemory(plain);
        var cid = await store(body);
        List<byte> head = [.. Magic, .. cid.ToArray()];
        foreach (var (account, publicKey) in recipients)
        {
            head.AddRange(account.ToArray());
            head.AddRange(Hpke.Seal(publicKey.Span, reference.Info(KeyPurpose, account), aad: [], key.Reveal()));
        }

        return new SealedModel([.. head], body);
    }

    /// <summary>Where the body of a head is.</summary>
    /// <exception cref="SealedModelException">It is no head.</exception>
    public static Cid BodyOf(ReadOnlySpan<byte> head) =>
        head.Length >= Magic.Length + Cid.BinaryLength && (head.Length - Magic.Length - Cid.BinaryLength) % EntryLength == 0 && head.StartsWith(Magic)
            && Cid.TryReadBinary(head.Slice(Magic.Length, Cid.BinaryLength), out var cid)
            ? cid
            : throw new SealedModelException("The block that the proposal names is no sealed model.");

    /// <summary>Opens the model.</summary>
    /// <param name="account">Who opens it: <see cref="Group"/>, or a node.</param>
    /// <returns>The model's bytes and the watermark's key, which the caller disposes.</returns>
    /// <exception cref="SealedModelException">It is not sealed to this account's key for this request.</exception>
    public (byte[] Model, Secret WatermarkKey) Open(ModelReference reference, Address account, P256KeyPair pair)
    {
        _ = BodyOf(Head);
        for (var at = Magic.Length + Cid.BinaryLength; at < Head.Length; at += EntryLength)
        {
            if (Head.AsSpan(at, Address.Size).SequenceEqual(account.ToArray()))
            {
                return Open(reference, account, pair, Head.AsSpan(at + Address.Size, EntryLength - Address.Size));
            }
        }

        throw new SealedModelException("The model is not sealed to this account.");
    }

    private (byte[] Model, Secret WatermarkKey) Open(ModelReference reference, Address account, P256KeyPair pair, ReadOnlySpan<byte> sealedKey)
    {
        if (Body.Length < NonceLength + Watermark.KeyLength + TagLength)
        {
            throw new SealedModelException("The sealed model is too short.");
        }

        var plain = new byte[Body.Length - NonceLength - TagLength];
        try
        {
            using var key = Hpke.Open(pair, reference.Info(KeyPurpose, account), aad: [], sealedKey);
            using var gcm = new AesGcm(key.Reveal(), TagLength);
            gcm.Decrypt(Body.AsSpan(0, NonceLength), Body.AsSpan(NonceLength..^TagLength), Body.AsSpan(^TagLength..), plain, reference.Info(BodyPurpose));
            return (plain[Watermark.KeyLength..], Secret.CopyOf(plain.AsSpan(0, Watermark.KeyLength)));
        }
        catch (CryptographicException e)
        {
            throw new SealedModelException($"The model does not open with this key: {e.Message}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }
}

/// <summary>Which request of which contract on which chain.</summary>
public readonly record struct ModelReference(ulong ChainId, Address Contract, Hash32 RequestId)
{
    /// <summary>UTF-8 of the purpose ‖ chain id (8, big-endian) ‖ contract (20) ‖ request (32) ‖ account (20, where there is one).</summary>
    internal byte[] Info(string purpose, Address? account = null)
    {
        var chain = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(chain, ChainId);
        return [.. Encoding.UTF8.GetBytes(purpose), .. chain, .. Contract.ToArray(), .. RequestId.ToArray(), .. account?.ToArray() ?? []];
    }
}

/// <summary>A sealed model that this house cannot open.</summary>
public sealed class SealedModelException(string message) : Exception(message);
