using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Mechanisms.Learning;

/// <summary>The extents of a tensor, outermost first; images are N × C × H × W. Row-major, so the last extent is contiguous.</summary>
public sealed class Shape : IEquatable<Shape>
{
    /// <summary>Extents along each axis.</summary>
    /// <param name="extents">Each 0 or more; none at all is a scalar.</param>
    /// <exception cref="ArgumentException">An extent is negative, or the tensor would have more than 2³¹−1 elements.</exception>
    public Shape(params ReadOnlySpan<int> extents)
    {
        Extents = [.. extents];
        long count = 1;
        foreach (var extent in extents)
        {
            if (extent < 0)
            {
                throw new ArgumentException($"A tensor of {Join(extents)} elements: no extent can be negative.", nameof(extents));
            }

            count *= extent;
            if (count > int.MaxValue)
            {
                throw new ArgumentException($"A tensor of {Join(extents)} elements is larger than the {int.MaxValue} that fit one tensor.", nameof(extents));
            }
        }

        Count = (int)count;
    }

    /// <summary>Extents along each axis, outermost first.</summary>
    public ImmutableArray<int> Extents { get; }

    /// <summary>How many axes there are.</summary>
    public int Rank => Extents.Length;

    /// <summary>How many elements a tensor of this shape has.</summary>
    public int Count { get; }

    /// <summary>The extent along one axis, counted from 0.</summary>
    public int this[int axis] => Extents[axis];

    /// <summary>The extent along one axis, counted from either end.</summary>
    public int this[Index axis] => Extents[axis.GetOffset(Rank)];

    /// <summary>The product of the extents from one axis up to, not including, another.</summary>
    public int Product(int from, int to)
    {
        var product = 1;
        for (var axis = from; axis < to; axis++)
        {
            product *= Extents[axis];
        }

        return product;
    }

    /// <summary>This shape with another outermost extent: the same samples, fewer or more of them.</summary>
    public Shape WithFirst(int extent) => new([extent, .. Extents.AsSpan()[1..]]);

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] Shape? other) => other is not null && Extents.AsSpan().SequenceEqual(other.Extents.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var extent in Extents)
        {
            hash.Add(extent);
        }

        return hash.ToHashCode();
    }

    /// <summary>The extents with × between them, such as 1×3×28×28.</summary>
    public override string ToString() => Rank == 0 ? "scalar" : Join(Extents.AsSpan());

    private static string Join(ReadOnlySpan<int> extents) => string.Join('×', extents.ToArray());
}
