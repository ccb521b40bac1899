using System.Buffers;
using System.Numerics.Tensors;

namespace Mechanisms.PrivacyGame;

/// <summary>
/// A matrix over pairs (member, cell) in which members enter only by whether they are the same: Same[ŝ, s] when they are, Other[ŝ, s] when not. A product
/// with it takes U·S² multiplications for a column in place of U²·S².
/// </summary>
public sealed class PairMatrix
{
    private readonly double[] _other;
    private readonly double[] _difference;

    /// <summary>Takes copies and checks them.</summary>
    /// <param name="members">U, at least 1.</param>
    /// <param name="same">S × S, row-major, finite and at least 0: for one member.</param>
    /// <param name="other">Likewise for two members.</param>
    /// <exception cref="ArgumentException">A length or value is not as said.</exception>
    public PairMatrix(int members, ReadOnlySpan<double> same, ReadOnlySpan<double> other)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(members);
        var cells = (int)Math.Round(Math.Sqrt(same.Length));
        if (cells == 0 || cells * cells != same.Length || other.Length != same.Length)
        {
            throw new ArgumentException($"Two square matrices over the same cells are wanted; there are {same.Length} and {other.Length} values.", nameof(same));
        }

        foreach (var values in new[] { same.ToArray(), other.ToArray() })
        {
            if (Array.FindIndex(values, v => !double.IsFinite(v) || v < 0) is var bad and >= 0)
            {
                throw new ArgumentException($"The value {values[bad]} for the cells {bad / cells} and {bad % cells} is not a finite number of at least 0.", nameof(same));
            }
        }

        (Members, Cells) = (members, cells);
        _other = other.ToArray();
        _difference = new double[same.Length];
        TensorPrimitives.Subtract(same, other, _difference);
    }

    /// <summary>U.</summary>
    public int Members { get; }

    /// <summary>S.</summary>
    public int Cells { get; }

    /// <summary>n = U·S; the state of member u in cell s is u·S + s.</summary>
    public int States => Members * Cells;

    /// <summary>One entry.</summary>
    public double this[int row, int column]
    {
        get
        {
            var at = (row % Cells * Cells) + (column % Cells);
            return _other[at] + (row / Cells == column / Cells ? _difference[at] : 0);
        }
    }

    /// <summary>result = this · columns, both n × width, row-major.</summary>
    public void Multiply(ReadOnlySpan<double> columns, int width, Span<double> result) => Product(columns, width, result, transposed: false);

    /// <summary>result = thisᵀ · columns.</summary>
    public void MultiplyTransposed(ReadOnlySpan<double> columns, int width, Span<double> result) => Product(columns, width, result, transposed: true);

    private void Product(ReadOnlySpan<double> columns, int width, Span<double> result, bool transposed)
    {
        var block = Cells * width;
        var buffer = ArrayPool<double>.Shared.Rent(2 * block);
        var sum = buffer.AsSpan(0, block);
        var shared = buffer.AsSpan(block, block);
        columns[..block].CopyTo(sum);
        for (var u = 1; u < Members; u++)
        {
            TensorPrimitives.Add(sum, columns.Slice(u * block, block), sum);
        }

        shared.Clear();
        AddProduct(_other, sum, width, shared, transposed);
        for (var u = 0; u < Members; u++)
        {
            var own = result.Slice(u * block, block);
            shared.CopyTo(own);
            AddProduct(_difference, columns.Slice(u * block, block), width, own, transposed);
        }

        ArrayPool<double>.Shared.Return(buffer);
    }

    private void AddProduct(ReadOnlySpan<double> matrix, ReadOnlySpan<double> columns, int width, Span<double> result, bool transposed)
    {
        for (var row = 0; row < Cells; row++)
        {
            var into = result.Slice(row * width, width);
            for (var k = 0; k < Cells; k++)
            {
                var factor = transposed ? matrix[(k * Cells) + row] : matrix[(row * Cells) + k];
                if (factor != 0)
                {
                    TensorPrimitives.MultiplyAdd(columns.Slice(k * width, width), factor, into, into);
                }
            }
        }
    }
}
