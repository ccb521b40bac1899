using System.IO.Compression;
using System.Text;
using ContentStore.UnixFs;
using Ethereum;
using Workers.Encryption.Applications;

namespace Workers.Encryption.Tests.Applications;

public sealed class PackedApplicationTests : IDisposable
{
    private const string Config = """{"name":"Mail","tags":[{"tag":"mail","description":"Messages"}]}""";
    private readonly string _folder = Directory.CreateTempSubdirectory("package-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_folder_packs_to_the_same_cid_whatever_its_times_and_its_file_reads_back()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "config.json"), Config, Cancellation);
        Directory.CreateDirectory(Path.Combine(_folder, "icons"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "icons", "mail.svg"), "<svg/>", Cancellation);
        var first = await PackedApplication.LoadAsync(_folder, Cancellation);
        File.SetLastWriteTimeUtc(Path.Combine(_folder, "config.json"), new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var second = await PackedApplication.LoadAsync(_folder, Cancellation);
        Assert.Equal(first.Cid, second.Cid);
        Assert.Equal((await FileDag.ComputeAsync(new MemoryStream(first.Bytes.ToArray()), Cancellation)).Root, first.Cid);
        var binary = new byte[36];
        first.Cid.WriteBinary(binary);
        Assert.Equal(Keccak256.Hash(binary), first.ApplicationId);

        var path = Path.Combine(_folder, "package.zip");
        await File.WriteAllBytesAsync(path, first.Bytes.ToArray(), Cancellation);
        var read = await PackedApplication.LoadAsync(path, Cancellation);
        Assert.Equal((first.Cid, "Mail"), (read.Cid, read.Package.Name));
        await File.WriteAllTextAsync(Path.Combine(_folder, "icons", "mail.svg"), "<svg></svg>", Cancellation);
        File.Delete(path);
        Assert.NotEqual(first.Cid, (await PackedApplication.LoadAsync(_folder, Cancellation)).Cid);
    }

    [Fact]
    public async Task A_folder_with_a_link_is_not_packed()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "config.json"), Config, Cancellation);
        File.CreateSymbolicLink(Path.Combine(_folder, "passwd"), "/etc/passwd");
        var error = await Assert.ThrowsAsync<ApplicationPackageException>(() => PackedApplication.LoadAsync(_folder, Cancellation));
        Assert.Contains("link", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compressed_zip_with_folders_from_another_program_is_read() =>
        Assert.Equal("Mail", (await PackedApplication.ReadAsync(Zip(("docs/", ""), ("config.json", Config), ("docs/readme", "hello")), Cancellation)).Package.Name);

    [Theory]
    [InlineData("../outside")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData("a\\..\\b")]
    [InlineData("../folder/")]
    public async Task A_name_that_leads_out_is_refused(string name) => await RefuseAsync("whose name", Zip(("config.json", Config), (name, "")));

    [Fact]
    public async Task Links_doubles_and_missing_or_nested_configs_are_refused()
    {
        await RefuseAsync("link", Zip(archive => Add(archive, "passwd", "/etc/passwd").ExternalAttributes = unchecked((int)0xA1FF0000)));
        await RefuseAsync("twice", Zip(("config.json", Config), ("config.json", Config)));
        await RefuseAsync("no config.json", Zip(("sub/config.json", Config)));
        await RefuseAsync("name", Zip(("config.json", "{}")));
    }

    [Fact]
    public async Task Bombs_are_refused_by_ratio_by_total_size_and_by_number_of_files()
    {
        await RefuseAsync("bomb", Zip(("config.json", Config), ("zeros", new string('0', 10_000_000))));
        await RefuseAsync("unpacks to more than the", Zip([("config.json", Config), .. Enumerable.Range(0, 70).Select(i => ($"f{i}", Repetitive(1 << 20)))]));
        await RefuseAsync("files", Zip([("config.json", Config), .. Enumerable.Range(0, 1000).Select(i => ($"f{i}", ""))]));
        await RefuseAsync("at most", new byte[PackedApplication.MaxPackageBytes + 1]);
        await RefuseAsync("at most", Zip(("config.json", Repetitive(ApplicationPackage.MaxConfigBytes + 1))));
    }

    [Fact]
    public async Task An_entry_that_lies_about_its_length_is_refused()
    {
        var zip = Zip(("config.json", Config), ("data", Repetitive(5000)));
        // Uncompressed size in the central directory (APPNOTE 4.3.12): 24 bytes after its signature.
        var directory = zip.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        zip[directory + 24]++;
        await Assert.ThrowsAsync<ApplicationPackageException>(() => PackedApplication.ReadAsync(zip, Cancellation));
    }

    [Fact]
    public async Task Data_before_or_after_the_zip_and_any_cut_are_refused()
    {
        var zip = Zip(("config.json", Config));
        await RefuseAsync("no zip", [0, .. zip]);
        await RefuseAsync("after its end", [.. zip, 0]);
        await RefuseAsync("after its end", [.. zip, .. zip]);
        for (var length = 0; length < zip.Length; length++)
        {
            await Assert.ThrowsAsync<ApplicationPackageException>(() => PackedApplication.ReadAsync(zip[..length], Cancellation));
        }
    }

    [Fact]
    public async Task A_changed_byte_never_leads_to_another_exception()
    {
        const int seed = 17;
        var random = new Random(seed);
        var zip = Zip(("config.json", Config), ("docs/readme", Repetitive(3000)));
        for (var round = 0; round < 3000; round++)
        {
            var changed = (byte[])zip.Clone();
            changed[random.Next(zip.Length)] = (byte)random.Next(256);
            try
            {
                await PackedApplication.ReadAsync(changed, Cancellation);
            }
            catch (Exception e)
            {
                Assert.True(e is ApplicationPackageException, $"seed {seed}, round {round}: {e}");
            }
        }
    }

    /// <summary>Text that compresses to about a twentieth: short of a bomb.</summary>
    private static string Repetitive(int length)
    {
        var random = new Random(1);
        return string.Create(length, random, static (text, random) =>
        {
            for (; !text.IsEmpty; text = text[Math.Min(50, text.Length)..])
            {
                text[..Math.Min(50, text.Length)].Fill((char)random.Next('a', 'z'));
            }
        });
    }

    private static byte[] Zip(params (string Name, string Content)[] entries) => Zip(archive => Array.ForEach(entries, entry => Add(archive, entry.Name, entry.Content)));

    private static byte[] Zip(Action<ZipArchive> fill)
    {
        using var output = new MemoryStream();
        using (var archive = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true))
        {
            fill(archive);
        }

        return output.ToArray();
    }

    private static ZipArchiveEntry Add(ZipArchive archive, string name, string content)
    {
        var entry = archive.CreateEntry(name);
        using var stream = entry.Open();
        stream.Write(Encoding.UTF8.GetBytes(content));
        return entry;
    }

    private static async Task RefuseAsync(string expected, byte[] zip)
    {
        var error = await Assert.ThrowsAsync<ApplicationPackageException>(() => PackedApplication.ReadAsync(zip, Cancellation));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
