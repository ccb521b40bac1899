using System.Security.Cryptography;

namespace Ethereum.Transactions;

/// <summary>Signs with a private key in memory. The secret arithmetic is the platform's, in constant time.</summary>
public sealed class LocalKeySigner : ISigner, IDisposable
{
    private readonly ECDsa _key;
    private readonly ECPoint _public;
    private readonly Lock _lock = new();

    /// <summary>Takes a key; the caller zeroes its own copy.</summary>
    /// <param name="privateKey">32 bytes, big-endian, 1 to n−1.</param>
    /// <exception cref="ArgumentException">Not a private key.</exception>
    public LocalKeySigner(ReadOnlySpan<byte> privateKey)
    {
        if (privateKey.Length != 32 || !privateKey.ContainsAnyExcept((byte)0))
        {
            throw new ArgumentException("A private key has 32 bytes that are not all zero.", nameof(privateKey));
        }

        var secret = privateKey.ToArray();
        try
        {
            _key = ECDsa.Create(new ECParameters { Curve = Secp256k1.Curve, D = secret });
            _public = _key.ExportParameters(includePrivateParameters: false).Q;
        }
        catch (CryptographicException e)
        {
            _key?.Dispose();
            throw new ArgumentException("Not a private key of secp256k1: it must be less than the curve's order.", nameof(privateKey), e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }

        Address = Secp256k1.AddressOf(_public);
    }

    /// <inheritdoc/>
    public Address Address { get; }

    /// <summary>Signs a 32-byte hash.</summary>
    public Signature Sign(Hash32 hash)
    {
        var digest = hash.ToArray();
        while (true)
        {
            byte[] rs;
            lock (_lock)
            {
                rs = _key.SignHash(digest, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            }

            if (Secp256k1.Complete(hash, rs, _public) is { } signature)
            {
                return signature;
            }
        }
    }

    /// <inheritdoc/>
    public Task<SignedTransaction> SignAsync(Transaction transaction, CancellationToken cancellation) =>
        Task.FromResult(SignedTransaction.Of(transaction, Sign(transaction.SigningHash())));

    /// <inheritdoc/>
    public Task<Signature> SignMessageAsync(byte[] message, CancellationToken cancellation) => Task.FromResult(Sign(PersonalMessage.Hash(message)));

    /// <inheritdoc/>
    public Task<Signature> SignTypedDataAsync(TypedData data, CancellationToken cancellation) => Task.FromResult(Sign(data.Hash()));

    /// <summary>Forgets the key.</summary>
    public void Dispose() => _key.Dispose();
}
