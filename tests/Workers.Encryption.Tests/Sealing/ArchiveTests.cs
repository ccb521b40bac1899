using System.Buffers;
using System.Formats.Tar;
using System.Text;
using Workers.Encryption.Sealing;

namespace Workers.Encryption.Tests.Sealing;

public sealed class ArchiveTests : SealingFixture
{
    [Fact]
    public async Task The_plaintext_is_a_tar_that_other_programs_read()
    {
        Put("short", "one"u8.ToArray());
        Put("grüße/" + new string('x', 200), Encoding.UTF8.GetBytes(new string('y', 1000)));
        var blob = await Sealer.SealAsync(Space, List(), Context, Key, Blob, progress: null, Cancellation);
        var plaintext = await OpenPlaintextAsync(await File.ReadAllBytesAsync(blob!.Path, Cancellation));

        using var tar = new TarReader(new MemoryStream(plaintext));
        var found = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await tar.GetNextEntryAsync(copyData: true, Cancellation) is { } entry)
        {
            Assert.Equal(TarEntryType.RegularFile, entry.EntryType);
            found.Add(entry.Name, entry.Length);
        }

        Assert.Equal(new Dictionary<string, long>(StringComparer.Ordinal) { ["grüße/" + new string('x', 200)] = 1000, ["short"] = 3 }, found);
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    [InlineData(TarEntryType.Directory)]
    [InlineData(TarEntryType.Fifo)]
    [InlineData(TarEntryType.CharacterDevice)]
    [InlineData(TarEntryType.BlockDevice)]
    public async Task Anything_but_a_regular_file_is_refused(TarEntryType type)
    {
        var entry = new UstarTarEntry(type, "entry");
        if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink)
        {
            entry.LinkName = "/etc/passwd";
        }

        await RefuseAsync(Tar(entry));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("/tmp/absolute")]
    [InlineData("a/../../outside")]
    [InlineData("a//b")]
    [InlineData("./a")]
    [InlineData("a/.")]
    [InlineData("back\\slash")]
    [InlineData("line\nfeed")]
    [InlineData("")]
    public async Task A_name_that_leads_elsewhere_is_refused(string name) => await RefuseAsync(await ArchiveAsync((name, "x")));

    [Fact]
    public async Task Names_that_are_too_long_or_too_deep_are_refused()
    {
        await RefuseAsync(await ArchiveAsync((new string('a', 256), "x")));
        await RefuseAsync(await ArchiveAsync((string.Concat(Enumerable.Repeat("abc/", 400)) + "x", "x")));
        await RefuseAsync(await ArchiveAsync((string.Concat(Enumerable.Repeat("a/", 64)) + "x", "x")));
    }

    [Fact]
    public async Task Two_files_of_one_name_or_one_inside_the_other_are_refused()
    {
        await RefuseAsync(await ArchiveAsync(("a", "1"), ("a", "2")));
        await RefuseAsync(await ArchiveAsync(("a", "1"), ("a/b", "2")));
        await RefuseAsync(await ArchiveAsync(("a/b", "1"), ("a", "2")));
    }

    [Fact]
    public async Task Names_that_differ_in_case_are_two_files()
    {
        Assert.Equal(2, (await OpenAsync(SealPlaintext(await ArchiveAsync(("a", "1"), ("A", "2"))))).Files);
        Assert.Equal("2", await File.ReadAllTextAsync(Path.Combine(Destination, "A"), Cancellation));
    }

    [Fact]
    public async Task Extended_headers_with_other_fields_or_huge_ones_are_refused()
    {
        using var output = new MemoryStream();
        using (var writer = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "a", new Dictionary<string, string>(StringComparer.Ordinal) { ["GNU.sparse.size"] = "1" }));
        }

        await RefuseAsync(output.ToArray());

        var huge = await ArchiveAsync((new string('ä', 100), "x"));
        Encoding.ASCII.GetBytes("77777777777").CopyTo(huge, 124);
        FixChecksum(huge, 0);
        await RefuseAsync(huge);
    }

    [Fact]
    public async Task Any_archive_cut_short_or_followed_by_data_is_refused()
    {
        var archive = await ArchiveAsync(("a", new string('x', 700)), ("ä", "2"));
        for (var length = 0; length < archive.Length; length += 100)
        {
            await RefuseAsync(archive[..length]);
        }

        await RefuseAsync([.. archive, 0]);
        await RefuseAsync([.. archive, .. archive]);
        Assert.Equal(2, (await OpenAsync(SealPlaintext(archive))).Files);
    }

    [Fact]
    public async Task A_changed_byte_in_a_header_block_never_leads_to_a_crash()
    {
        const int seed = 5;
        var random = new Random(seed);
        var archive = await ArchiveAsync((new string('ö', 60), "content"), ("b", "x"));
        for (var round = 0; round < 2000; round++)
        {
            var changed = (byte[])archive.Clone();
            var block = random.Next(5) * 512;
            changed[block + random.Next(512)] = (byte)random.Next(256);
            FixChecksum(changed, block);
            try
            {
                await OpenAsync(SealPlaintext(changed));
                Directory.Delete(Destination, recursive: true);
            }
            catch (SealedBlobException e)
            {
                Assert.True(e.Error is SealedBlobError.UnsafeContent or SealedBlobError.TooLarge, $"seed {seed}, round {round}: {e}");
            }

            Assert.Equal([], Directory.GetDirectories(Folder));
        }
    }

    [Fact]
    public async Task More_files_or_bytes_than_allowed_are_refused()
    {
        var archive = await ArchiveAsync(("a", "12345"), ("b", "12345"));
        await RefuseAsync(archive, SealedBlobError.TooLarge, new OpenLimits { MaxBytes = 9 });
        await RefuseAsync(archive, SealedBlobError.TooLarge, new OpenLimits { MaxFiles = 1 });
        await OpenAsync(SealPlaintext(archive), new OpenLimits { MaxBytes = 10, MaxFiles = 2 });
    }

    [Fact]
    public async Task Sizes_above_8_GiB_are_declared_in_an_extended_header()
    {
        var output = new ArrayBufferWriter<byte>();
        using (var chunks = new ChunkWriter(output, Key, Context, new byte[32]))
        {
            ArchiveWriter.WriteHeader(chunks, "big", 9L << 30, DateTimeOffset.UnixEpoch);
            chunks.Complete();
        }

        using var reader = await ChunkReader.OpenAsync(new MemoryStream(output.WrittenSpan.ToArray()), Key, Context, Cancellation);
        Assert.Equal(new SpaceFile("big", 9L << 30, DateTimeOffset.UnixEpoch), await new ArchiveReader(reader).NextAsync(Cancellation));
    }

    private async Task RefuseAsync(byte[] archive, SealedBlobError error = SealedBlobError.UnsafeContent, OpenLimits? limits = null)
    {
        var refusal = await Assert.ThrowsAsync<SealedBlobException>(() => OpenAsync(SealPlaintext(archive), limits));
        Assert.Equal(error, refusal.Error);
        Assert.Equal([], Directory.GetFileSystemEntries(Folder));
        Assert.False(File.Exists(Path.Combine(Folder, "..", "outside")));
    }

    private static byte[] Tar(TarEntry entry)
    {
        using var output = new MemoryStream();
        using (var writer = new TarWriter(output, leaveOpen: true))
        {
            writer.WriteEntry(entry);
        }

        return output.ToArray();
    }

    /// <summary>A well-formed archive with any names.</summary>
    private async Task<byte[]> ArchiveAsync(params (string Name, string Content)[] files)
    {
        var blob = new ArrayBufferWriter<byte>();
        using (var chunks = new ChunkWriter(blob, Key, Context, new byte[32]))
        {
            foreach (var (name, content) in files)
            {
                ArchiveWriter.WriteHeader(chunks, name, content.Length, DateTimeOffset.UnixEpoch);
                chunks.Write(Encoding.ASCII.GetBytes(content));
                ArchiveWriter.WritePadding(chunks, content.Length);
            }

            ArchiveWriter.WriteEnd(chunks);
            chunks.Complete();
        }

        return await OpenPlaintextAsync(blob.WrittenSpan.ToArray());
    }

    private static void FixChecksum(byte[] archive, int block) =>
        Encoding.ASCII.GetBytes(Convert.ToString(ArchiveWriter.Checksum(archive.AsSpan(block, 512)), 8).PadLeft(6, '0')).CopyTo(archive, block + 148);
}
