using System.Security.Cryptography;

namespace Ethereum.Transactions;

/// <summary>A file that holds a private key as 64 hexadecimal digits, readable by its owner alone.</summary>
public static class KeyFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int MaxBytes = 128; // 0x, 64 digits and white space

    /// <summary>Reads the key for signing.</summary>
    /// <exception cref="InvalidDataException">Others may read the file, or it holds no private key.</exception>
    public static LocalKeySigner Read(string path)
    {
        var mode = OperatingSystem.IsWindows() ? OwnerOnly : File.GetUnixFileMode(path);
        if ((mode & ~(OwnerOnly | UnixFileMode.UserExecute)) != UnixFileMode.None)
        {
            throw new InvalidDataException($"The key file {path} can be read or changed by others; run: chmod 600 {path}");
        }

        var content = new byte[MaxBytes];
        Span<byte> key = stackalloc byte[32];
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            var length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            var text = content.AsSpan(0, length).Trim(" \t\r\n"u8);
            text = text.StartsWith("0x"u8) ? text[2..] : text;
            if (text.Length != 64 || Convert.FromHexString(text, key, out _, out _) != System.Buffers.OperationStatus.Done)
            {
                throw new InvalidDataException($"The key file {path} does not hold a private key of 64 hexadecimal digits.");
            }

            return new LocalKeySigner(key);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"The key file {path} does not hold a private key of secp256k1.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Makes a new key and its file, with mode 0600. An existing file is never overwritten.</summary>
    /// <exception cref="IOException">The file exists.</exception>
    public static LocalKeySigner Create(string path)
    {
        using var made = ECDsa.Create(Secp256k1.Curve);
        var secret = made.ExportParameters(includePrivateParameters: true);
        var digits = new byte[65];
        try
        {
            Convert.TryToHexStringLower(secret.D, digits, out _);
            digits[64] = (byte)'\n';
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            using (var file = new FileStream(path, options))
            {
                file.Write(digits);
                file.Flush(flushToDisk: true);
            }

            return new LocalKeySigner(secret.D);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(digits);
            CryptographicOperations.ZeroMemory(secret.D);
        }
    }
}
