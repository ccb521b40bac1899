using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Mechanisms.Datasets;

/// <summary>
/// NumPy's file of one array, versions 1.0, 2.0 and 3.0 of the format
/// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): row-major numbers of fixed size.
/// </summary>
public static class NpyFile
{
    private const int MaxHeader = 1 << 16;
    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>A file of version 1.0 with a tensor's numbers.</summary>
    public static byte[] Write(Learning.Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return Write("<f4", tensor.Shape.Extents.AsSpan(), MemoryMarshal.AsBytes(tensor.Values));
    }

    /// <summary>A file of version 1.0 with a row of labels.</summary>
    public static byte[] Write(ReadOnlySpan<int> labels) => Write("<i4", [labels.Length], MemoryMarshal.AsBytes(labels));

    /// <summary>Reads a whole file.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="bytes">Its content; the array refers to it.</param>
    /// <exception cref="DatasetFileException">It is no such file, is cut off, has bytes too many, or stores what is not supported.</exception>
    public static NumericArray Read(string file, ReadOnlyMemory<byte> bytes, DatasetLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var span = bytes.Span;
        if (!span.StartsWith(Magic))
        {
            throw new DatasetFileException(file, 0, "an NPY file begins with 93 and the letters NUMPY; this one does not.");
        }

        var (headerStart, headerLength) = HeaderOf(file, span);
        var header = new NpyHeader(file, headerStart, Encoding.Latin1.GetString(span.Slice(headerStart, headerLength)));
        var (type, bigEndian) = header.Type;
        var start = headerStart + headerLength;
        var needed = ArrayShape.BytesOf(file, headerStart, type, header.Shape, limits);
        if (span.Length - start != needed)
        {
            var fault = span.Length - start < needed ? "is cut off" : "has bytes too many";
            throw new DatasetFileException(file, Math.Min(span.Length, start + (long)needed), $"the file {fault}: the shape ({string.Join(", ", header.Shape)}) needs {needed} bytes after the header, there are {span.Length - start}.");
        }

        return new NumericArray(file, type, header.Shape, bytes[start..], start, bigEndian);
    }

    private static (int Start, int Length) HeaderOf(string file, ReadOnlySpan<byte> span)
    {
        const int versionAt = 6, lengthAt = 8;
        if (span.Length < lengthAt)
        {
            throw new DatasetFileException(file, span.Length, "the file ends before the format's version.");
        }

        var major = span[versionAt];
        if (major is < 1 or > 3 || span[versionAt + 1] != 0)
        {
            throw new DatasetFileException(file, versionAt, $"version {major}.{span[versionAt + 1]} of the format; known are 1.0, 2.0 and 3.0.");
        }

        var width = major == 1 ? 2 : 4;
        if (span.Length < lengthAt + width)
        {
            throw new DatasetFileException(file, span.Length, "the file ends inside the header's length.");
        }

        var length = width == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(span[lengthAt..]) : BinaryPrimitives.ReadUInt32LittleEndian(span[lengthAt..]);
        var start = lengthAt + width;
        if (length > MaxHeader || length > span.Length - start)
        {
            throw new DatasetFileException(file, lengthAt, $"a header of {length} bytes; {Math.Min(MaxHeader, span.Length - start)} can be there.");
        }

        return (start, (int)length);
    }

    // The header is padded so that the numbers begin at a multiple of 64 bytes.
    private static byte[] Write(string type, ReadOnlySpan<int> shape, ReadOnlySpan<byte> numbers)
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("NPY files are written on little-endian machines only.");
        }

        const int Fixed = 10;
        var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({string.Join(", ", shape.ToArray())}{(shape.Length == 1 ? "," : "")}), }}";
        header = header.PadRight(((Fixed + header.Length + 1 + 63) / 64 * 64) - Fixed - 1) + '\n';
        var file = new byte[Fixed + header.Length + numbers.Length];
        Magic.CopyTo(file);
        file[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(8), (ushort)header.Length);
        Encoding.ASCII.GetBytes(header, file.AsSpan(Fixed));
        numbers.CopyTo(file.AsSpan(Fixed + header.Length));
        return file;
    }
}
