using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Mechanisms.Trifork;

/// <summary>
/// Trifork: three lagged Fibonacci generators that perturb each other; what is drawn is the XOR of two of them. Fast and of
/// good statistics, but without a proof of security: what it hides is sealed by a cipher as well.
/// </summary>
/// <remarks>
/// x'_p = (x_{p−r1} + x_{p−s1}) mod 2^d and likewise y', z'; x_p = x'_p ⊕ (z'_p ≫ β), y_p = y'_p ⊕ (x'_p ≫ β), z_p = z'_p ⊕ (y'_p ≫ β);
/// w_p = x_p ⊕ z_p (Eq. 1).
/// </remarks>
public sealed class TriforkGenerator : IDisposable
{
    /// <summary>Bytes of a seed: 256 bits, from the platform's generator.</summary>
    public const int SeedLength = 32;

    private readonly int shift;
    private readonly ulong mask;
    private readonly Register x;
    private readonly Register y;
    private readonly Register z;

    /// <summary>A generator whose seed vectors are given, as in the paper: words that are drawn are those after them.</summary>
    /// <param name="parameters">See there.</param>
    /// <param name="x">r1 words below 2^d, the oldest first; likewise the others.</param>
    /// <param name="y">r2 words.</param>
    /// <param name="z">r3 words.</param>
    /// <exception cref="ArgumentException">The parameters make no generator, or a vector does not fit them.</exception>
    public TriforkGenerator(TriforkParameters parameters, ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, ReadOnlySpan<ulong> z)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        TriforkParameters.Check(parameters);
        WordBits = parameters.WordBits;
        shift = parameters.Shift;
        mask = ulong.MaxValue >> (64 - WordBits);
        this.x = new Register(parameters.X, x, mask);
        this.y = new Register(parameters.Y, y, mask);
        this.z = new Register(parameters.Z, z, mask);
    }

    /// <summary>d, the bits of a word.</summary>
    public int WordBits { get; }

    /// <summary>
    /// A generator from one short seed: its vectors are HKDF-Expand(seed, "data-market/trifork/v1" and the parameters), eight bytes little-endian for a word, and the
    /// newest word of each is odd, since sums of even numbers alone would never have a lowest bit.
    /// </summary>
    /// <param name="seed">32 bytes that nobody can guess; whoever has them can undo what was mixed with them.</param>
    public static TriforkGenerator FromSeed(TriforkParameters parameters, ReadOnlySpan<byte> seed)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        TriforkParameters.Check(parameters);
        if (seed.Length != SeedLength)
        {
            throw new ArgumentException($"A seed has {SeedLength} bytes; this one has {seed.Length}.", nameof(seed));
        }

        var mask = ulong.MaxValue >> (64 - parameters.WordBits);
        var words = GC.AllocateUninitializedArray<ulong>(parameters.SeedWords, pinned: true);
        try
        {
            var (x, y, z) = (parameters.X, parameters.Y, parameters.Z);
            Expand(seed, words, string.Create(CultureInfo.InvariantCulture, $"data-market/trifork/v1 {parameters.WordBits} {parameters.Shift} {x.R} {x.S} {y.R} {y.S} {z.R} {z.S}"));
            for (var i = 0; i < words.Length; i++)
            {
                words[i] &= mask;
            }

            var (first, second) = (parameters.X.R, parameters.X.R + parameters.Y.R);
            words[first - 1] |= 1;
            words[second - 1] |= 1;
            words[^1] |= 1;
            return new TriforkGenerator(parameters, words.AsSpan(0, first), words.AsSpan(first, second - first), words.AsSpan(second));
        }
        finally
        {
            Array.Clear(words);
        }
    }

    /// <summary>The next word, below 2^d.</summary>
    public ulong Next()
    {
        var sumX = x.Sum() & mask;
        var sumY = y.Sum() & mask;
        var sumZ = z.Sum() & mask;
        var newX = sumX ^ (sumZ >> shift);
        var newZ = sumZ ^ (sumY >> shift);
        x.Push(newX);
        y.Push(sumY ^ (sumX >> shift));
        z.Push(newZ);
        return newX ^ newZ;
    }

    /// <summary>Forgets its state.</summary>
    public void Dispose()
    {
        x.Clear();
        y.Clear();
        z.Clear();
    }

    // HKDF-Expand stops at 255 blocks of 32 bytes; each block of vectors has a number, so longer ones go on.
    private static void Expand(ReadOnlySpan<byte> seed, Span<ulong> words, string purpose)
    {
        const int BlockWords = 1_000;
        var block = GC.AllocateUninitializedArray<byte>(BlockWords * sizeof(ulong), pinned: true);
        for (var start = 0; start < words.Length; start += BlockWords)
        {
            var count = Math.Min(BlockWords, words.Length - start);
            var bytes = block.AsSpan(0, count * sizeof(ulong));
            HKDF.Expand(HashAlgorithmName.SHA256, seed, bytes, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{purpose} {start / BlockWords}")));
            for (var i = 0; i < count; i++)
            {
                words[start + i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * sizeof(ulong))..]);
            }
        }

        CryptographicOperations.ZeroMemory(block);
    }

    /// <summary>The last r words of one of the three, in a ring.</summary>
    private sealed class Register
    {
        private readonly ulong[] words;
        private int oldest;
        private int tap;

        public Register(Lags lags, ReadOnlySpan<ulong> seed, ulong mask)
        {
            if (seed.Length != lags.R || seed.ContainsAnyExceptInRange(0ul, mask))
            {
                throw new ArgumentException($"A seed vector has {seed.Length} words; {lags.R} of at most {mask:x} are needed.", nameof(seed));
            }

            words = GC.AllocateUninitializedArray<ulong>(lags.R, pinned: true);
            seed.CopyTo(words);
            tap = lags.R - lags.S;
        }

        public ulong Sum() => words[oldest] + words[tap];

        public void Push(ulong word)
        {
            words[oldest] = word;
            oldest = oldest + 1 == words.Length ? 0 : oldest + 1;
            tap = tap + 1 == words.Length ? 0 : tap + 1;
        }

        public void Clear() => Array.Clear(words);
    }
}
