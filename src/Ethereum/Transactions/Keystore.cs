using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Ethereum.Transactions;

/// <summary>A private key encrypted with a password: Web3 Secret Storage Definition, version 3, with scrypt or PBKDF2 and AES-128-CTR.</summary>
public static class Keystore
{
    private const int MaxBytes = 64 * 1024;
    private const int StandardCost = 1 << 18; // with r = 8: 256 MiB
    private const long MaxMemory = 1L << 30;
    private const int MaxIterations = 10_000_000;

    /// <summary>Opens a keystore for signing.</summary>
    /// <param name="json">The keystore's text.</param>
    /// <param name="password">The password's characters; they are taken as UTF-8.</param>
    /// <exception cref="InvalidDataException">Malformed, of another kind, its cost is beyond 1 GiB or ten million iterations, or the password is wrong.</exception>
    public static LocalKeySigner Open(ReadOnlySpan<byte> json, ReadOnlySpan<char> password)
    {
        var secret = Decrypt(json, password);
        try
        {
            return new LocalKeySigner(secret);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException("The keystore does not hold a private key of secp256k1.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Encrypts a private key.</summary>
    /// <param name="privateKey">32 bytes.</param>
    /// <param name="password">The password's characters.</param>
    /// <param name="cost">scrypt's N, a power of two; the default takes 256 MiB and about a second.</param>
    /// <returns>The keystore's JSON.</returns>
    public static byte[] Create(ReadOnlySpan<byte> privateKey, ReadOnlySpan<char> password, int cost = StandardCost)
    {
        using var signer = new LocalKeySigner(privateKey);
        var salt = RandomNumberGenerator.GetBytes(32);
        var iv = RandomNumberGenerator.GetBytes(16);
        var derived = WithPassword(password, p => Scrypt.Derive(p, salt, cost, 8, 1, 32));
        try
        {
            var ciphertext = Ctr(derived.AsSpan(0, 16), iv, privateKey);
            return JsonSerializer.SerializeToUtf8Bytes(new
            {
                version = 3,
                id = Guid.NewGuid().ToString(),
                address = signer.Address.ToString()[2..],
                crypto = new
                {
                    cipher = "aes-128-ctr",
                    cipherparams = new { iv = Convert.ToHexStringLower(iv) },
                    ciphertext = Convert.ToHexStringLower(ciphertext),
                    kdf = "scrypt",
                    kdfparams = new { dklen = 32, n = cost, r = 8, p = 1, salt = Convert.ToHexStringLower(salt) },
                    mac = Convert.ToHexStringLower(Mac(derived, ciphertext)),
                },
            });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    internal static byte[] Decrypt(ReadOnlySpan<byte> json, ReadOnlySpan<char> password)
    {
        if (json.Length > MaxBytes)
        {
            throw new InvalidDataException($"The keystore is longer than {MaxBytes} bytes.");
        }

        try
        {
            using var document = JsonDocument.Parse(json.ToArray());
            return Decrypt(document.RootElement, password);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException("The keystore is malformed: not the JSON of Web3 Secret Storage, version 3.", e);
        }
    }

    private static byte[] Decrypt(JsonElement root, ReadOnlySpan<char> password)
    {
        // Some old writers spell it Crypto.
        var crypto = root.TryGetProperty("crypto", out var found) ? found : root.GetProperty("Crypto");
        var cipher = crypto.GetProperty("cipher").GetString();
        if (root.GetProperty("version").GetInt32() != 3 || cipher != "aes-128-ctr")
        {
            throw new InvalidDataException("The keystore is not of version 3 with aes-128-ctr.");
        }

        var iv = Bytes(crypto.GetProperty("cipherparams"), "iv", 16);
        var ciphertext = Bytes(crypto, "ciphertext", 32);
        var mac = Bytes(crypto, "mac", 32);
        var derive = Kdf(crypto);
        var derived = WithPassword(password, derive);
        try
        {
            return CryptographicOperations.FixedTimeEquals(Mac(derived, ciphertext), mac)
                ? Ctr(derived.AsSpan(0, 16), iv, ciphertext)
                : throw new InvalidDataException("The password does not open the keystore (or the keystore is damaged).");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    private static Func<byte[], byte[]> Kdf(JsonElement crypto)
    {
        var parameters = crypto.GetProperty("kdfparams");
        var salt = Hex.Parse(parameters.GetProperty("salt").GetString());
        var length = parameters.GetProperty("dklen").GetInt32();
        if (length is < 32 or > 128)
        {
            throw new InvalidDataException($"The keystore derives {length} bytes; allowed is 32 to 128.");
        }

        switch (crypto.GetProperty("kdf").GetString())
        {
            case "scrypt":
                var (n, r, p) = (parameters.GetProperty("n").GetInt32(), parameters.GetProperty("r").GetInt32(), parameters.GetProperty("p").GetInt32());
                return n > 1 && int.IsPow2(n) && r is > 0 and <= 64 && p is > 0 and <= 16 && 128L * n * r <= MaxMemory
                    ? password => Scrypt.Derive(password, salt, n, r, p, length)
                    : throw new InvalidDataException($"The keystore's scrypt cost (n={n}, r={r}, p={p}) is invalid or beyond 1 GiB.");
            case "pbkdf2" when parameters.GetProperty("prf").GetString() == "hmac-sha256":
                var c = parameters.GetProperty("c").GetInt32();
                return c is > 0 and <= MaxIterations
                    ? password => Rfc2898DeriveBytes.Pbkdf2(password, salt, c, HashAlgorithmName.SHA256, length)
                    : throw new InvalidDataException($"The keystore asks for {c} iterations; allowed is 1 to {MaxIterations}.");
            default:
                throw new InvalidDataException("The keystore's key derivation is neither scrypt nor PBKDF2 with HMAC-SHA-256.");
        }
    }

    private static byte[] WithPassword(ReadOnlySpan<char> password, Func<byte[], byte[]> derive)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(password)];
        try
        {
            Encoding.UTF8.GetBytes(password, bytes);
            return derive(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static byte[] Mac(ReadOnlySpan<byte> derived, ReadOnlySpan<byte> ciphertext) => Keccak256.Hash([.. derived[16..32], .. ciphertext]).ToArray();

    // NIST SP 800-38A, section 6.5, with the initial counter block `iv`; the platform has no CTR mode.
    private static byte[] Ctr(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> input)
    {
        var counter = BinaryPrimitives.ReadUInt128BigEndian(iv);
        Span<byte> stream = stackalloc byte[32];
        BinaryPrimitives.WriteUInt128BigEndian(stream, counter);
        BinaryPrimitives.WriteUInt128BigEndian(stream[16..], counter + 1);
        var secretKey = key.ToArray();
        using var aes = Aes.Create();
        aes.Key = secretKey;
        CryptographicOperations.ZeroMemory(secretKey);
        aes.EncryptEcb(stream, stream, PaddingMode.None);
        var output = new byte[32];
        for (var i = 0; i < output.Length; i++)
        {
            output[i] = (byte)(stream[i] ^ input[i]);
        }

        CryptographicOperations.ZeroMemory(stream);
        return output;
    }

    private static byte[] Bytes(JsonElement element, string name, int length) =>
        Hex.Parse(element.GetProperty(name).GetString()) is var bytes && bytes.Length == length
            ? bytes
            : throw new InvalidDataException($"The keystore's {name} has {bytes.Length} bytes, not {length}.");
}
