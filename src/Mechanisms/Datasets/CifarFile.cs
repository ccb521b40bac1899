using Mechanisms.Learning;

namespace Mechanisms.Datasets;

/// <summary>
/// CIFAR-10's binary version: records of a label (one byte) and 32 × 32 pixels of three colours, a plane per colour
/// (https://www.cs.toronto.edu/~kriz/cifar.html).
/// </summary>
public static class CifarFile
{
    private const int Classes = 10;
    private const int PixelBytes = 3 * 32 * 32;
    private const int RecordLength = 1 + PixelBytes;

    /// <summary>Reads a whole file, pixels scaled to 0..1.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="bytes">Its content.</param>
    /// <exception cref="DatasetFileException">It is no whole number of records, or a label is above 9.</exception>
    public static Dataset Read(string file, ReadOnlySpan<byte> bytes, DatasetLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var count = bytes.Length / RecordLength;
        if (count == 0 || bytes.Length % RecordLength != 0)
        {
            throw new DatasetFileException(file, (long)count * RecordLength, $"the file has {bytes.Length} bytes, which is no whole number of records of {RecordLength}.");
        }

        if ((long)count * PixelBytes > limits.MaxNumbers)
        {
            throw new DatasetFileException(file, 0, $"{count} images have more than the {limits.MaxNumbers} numbers that are allowed here.");
        }

        var values = new float[count * PixelBytes];
        var labels = new int[count];
        for (var i = 0; i < count; i++)
        {
            var record = bytes.Slice(i * RecordLength, RecordLength);
            labels[i] = record[0] < Classes
                ? record[0]
                : throw new DatasetFileException(file, (long)i * RecordLength, $"label {i} is {record[0]}; it must be 0 to {Classes - 1}.");
            for (var p = 0; p < PixelBytes; p++)
            {
                values[(i * PixelBytes) + p] = record[1 + p] / 255f;
            }
        }

        return new Dataset(new Tensor(new Shape(count, 3, 32, 32), values), labels, Classes);
    }
}
