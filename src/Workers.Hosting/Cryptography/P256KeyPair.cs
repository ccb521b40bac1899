using System.Security.Cryptography;

namespace Workers.Hosting.Cryptography;

/// <summary>
/// A P-256 key pair for Diffie-Hellman, in RFC 9180's encodings: public keys as uncompressed SEC 1 points (65 bytes, 0x04
/// first), private keys as 32 bytes, big-endian. A buyer makes one for each trade.
/// </summary>
public sealed class P256KeyPair : IDisposable
{
    /// <summary>Length of an encoded public key in bytes.</summary>
    public const int PublicKeyLength = 65;

    /// <summary>Length of an encoded private key in bytes.</summary>
    public const int PrivateKeyLength = 32;

    private readonly ECDiffieHellman _agreement;
    private readonly byte[] _publicKey;

    private P256KeyPair(ECDiffieHellman agreement)
    {
        _agreement = agreement;
        _publicKey = Encode(agreement.ExportParameters(includePrivateParameters: false).Q);
    }

    /// <summary>The uncompressed public point, 65 bytes.</summary>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <summary>Makes a fresh key pair.</summary>
    public static P256KeyPair Generate() => new(ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Restores a key pair from its private key.</summary>
    /// <exception cref="HpkeException">Not 32 bytes, zero, or not below the order of the curve.</exception>
    public static P256KeyPair FromPrivateKey(ReadOnlySpan<byte> privateKey)
    {
        if (privateKey.Length != PrivateKeyLength)
        {
            throw new HpkeException($"A P-256 private key has {PrivateKeyLength} bytes; this one has {privateKey.Length}.");
        }

        // Pinned, so that zeroing it leaves no copy.
        var scalar = GC.AllocateUninitializedArray<byte>(PrivateKeyLength, pinned: true);
        privateKey.CopyTo(scalar);
        try
        {
            return new P256KeyPair(ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar }));
        }
        catch (CryptographicException e)
        {
            throw new HpkeException("The P-256 private key is not a number from 1 to the order of the curve minus 1.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
    }

    /// <summary>The private key, 32 bytes; the caller disposes it.</summary>
    public Secret ExportPrivateKey()
    {
        var parameters = _agreement.ExportParameters(includePrivateParameters: true);
        try
        {
            return Secret.CopyOf(parameters.D);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(parameters.D);
        }
    }

    /// <summary>Refuses anything but an uncompressed point on the curve: compressed points, the point at infinity, other lengths.</summary>
    /// <exception cref="HpkeException">The key is not valid.</exception>
    public static void CheckPublicKey(ReadOnlySpan<byte> publicKey) => Decode(publicKey).Dispose();

    /// <summary>Zeroes the private key.</summary>
    public void Dispose() => _agreement.Dispose();

    /// <summary>RFC 9180, section 4.1, DH(): the shared point's x-coordinate, 32 bytes; the caller zeroes it.</summary>
    internal byte[] Agree(ReadOnlySpan<byte> otherPublicKey)
    {
        using var other = Decode(otherPublicKey);
        return _agreement.DeriveRawSecretAgreement(other.PublicKey);
    }

    private static ECDiffieHellman Decode(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != PublicKeyLength)
        {
            throw new HpkeException($"A P-256 public key has {PublicKeyLength} bytes; this one has {publicKey.Length}.");
        }

        if (publicKey[0] != 4)
        {
            throw new HpkeException($"A P-256 public key is an uncompressed point and starts with 0x04; this one starts with 0x{publicKey[0]:x2}.");
        }

        try
        {
            return ECDiffieHellman.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = publicKey[1..33].ToArray(), Y = publicKey[33..].ToArray() },
            });
        }
        catch (CryptographicException e)
        {
            throw new HpkeException("The P-256 public key is not a point on the curve.", e);
        }
    }

    private static byte[] Encode(ECPoint point) => [4, .. point.X!, .. point.Y!];
}
