using System.Formats.Tar;
using Workers.Encryption.Datasets.Publishing;

namespace Workers.Encryption.Tests.Datasets;

public sealed class FolderArchiveTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("archive-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_folder_twice_is_the_same_file_and_comes_out_again()
    {
        var (one, two) = (Folder("one"), Folder("two"));
        (string Name, string Text)[] files = [("b/z.csv", "1,2\n"), ("a.csv", "3\n"), ("c.csv", "4\n")];
        foreach (var (folder, order) in new[] { (one, files), (two, [.. files.Reverse()]) })
        {
            Directory.CreateDirectory(Path.Combine(folder, "b"));
            foreach (var (name, text) in order)
            {
                await File.WriteAllTextAsync(Path.Combine(folder, name), text, Cancellation);
            }
        }

        File.SetLastWriteTimeUtc(Path.Combine(one, "a.csv"), DateTime.UnixEpoch.AddYears(9));
        var archives = await Task.WhenAll(ArchiveAsync(one), ArchiveAsync(two));
        Assert.Equal(await File.ReadAllBytesAsync(archives[0], Cancellation), await File.ReadAllBytesAsync(archives[1], Cancellation));
        await TarFile.ExtractToDirectoryAsync(archives[0], Folder("out"), overwriteFiles: false, Cancellation);
        var names = new List<string>();
        await using (var tar = new TarReader(File.OpenRead(archives[0])))
        {
            while (await tar.GetNextEntryAsync(copyData: false, Cancellation) is { } entry)
            {
                names.Add(entry.Name);
            }
        }

        Assert.Equal(["a.csv", "b/z.csv", "c.csv"], names);
        Assert.Equal("3\n", await File.ReadAllTextAsync(Path.Combine(_root, "out", "a.csv"), Cancellation));
        Assert.Equal("1,2\n", await File.ReadAllTextAsync(Path.Combine(_root, "out", "b", "z.csv"), Cancellation));
    }

    [Fact]
    public async Task A_link_that_could_lead_to_a_key_is_refused_by_name()
    {
        var folder = Folder("links");
        File.CreateSymbolicLink(Path.Combine(folder, "data.csv"), "/etc/hostname");
        Assert.Contains("'data.csv' is a link", (await Assert.ThrowsAsync<DatasetSourceException>(() => ArchiveAsync(folder))).Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(folder, "data.csv"));
        Directory.CreateSymbolicLink(Path.Combine(folder, "etc"), "/etc");
        Assert.Contains("'etc' is a link", (await Assert.ThrowsAsync<DatasetSourceException>(() => ArchiveAsync(folder))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_folder_is_no_dataset() =>
        await Assert.ThrowsAsync<DatasetSourceException>(() => ArchiveAsync(Folder("empty")));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(_root, name)).FullName;

    private async Task<string> ArchiveAsync(string folder)
    {
        var path = folder + ".tar";
        await FolderArchive.WriteAsync(folder, path, Cancellation);
        return path;
    }
}
