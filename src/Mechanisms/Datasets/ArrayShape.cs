using System.Collections.Immutable;

namespace Mechanisms.Datasets;

/// <summary>Checks a shape that a file claims before anything is made from it.</summary>
internal static class ArrayShape
{
    private const int MaxRank = 8;

    /// <summary>Bytes of data that the shape asks for.</summary>
    /// <param name="offset">Where the shape stands in the file.</param>
    /// <exception cref="DatasetFileException">Too many dimensions, or more numbers than the limit.</exception>
    public static int BytesOf(string file, long offset, ElementType type, ImmutableArray<int> shape, DatasetLimits limits)
    {
        if (shape.Length > MaxRank)
        {
            throw new DatasetFileException(file, offset, $"{shape.Length} dimensions; {MaxRank} are supported.");
        }

        long numbers = 1;
        foreach (var length in shape)
        {
            numbers *= length;
            if (numbers > limits.MaxNumbers)
            {
                throw new DatasetFileException(file, offset, $"the shape ({string.Join(" × ", shape)}) has more than the {limits.MaxNumbers} numbers that are allowed here.");
            }
        }

        return checked((int)(numbers * NumericArray.SizeOf(type)));
    }
}
