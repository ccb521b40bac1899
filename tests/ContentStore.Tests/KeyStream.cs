using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System.Text;

namespace ContentStore.Tests;

/// <summary>
/// The reproducible bytes that Kubo's test vectors are made of: the ChaCha20 key stream (RFC 8439 §2.3) with key SHA-256(seed), nonce
/// 0 and counter 0. Eight blocks are computed side by side.
/// </summary>
internal static class KeyStream
{
    private const int Lanes = 8;
    private const int Stride = Lanes * 64;

    /// <summary>Fills the destination with the key stream from an offset that is a multiple of 512.</summary>
    public static void Fill(string seed, long offset, Span<byte> destination)
    {
        Span<byte> key = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(seed), key);
        Span<uint> start = stackalloc uint[16];
        "expand 32-byte k"u8.CopyTo(MemoryMarshal.AsBytes(start));
        key.CopyTo(MemoryMarshal.AsBytes(start[4..]));

        Span<byte> blocks = stackalloc byte[Stride];
        for (var at = 0; at < destination.Length; at += Stride)
        {
            Eight(start, (uint)((offset + at) / 64), blocks);
            blocks[..Math.Min(Stride, destination.Length - at)].CopyTo(destination[at..]);
        }
    }

    private static void Eight(ReadOnlySpan<uint> start, uint counter, Span<byte> output)
    {
        Span<Vector256<uint>> initial = stackalloc Vector256<uint>[16];
        Span<Vector256<uint>> x = stackalloc Vector256<uint>[16];
        for (var i = 0; i < 16; i++)
        {
            initial[i] = Vector256.Create(start[i]);
        }

        initial[12] = Vector256.Create(counter) + Vector256.Create(0u, 1, 2, 3, 4, 5, 6, 7);
        initial.CopyTo(x);
        for (var round = 0; round < 10; round++)
        {
            for (var i = 0; i < 4; i++)
            {
                QuarterRound(ref x[i], ref x[4 + i], ref x[8 + i], ref x[12 + i]);
            }

            for (var i = 0; i < 4; i++)
            {
                QuarterRound(ref x[i], ref x[4 + (i + 1) % 4], ref x[8 + (i + 2) % 4], ref x[12 + (i + 3) % 4]);
            }
        }

        for (var i = 0; i < 16; i++)
        {
            var sum = x[i] + initial[i];
            for (var lane = 0; lane < Lanes; lane++)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(output[(lane * 64 + i * 4)..], sum[lane]);
            }
        }
    }

    private static void QuarterRound(ref Vector256<uint> a, ref Vector256<uint> b, ref Vector256<uint> c, ref Vector256<uint> d)
    {
        a += b;
        d = RotateLeft(d ^ a, 16);
        c += d;
        b = RotateLeft(b ^ c, 12);
        a += b;
        d = RotateLeft(d ^ a, 8);
        c += d;
        b = RotateLeft(b ^ c, 7);
    }

    private static Vector256<uint> RotateLeft(Vector256<uint> value, int bits) => value << bits | value >>> (32 - bits);
}
