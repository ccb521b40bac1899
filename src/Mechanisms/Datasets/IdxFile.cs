using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Mechanisms.Datasets;

/// <summary>
/// The format of MNIST: two zero bytes, the type's code, the number of dimensions, each dimension as a 32-bit number, then the numbers,
/// all big-endian (http://yann.lecun.com/exdb/mnist, "the IDX file format").
/// </summary>
public static class IdxFile
{
    private const int MagicLength = 4;

    /// <summary>Reads a whole file.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="bytes">Its content; the array refers to it.</param>
    /// <exception cref="DatasetFileException">It is no such file, is cut off, or has bytes too many.</exception>
    public static NumericArray Read(string file, ReadOnlyMemory<byte> bytes, DatasetLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var span = bytes.Span;
        if (span.Length < MagicLength)
        {
            throw new DatasetFileException(file, span.Length, "the file ends inside the magic number, which has 4 bytes.");
        }

        if (span[0] != 0 || span[1] != 0)
        {
            throw new DatasetFileException(file, 0, $"an IDX file begins with two zero bytes, this one with {span[0]:x2} {span[1]:x2}.");
        }

        var type = TypeOf(file, span[2]);
        var dimensions = span[3];
        var start = MagicLength + (4 * dimensions);
        if (span.Length < start)
        {
            throw new DatasetFileException(file, span.Length, $"the file ends inside the lengths of its {dimensions} dimensions.");
        }

        var shape = ImmutableArray.CreateBuilder<int>(dimensions);
        for (var i = 0; i < dimensions; i++)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(span[(MagicLength + (4 * i))..]);
            shape.Add(length <= int.MaxValue ? (int)length : throw new DatasetFileException(file, MagicLength + (4 * i), $"dimension {i} has a length of {length}."));
        }

        var array = shape.MoveToImmutable();
        var needed = ArrayShape.BytesOf(file, MagicLength, type, array, limits);
        if (span.Length - start != needed)
        {
            var fault = span.Length - start < needed ? "is cut off" : "has bytes too many";
            throw new DatasetFileException(file, Math.Min(span.Length, start + (long)needed), $"the file {fault}: {string.Join(" × ", array)} numbers need {needed} bytes after the header, there are {span.Length - start}.");
        }

        return new NumericArray(file, type, array, bytes[start..], start, bigEndian: true);
    }

    private static ElementType TypeOf(string file, byte code) => code switch
    {
        0x08 => ElementType.U8,
        0x09 => ElementType.I8,
        0x0b => ElementType.I16,
        0x0c => ElementType.I32,
        0x0d => ElementType.F32,
        0x0e => ElementType.F64,
        _ => throw new DatasetFileException(file, 2, $"type code 0x{code:x2}; known are 0x08, 0x09, 0x0b, 0x0c, 0x0d and 0x0e."),
    };
}
