using System.Text.RegularExpressions;
using Workers.Encryption.Sealing;

namespace Workers.Encryption.Spaces;

/// <summary>Names and writes of files in a space's folder.</summary>
public static partial class LocalFiles
{
    private const string Unfinished = ".incoming-";

    /// <summary>Resolves a file's name in a space; a name cannot lead out of it.</summary>
    public static bool TryResolve(string folder, string name, out string path)
    {
        path = Path.Combine(folder, name);
        return FileName().IsMatch(name);
    }

    /// <summary>Leaves out what is still arriving over HTTP, so that a file appears in a period whole or not at all.</summary>
    public static SpaceListing WithoutUnfinished(SpaceListing listing) =>
        listing with { Files = [.. listing.Files.Where(f => !f.Name.StartsWith(Unfinished, StringComparison.Ordinal))] };

    /// <summary>Whether an entry of a space's folder is a data file rather than one that is still arriving.</summary>
    public static bool IsData(FileInfo file) => !file.Name.StartsWith('.') && file.LinkTarget is null;

    /// <summary>Writes a file durably: it is there whole under its name, or not at all.</summary>
    /// <returns>Its size in bytes.</returns>
    public static async Task<long> StoreAsync(string path, Stream content, CancellationToken cancellationToken)
    {
        var unfinished = Path.Combine(Path.GetDirectoryName(path)!, $"{Unfinished}{Guid.NewGuid():N}");
        try
        {
            long length;
            await using (var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                await content.CopyToAsync(file, cancellationToken);
                file.Flush(flushToDisk: true);
                length = file.Length;
            }

            File.Move(unfinished, path, overwrite: true);
            return length;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex FileName();
}
