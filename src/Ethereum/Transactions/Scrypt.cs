using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Ethereum.Transactions;

/// <summary>The scrypt password-based key derivation function (RFC 7914).</summary>
internal static class Scrypt
{
    /// <summary>Derives a key.</summary>
    /// <param name="password">The password's bytes.</param>
    /// <param name="salt">The salt.</param>
    /// <param name="cost">N, a power of two above 1; memory is 128·N·r bytes.</param>
    /// <param name="blockSize">r.</param>
    /// <param name="parallelisation">p.</param>
    /// <param name="length">Bytes to derive.</param>
    public static byte[] Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int cost, int blockSize, int parallelisation, int length)
    {
        var lane = 128 * blockSize;
        var blocks = Rfc2898DeriveBytes.Pbkdf2(password, salt, 1, HashAlgorithmName.SHA256, lane * parallelisation);
        var words = new uint[lane / 4];
        var memory = GC.AllocateUninitializedArray<uint>(checked(words.Length * cost));
        try
        {
            for (var i = 0; i < parallelisation; i++)
            {
                var bytes = blocks.AsSpan(i * lane, lane);
                for (var w = 0; w < words.Length; w++)
                {
                    words[w] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 * w)..]);
                }

                RoMix(words, memory, cost, blockSize);
                for (var w = 0; w < words.Length; w++)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes[(4 * w)..], words[w]);
                }
            }

            return Rfc2898DeriveBytes.Pbkdf2(password, blocks, 1, HashAlgorithmName.SHA256, length);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(blocks);
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(words.AsSpan()));
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(memory.AsSpan()));
        }
    }

    // Section 5.
    private static void RoMix(Span<uint> x, uint[] memory, int cost, int blockSize)
    {
        Span<uint> y = new uint[x.Length];
        for (var i = 0; i < cost; i++)
        {
            x.CopyTo(memory.AsSpan(i * x.Length));
            BlockMix(x, y, blockSize);
        }

        for (var i = 0; i < cost; i++)
        {
            var j = (int)(x[((2 * blockSize) - 1) * 16] & (uint)(cost - 1));
            var v = memory.AsSpan(j * x.Length, x.Length);
            for (var w = 0; w < x.Length; w++)
            {
                x[w] ^= v[w];
            }

            BlockMix(x, y, blockSize);
        }

        y.Clear();
    }

    // Section 4: even blocks go to the first half, odd ones to the second.
    private static void BlockMix(Span<uint> b, Span<uint> y, int blockSize)
    {
        Span<uint> x = stackalloc uint[16];
        b[^16..].CopyTo(x);
        for (var i = 0; i < 2 * blockSize; i++)
        {
            var block = b.Slice(16 * i, 16);
            for (var w = 0; w < 16; w++)
            {
                x[w] ^= block[w];
            }

            Salsa20Of8(x);
            x.CopyTo(y.Slice(16 * ((i / 2) + (i % 2 * blockSize)), 16));
        }

        y.CopyTo(b);
    }

    // Section 3.
    private static void Salsa20Of8(Span<uint> block)
    {
        Span<uint> x = stackalloc uint[16];
        block.CopyTo(x);
        for (var round = 0; round < 8; round += 2)
        {
            Quarter(x, 0, 4, 8, 12);
            Quarter(x, 5, 9, 13, 1);
            Quarter(x, 10, 14, 2, 6);
            Quarter(x, 15, 3, 7, 11);
            Quarter(x, 0, 1, 2, 3);
            Quarter(x, 5, 6, 7, 4);
            Quarter(x, 10, 11, 8, 9);
            Quarter(x, 15, 12, 13, 14);
        }

        for (var i = 0; i < 16; i++)
        {
            block[i] += x[i];
        }
    }

    private static void Quarter(Span<uint> x, int a, int b, int c, int d)
    {
        x[b] ^= BitOperations.RotateLeft(x[a] + x[d], 7);
        x[c] ^= BitOperations.RotateLeft(x[b] + x[a], 9);
        x[d] ^= BitOperations.RotateLeft(x[c] + x[b], 13);
        x[a] ^= BitOperations.RotateLeft(x[d] + x[c], 18);
    }
}
