using System.Security.Cryptography;
using System.Text;

namespace Workers.Hosting.Cryptography;

/// <summary>
/// Wraps secrets for the database with AES-256-GCM under the master key. What a secret is for ("period key of application …,
/// tag …, period 7") is authenticated with it, so that a row's secret put into another row does not open.
/// Layout: version (1 byte, 0x01) ‖ master key's id (8) ‖ random nonce (12) ‖ ciphertext ‖ tag (16).
/// </summary>
/// <remarks>Random 96-bit nonces allow 2^32 secrets under one master key (NIST SP 800-38D, section 8.3).</remarks>
public sealed class KeyVault
{
    private const byte Version = 1;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HeaderLength = 1 + MasterKey.IdLength;
    private const int Overhead = HeaderLength + NonceLength + TagLength;

    private readonly MasterKey _current;
    private readonly IReadOnlyList<MasterKey> _former;

    /// <param name="current">Wraps and unwraps; the caller disposes it.</param>
    /// <param name="former">Keys from before a rotation, which only unwrap.</param>
    public KeyVault(MasterKey current, params IReadOnlyList<MasterKey> former)
    {
        _current = current;
        _former = former;
    }

    /// <summary>Wraps a secret.</summary>
    /// <param name="secret">Any length.</param>
    /// <param name="purpose">What it is for, all that tells it from others; unwrapping needs the same text.</param>
    public byte[] Wrap(Secret secret, string purpose)
    {
        ArgumentException.ThrowIfNullOrEmpty(purpose);
        var wrapped = new byte[Overhead + secret.Length];
        wrapped[0] = Version;
        _current.IdBytes.CopyTo(wrapped.AsSpan(1));
        var nonce = wrapped.AsSpan(HeaderLength, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var gcm = new AesGcm(_current.WrappingKey.Reveal(), TagLength);
        var body = wrapped.AsSpan(HeaderLength + NonceLength);
        gcm.Encrypt(nonce, secret.Reveal(), body[..^TagLength], body[^TagLength..], AssociatedData(wrapped, purpose));
        return wrapped;
    }

    /// <summary>Unwraps a secret; the caller disposes it.</summary>
    /// <exception cref="KeyVaultException">Malformed, wrapped under an unknown master key, for another purpose, or damaged.</exception>
    public Secret Unwrap(ReadOnlySpan<byte> wrapped, string purpose)
    {
        var master = Find(wrapped, purpose);
        var body = wrapped[(HeaderLength + NonceLength)..];
        var bytes = GC.AllocateUninitializedArray<byte>(body.Length - TagLength, pinned: true);
        try
        {
            using var gcm = new AesGcm(master.WrappingKey.Reveal(), TagLength);
            gcm.Decrypt(wrapped.Slice(HeaderLength, NonceLength), body[..^TagLength], body[^TagLength..], bytes, AssociatedData(wrapped, purpose));
            return Secret.CopyOf(bytes);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new KeyVaultException($"The wrapped secret for '{purpose}' was wrapped for another purpose or is damaged. Restore its row from a backup.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Whether <see cref="Rewrap"/> is due: the secret is under a former master key.</summary>
    /// <exception cref="KeyVaultException">Malformed, or wrapped under an unknown master key.</exception>
    public bool NeedsRewrap(ReadOnlySpan<byte> wrapped) => Find(wrapped, "rotation") != _current;

    /// <summary>Wraps a secret again under the current master key.</summary>
    /// <exception cref="KeyVaultException">As for <see cref="Unwrap"/>.</exception>
    public byte[] Rewrap(ReadOnlySpan<byte> wrapped, string purpose)
    {
        using var secret = Unwrap(wrapped, purpose);
        return Wrap(secret, purpose);
    }

    /// <summary>A key of this house for something that is not kept: the same for the same purpose as long as the master key is.</summary>
    /// <param name="purpose">What it is for, all that tells it from others.</param>
    /// <param name="length">Bytes, 1 to 8,160.</param>
    public Secret Derive(string purpose, int length)
    {
        ArgumentException.ThrowIfNullOrEmpty(purpose);
        var info = Encoding.UTF8.GetBytes("data-market/derived/v1/" + purpose);
        return Secret.Create(length, (_current, info), static (bytes, from) =>
            HKDF.DeriveKey(HashAlgorithmName.SHA256, from._current.WrappingKey.Reveal(), bytes, salt: [], from.info));
    }

    private MasterKey Find(ReadOnlySpan<byte> wrapped, string purpose)
    {
        if (wrapped.Length <= Overhead || wrapped[0] != Version)
        {
            throw new KeyVaultException($"The wrapped secret for '{purpose}' has not the format of version {Version}. Restore its row from a backup.");
        }

        var id = wrapped.Slice(1, MasterKey.IdLength);
        if (_current.IdBytes.SequenceEqual(id))
        {
            return _current;
        }

        foreach (var key in _former)
        {
            if (key.IdBytes.SequenceEqual(id))
            {
                return key;
            }
        }

        throw new KeyVaultException(
            $"The secret for '{purpose}' is wrapped under the master key {Convert.ToHexStringLower(id)}, which is not configured (the current one is {_current.Id}). Configure it as a former master key.");
    }

    private static byte[] AssociatedData(ReadOnlySpan<byte> wrapped, string purpose) =>
        [.. wrapped[..HeaderLength], .. Encoding.UTF8.GetBytes(purpose)];
}

/// <summary>A wrapped secret that does not open; the message says which and why, and never contains key material.</summary>
public sealed class KeyVaultException(string message, Exception? inner = null) : CryptographicException(message, inner);
