using System.Security.Cryptography;

namespace Workers.Hosting.Cryptography;

/// <summary>
/// The key under which an organisation's secrets are wrapped at rest: 32 random bytes in a file or in an environment secret.
/// It is never used itself: the id that stands in every wrapped secret and the wrapping key are derived with HKDF-SHA256.
/// </summary>
public sealed class MasterKey : IDisposable
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 32;

    internal const int IdLength = 8;

    private readonly byte[] _id = new byte[IdLength];

    private MasterKey(Secret master)
    {
        using (master)
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, master.Reveal(), _id, salt: [], info: "data-market/master-key/v1/id"u8);
            WrappingKey = Secret.Create(Length, master, static (bytes, from) =>
                HKDF.DeriveKey(HashAlgorithmName.SHA256, from.Reveal(), bytes, salt: [], info: "data-market/master-key/v1/wrap"u8));
        }
    }

    /// <summary>Which key this is, 16 hexadecimal digits; no secret.</summary>
    public string Id => Convert.ToHexStringLower(_id);

    internal ReadOnlySpan<byte> IdBytes => _id;

    internal Secret WrappingKey { get; }

    /// <summary>Makes a random master key that is kept nowhere: for tests and tools.</summary>
    public static MasterKey Generate() => new(Secret.Random(Length));

    /// <summary>Takes the key from a file, which is made at first start.</summary>
    /// <exception cref="SecretFileException">The file has another length or is readable by others.</exception>
    public static MasterKey FromFile(string path) => new(SecretFile.LoadOrCreate(path, Length));

    /// <summary>Takes the key from a secret of the environment.</summary>
    /// <param name="name">The setting's name, for the error.</param>
    /// <param name="base64">32 bytes in Base64.</param>
    /// <exception cref="FormatException">Not 32 bytes in Base64; the value is not in the message.</exception>
    public static MasterKey FromBase64(string name, string base64)
    {
        Span<byte> bytes = stackalloc byte[Length];
        try
        {
            if (!Convert.TryFromBase64String(base64, bytes, out var written) || written != Length)
            {
                throw new FormatException($"{name} is not {Length} bytes in Base64. Make one with: head -c {Length} /dev/urandom | base64");
            }

            return new MasterKey(Secret.CopyOf(bytes));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>The key's id; nothing secret.</summary>
    public override string ToString() => Id;

    /// <summary>Zeroes the key.</summary>
    public void Dispose() => WrappingKey.Dispose();
}
