using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Mechanisms.Datasets;

/// <summary>The numbers of one file, as they stand in it: row-major, in the file's own type and byte order.</summary>
public sealed class NumericArray
{
    private readonly ReadOnlyMemory<byte> _data;
    private readonly long _offset;
    private readonly bool _bigEndian;

    internal NumericArray(string file, ElementType type, ImmutableArray<int> shape, ReadOnlyMemory<byte> data, long offset, bool bigEndian)
    {
        (File, Type, Shape, _data, _offset, _bigEndian) = (file, type, shape, data, offset, bigEndian);
    }

    /// <summary>Where it comes from, for messages.</summary>
    public string File { get; }

    /// <summary>How the file stores each number.</summary>
    public ElementType Type { get; }

    /// <summary>Length of each dimension, the slowest first; empty for a single number.</summary>
    public ImmutableArray<int> Shape { get; }

    /// <summary>Numbers in it.</summary>
    public int Count => _data.Length / SizeOf(Type);

    /// <summary>Whether the file stores whole numbers.</summary>
    public bool IsInteger => Type is not (ElementType.F32 or ElementType.F64);

    /// <summary>All numbers, each divided by <paramref name="divisor"/>.</summary>
    /// <exception cref="DatasetFileException">A number is NaN or infinite, or above what a float can hold.</exception>
    public float[] ToSingles(double divisor = 1)
    {
        var values = new float[Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(Number(i) / divisor);
            if (!float.IsFinite(values[i]))
            {
                throw new DatasetFileException(File, OffsetOf(i), $"number {i} is {Number(i)}; only finite numbers can be learned from.");
            }
        }

        return values;
    }

    /// <summary>All numbers as class labels.</summary>
    /// <param name="classes">Labels are 0 to one less than this.</param>
    /// <exception cref="DatasetFileException">The file stores no whole numbers, or one that is no label.</exception>
    public int[] ToLabels(int classes)
    {
        if (!IsInteger)
        {
            throw new DatasetFileException(File, 0, $"labels are whole numbers, but the file stores {Type}.");
        }

        var labels = new int[Count];
        for (var i = 0; i < labels.Length; i++)
        {
            var label = Whole(i);
            if (label < 0 || label >= classes)
            {
                throw new DatasetFileException(File, OffsetOf(i), $"label {i} is {label}; with {classes} classes it must be 0 to {classes - 1}.");
            }

            labels[i] = (int)label;
        }

        return labels;
    }

    internal static int SizeOf(ElementType type) => type switch
    {
        ElementType.Bool or ElementType.U8 or ElementType.I8 => 1,
        ElementType.U16 or ElementType.I16 => 2,
        ElementType.I32 or ElementType.F32 => 4,
        _ => 8,
    };

    private long OffsetOf(int index) => _offset + ((long)index * SizeOf(Type));

    private ReadOnlySpan<byte> Bytes(int index) => _data.Span.Slice(index * SizeOf(Type), SizeOf(Type));

    private double Number(int index) => Type switch
    {
        ElementType.F32 => _bigEndian ? BinaryPrimitives.ReadSingleBigEndian(Bytes(index)) : BinaryPrimitives.ReadSingleLittleEndian(Bytes(index)),
        ElementType.F64 => _bigEndian ? BinaryPrimitives.ReadDoubleBigEndian(Bytes(index)) : BinaryPrimitives.ReadDoubleLittleEndian(Bytes(index)),
        _ => Whole(index),
    };

    private long Whole(int index)
    {
        var bytes = Bytes(index);
        return Type switch
        {
            ElementType.Bool or ElementType.U8 => bytes[0],
            ElementType.I8 => (sbyte)bytes[0],
            ElementType.U16 => _bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            ElementType.I16 => _bigEndian ? BinaryPrimitives.ReadInt16BigEndian(bytes) : BinaryPrimitives.ReadInt16LittleEndian(bytes),
            ElementType.I32 => _bigEndian ? BinaryPrimitives.ReadInt32BigEndian(bytes) : BinaryPrimitives.ReadInt32LittleEndian(bytes),
            _ => _bigEndian ? BinaryPrimitives.ReadInt64BigEndian(bytes) : BinaryPrimitives.ReadInt64LittleEndian(bytes),
        };
    }
}
