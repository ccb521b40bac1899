using System.Numerics;
using Ethereum;

namespace Workers.Encryption.Datasets.Delivering;

/// <summary>A unique token's number, 256 bits, as rows and people have it: 0x and 64 hexadecimal digits.</summary>
internal static class TokenNumber
{
    public static string Text(BigInteger number)
    {
        Span<byte> bytes = stackalloc byte[Hash32.Size];
        bytes.Clear();
        number.TryWriteBytes(bytes[^number.GetByteCount(isUnsigned: true)..], out _, isUnsigned: true, isBigEndian: true);
        return new Hash32(bytes).ToString();
    }

    /// <exception cref="FormatException">Not 0x and 64 hexadecimal digits.</exception>
    public static BigInteger Parse(string text) => new(Hash32.Parse(text).ToArray(), isUnsigned: true, isBigEndian: true);
}
