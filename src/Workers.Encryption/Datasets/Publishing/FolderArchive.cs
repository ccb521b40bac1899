using System.Formats.Tar;

namespace Workers.Encryption.Datasets.Publishing;

/// <summary>A folder as one tar file (POSIX pax) that depends on its files' names and bytes alone, so that the same folder twice is recognised.</summary>
internal static class FolderArchive
{
    /// <exception cref="DatasetSourceException">The folder holds something else than files and folders.</exception>
    public static async Task WriteAsync(string folder, string path, CancellationToken cancellationToken)
    {
        await using var output = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);
        await using var tar = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);
        foreach (var name in Files(folder))
        {
            await using var file = new FileStream(Path.Combine(folder, name), FileMode.Open, FileAccess.Read, FileShare.Read);
            var entry = new PaxTarEntry(TarEntryType.RegularFile, name)
            {
                DataStream = file,
                ModificationTime = DateTimeOffset.UnixEpoch,
                Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
            };
            await tar.WriteEntryAsync(entry, cancellationToken);
        }
    }

    private static List<string> Files(string folder)
    {
        var names = new List<string>();
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", options))
        {
            var name = Path.GetRelativePath(folder, entry.FullName);
            if (entry.LinkTarget is not null || entry.Attributes.HasFlag(FileAttributes.Device))
            {
                // A link could lead to what nobody meant to sell.
                throw new DatasetSourceException($"'{name}' is a link or a device. Put the file itself there, or take it away.");
            }

            if (entry is FileInfo)
            {
                names.Add(name);
            }
        }

        names.Sort(StringComparer.Ordinal);
        return names.Count > 0 ? names : throw new DatasetSourceException("The folder is empty.");
    }
}

/// <summary>A source that cannot be published; the message says why.</summary>
internal sealed class DatasetSourceException(string message) : Exception(message);
