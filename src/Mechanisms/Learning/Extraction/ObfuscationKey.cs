using System.Buffers.Binary;

namespace Mechanisms.Learning.Extraction;

/// <summary>The collector's secret coefficients of Eq. 1 (Li et al., §3.1.1).</summary>
/// <param name="Delta">δ, the factor of every weight; finite and not 0.</param>
/// <param name="Sigma">σ, added to every weight; finite.</param>
public readonly record struct ObfuscationKey(float Delta, float Sigma)
{
    /// <summary>Random bytes that <see cref="Draw"/> takes.</summary>
    public const int EntropyBytes = 12;

    /// <summary>
    /// Chooses coefficients: |δ| from 1/256 to 1/16, evenly on a logarithmic scale, where the paper's Table 4 sees models
    /// degrade; |σ| from ½ to 2 times the root mean square of δW, large enough to hide the weights and small enough that
    /// undoing it costs only a few bits of precision; both signs.
    /// </summary>
    /// <param name="weights">The weights that are going to be obfuscated.</param>
    /// <param name="entropy">Twelve bytes from a cryptographic random generator; keep them as secret as the key.</param>
    public static ObfuscationKey Draw(Tensor weights, ReadOnlySpan<byte> entropy)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (entropy.Length != EntropyBytes)
        {
            throw new ArgumentException($"{EntropyBytes} random bytes are needed, not {entropy.Length}.", nameof(entropy));
        }

        var squares = new CompensatedSum();
        foreach (var weight in weights.Values)
        {
            squares.Add((double)weight * weight);
        }

        var rms = Math.Sqrt(squares.Value / weights.Shape.Count);
        var delta = Math.Pow(2, -8 + (4 * Fraction(entropy)));
        var sigma = delta * (rms > 0 ? rms : 1) * Math.Pow(2, -1 + (2 * Fraction(entropy[4..])));
        return new ObfuscationKey((float)((entropy[8] & 1) == 0 ? delta : -delta), (float)((entropy[9] & 1) == 0 ? sigma : -sigma));
    }

    /// <summary>Says nothing of the coefficients, so that they do not reach a log.</summary>
    public override string ToString() => nameof(ObfuscationKey);

    private static double Fraction(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes) / 4294967296.0;
}
