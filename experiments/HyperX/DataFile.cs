using System.IO.Compression;
using Mechanisms.Datasets;
using Mechanisms.Learning;

namespace Experiments.HyperX;

/// <summary>Real datasets from a folder.</summary>
internal static class DataFile
{
    /// <summary>More than any of the files has, and little enough for memory.</summary>
    private const int MostBytes = 256 << 20;

    /// <summary>The path of a file or of the same file with .gz.</summary>
    /// <exception cref="FileNotFoundException">Neither is there.</exception>
    public static string Find(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? path
            : File.Exists(path + ".gz") ? path + ".gz"
            : throw new FileNotFoundException($"There is no {name} and no {name}.gz in '{folder}'. Put the dataset's files there under the names that they are published with.");
    }

    /// <summary>All bytes of a file, unpacked if it ends in .gz.</summary>
    /// <exception cref="DatasetFileException">It is too large or cannot be unpacked.</exception>
    public static byte[] Read(string path)
    {
        using var file = File.OpenRead(path);
        using var plain = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
        using var bytes = new MemoryStream();
        var block = new byte[1 << 16];
        try
        {
            while (plain.Read(block) is > 0 and var count)
            {
                bytes.Write(block, 0, count);
                if (bytes.Length > MostBytes)
                {
                    throw new DatasetFileException(path, MostBytes, $"there are more than {MostBytes} bytes.");
                }
            }
        }
        catch (InvalidDataException error)
        {
            throw new DatasetFileException(path, 0, $"this is no gzip file: {error.Message}");
        }

        return bytes.ToArray();
    }

    /// <summary>Some of the samples at random, or all if there are no more.</summary>
    public static Dataset Draw(Dataset data, int count, int seed)
    {
        var order = Enumerable.Range(0, data.Count).ToArray();
        new Random(seed).Shuffle(order);
        return data.Select(order.AsSpan(0, Math.Min(count, order.Length)));
    }

    /// <summary>The samples of neighbouring classes, numbered anew from 0.</summary>
    public static Dataset Classes(Dataset data, int first, int count)
    {
        var chosen = data.Select([.. Enumerable.Range(0, data.Count).Where(i => data.Labels[i] >= first && data.Labels[i] < first + count)]);
        return new Dataset(chosen.Samples, [.. chosen.Labels.Select(label => label - first)], count);
    }

    /// <summary>The images without a margin.</summary>
    public static Dataset Crop(Dataset data, int margin)
    {
        var (channels, height, width) = (data.SampleShape[0], data.SampleShape[1], data.SampleShape[2]);
        var inner = new Shape(data.Count, channels, height - (2 * margin), width - (2 * margin));
        var samples = new Tensor(inner);
        for (var row = 0; row < data.Count * channels * inner[2]; row++)
        {
            var (plane, y) = Math.DivRem(row, inner[2]);
            data.Samples.Values.Slice((((plane * height) + y + margin) * width) + margin, inner[3]).CopyTo(samples.Values[(row * inner[3])..]);
        }

        return new Dataset(samples, data.Labels.AsSpan(), data.Classes);
    }
}
