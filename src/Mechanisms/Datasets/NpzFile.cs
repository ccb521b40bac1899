using System.IO.Compression;

namespace Mechanisms.Datasets;

/// <summary>NumPy's archive: a zip file with one NPY file for each named array.</summary>
public static class NpzFile
{
    private const int MaxArrays = 1_000;
    private const int HeaderAllowance = 1 << 17;

    /// <summary>Reads a whole archive.</summary>
    /// <param name="file">Its name, for messages; an array's own is added to it.</param>
    /// <param name="bytes">Its content.</param>
    /// <param name="limits">For each array; all of them together may have as many numbers again.</param>
    /// <returns>The arrays by their names, without ".npy".</returns>
    /// <exception cref="DatasetFileException">It is no zip file, an array is refused, or it unpacks to more than is allowed.</exception>
    public static IReadOnlyDictionary<string, NumericArray> Read(string file, ReadOnlyMemory<byte> bytes, DatasetLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        try
        {
            using var archive = new ZipArchive(new MemoryStream(bytes.ToArray(), writable: false), ZipArchiveMode.Read);
            return Read(file, archive, limits);
        }
        catch (InvalidDataException e)
        {
            throw new DatasetFileException(file, 0, $"this is no zip archive that can be read: {e.Message}");
        }
    }

    private static Dictionary<string, NumericArray> Read(string file, ZipArchive archive, DatasetLimits limits)
    {
        if (archive.Entries.Count > MaxArrays)
        {
            throw new DatasetFileException(file, 0, $"{archive.Entries.Count} arrays; {MaxArrays} can be read.");
        }

        var arrays = new Dictionary<string, NumericArray>(StringComparer.Ordinal);
        long left = 2L * limits.MaxNumbers;
        foreach (var entry in archive.Entries)
        {
            var name = $"{file}/{entry.FullName}";
            if (!entry.FullName.EndsWith(".npy", StringComparison.Ordinal))
            {
                throw new DatasetFileException(name, 0, "an archive of arrays holds files named .npy only.");
            }

            var array = NpyFile.Read(name, Unpack(name, entry, limits), limits);
            left -= array.Count;
            if (left < 0)
            {
                throw new DatasetFileException(name, 0, $"all arrays together have more than {2L * limits.MaxNumbers} numbers.");
            }

            if (!arrays.TryAdd(entry.FullName[..^".npy".Length], array))
            {
                throw new DatasetFileException(name, 0, "the archive holds two arrays of this name.");
            }
        }

        return arrays;
    }

    /// <summary>What an entry says of its own length is not believed: a zip bomb says anything.</summary>
    private static byte[] Unpack(string name, ZipArchiveEntry entry, DatasetLimits limits)
    {
        var most = Math.Min(Array.MaxLength, ((long)limits.MaxNumbers * sizeof(double)) + HeaderAllowance);
        using var packed = entry.Open();
        using var unpacked = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (packed.Read(buffer) is var read and > 0)
        {
            if (unpacked.Length + read > most)
            {
                throw new DatasetFileException(name, unpacked.Length, $"the array unpacks to more than the {most} bytes that are allowed here.");
            }

            unpacked.Write(buffer, 0, read);
        }

        return unpacked.ToArray();
    }
}
