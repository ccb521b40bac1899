using System.Runtime.InteropServices;
using Mechanisms.Trifork;

namespace Experiments.Randomness;

/// <summary>A generator's words as one sequence of bits, all bits of every word, the highest first.</summary>
internal sealed class WordStream(int wordBits, ReadOnlySpan<byte> seed) : IDisposable
{
    private readonly TriforkGenerator _generator = TriforkGenerator.FromSeed(TriforkParameters.Default(wordBits), seed);
    private UInt128 _waiting;
    private int _count;

    /// <summary>The next 32 bits.</summary>
    public uint Next()
    {
        for (; _count < 32; _count += wordBits)
        {
            _waiting = (_waiting << wordBits) | _generator.Next();
        }

        _count -= 32;
        return (uint)(_waiting >> _count);
    }

    /// <summary>Numbers of 32 bits, as dieharder reads them.</summary>
    public void Fill(Span<byte> bytes)
    {
        foreach (ref var number in MemoryMarshal.Cast<byte, uint>(bytes))
        {
            number = Next();
        }
    }

    /// <summary>Each element gets one bit.</summary>
    /// <param name="bits">Its length is a multiple of 32.</param>
    public void FillBits(Span<byte> bits)
    {
        for (var i = 0; i < bits.Length; i += 32)
        {
            var word = Next();
            for (var bit = 0; bit < 32; bit++)
            {
                bits[i + bit] = (byte)((word >> (31 - bit)) & 1);
            }
        }
    }

    public void Dispose() => _generator.Dispose();
}
