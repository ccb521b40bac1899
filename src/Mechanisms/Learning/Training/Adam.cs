using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Mechanisms.Learning.Numerics;

namespace Mechanisms.Learning.Training;

/// <summary>Adam (Kingma and Ba, ICLR 2015) with its authors' constants: β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸.</summary>
/// <param name="learningRate">α, the step size.</param>
internal sealed class Adam(float learningRate)
{
    private const float Beta1 = 0.9f;
    private const float Beta2 = 0.999f;
    private const float Epsilon = 1e-8f;
    /// <summary>Weights that one task moves.</summary>
    private const int Piece = 1 << 15;

    private double power1 = 1;
    private double power2 = 1;

    /// <summary>Begins the next step, t ← t + 1.</summary>
    public void Advance()
    {
        power1 *= Beta1;
        power2 *= Beta2;
    }

    /// <summary>Moves weights against their gradients. Every element is computed by itself, so vectors of any width give the same bits.</summary>
    /// <param name="parameter">The weights.</param>
    /// <param name="threads">How many threads may work.</param>
    public void Update(Parameter parameter, int threads)
    {
        var count = parameter.Values.Length;
        Workers.For((count + Piece - 1) / Piece, count / Piece, threads, piece => Update(parameter, piece * Piece, Math.Min(Piece, count - (piece * Piece))));
    }

    private void Update(Parameter parameter, int start, int count)
    {
        var rate = (float)(learningRate / (1 - power1));
        var correction = (float)(1 / (1 - power2));
        Span<float> values = parameter.Values.AsSpan(start, count), gradients = parameter.Gradients.AsSpan(start, count);
        Span<float> first = parameter.First.AsSpan(start, count), second = parameter.Second.AsSpan(start, count);
        var i = 0;
        for (; i <= values.Length - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            var gradient = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(gradients), (nuint)i);
            var m = (Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(first), (nuint)i) * Beta1) + (gradient * (1 - Beta1));
            var v = (Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(second), (nuint)i) * Beta2) + (gradient * gradient * (1 - Beta2));
            m.StoreUnsafe(ref MemoryMarshal.GetReference(first), (nuint)i);
            v.StoreUnsafe(ref MemoryMarshal.GetReference(second), (nuint)i);
            var step = m * rate / (Vector512.Sqrt(v * correction) + Vector512.Create(Epsilon));
            (Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(values), (nuint)i) - step).StoreUnsafe(ref MemoryMarshal.GetReference(values), (nuint)i);
        }

        for (; i < values.Length; i++)
        {
            first[i] = (first[i] * Beta1) + (gradients[i] * (1 - Beta1));
            second[i] = (second[i] * Beta2) + (gradients[i] * gradients[i] * (1 - Beta2));
            values[i] -= first[i] * rate / (MathF.Sqrt(second[i] * correction) + Epsilon);
        }
    }
}
