using System.Buffers;
using Workers.Encryption.Sealing;

namespace Workers.Encryption.Tests.Sealing;

public sealed class OpenerTests : SealingFixture
{
    [Fact]
    public async Task An_existing_folder_or_file_is_never_written_into()
    {
        var blob = await SealSampleAsync();
        Directory.CreateDirectory(Destination);
        await Assert.ThrowsAsync<IOException>(() => OpenAsync(blob));
        Assert.Empty(Directory.GetFileSystemEntries(Destination));
        Directory.Delete(Destination);
        await File.WriteAllTextAsync(Destination, "mine", Cancellation);
        await Assert.ThrowsAsync<IOException>(() => OpenAsync(blob));
        Assert.Equal("mine", await File.ReadAllTextAsync(Destination, Cancellation));
    }

    [Fact]
    public async Task What_a_crash_left_behind_is_replaced_and_its_links_are_not_followed()
    {
        var blob = await SealSampleAsync();
        var outside = Directory.CreateDirectory(Path.Combine(Folder, "outside")).FullName;
        await File.WriteAllTextAsync(Path.Combine(outside, "precious"), "precious", Cancellation);
        Directory.CreateDirectory(Destination + ".opening");
        Directory.CreateSymbolicLink(Path.Combine(Destination + ".opening", "sub"), outside);

        await OpenAsync(blob);
        Assert.Equal(["precious"], Directory.GetFileSystemEntries(outside).Select(Path.GetFileName), StringComparer.Ordinal);
        Assert.Equal(["file"], Directory.GetFileSystemEntries(Path.Combine(Destination, "sub")).Select(Path.GetFileName), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_blob_damaged_at_its_very_end_leaves_nothing()
    {
        var blob = await SealSampleAsync();
        blob[^1] ^= 1;
        await Assert.ThrowsAsync<SealedBlobException>(() => OpenAsync(blob));
        Assert.False(Path.Exists(Destination));
        Assert.False(Path.Exists(Destination + ".opening"));
    }

    [Fact]
    public async Task A_cancelled_opening_leaves_nothing()
    {
        var blob = await SealSampleAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var input = new CancelAfterFirstRead(blob, cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Opener.OpenAsync(input, Key, Context, Destination, new OpenLimits(), cancel.Token));
        Assert.False(Path.Exists(Destination));
        Assert.False(Path.Exists(Destination + ".opening"));
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Opened_files_are_for_their_owner_only()
    {
        await OpenAsync(await SealSampleAsync());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Destination, "sub", "file")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Destination));
    }

    /// <summary>The format must not drift: this blob was sealed when version 1 was defined, and every later program opens it.</summary>
    [Fact]
    public async Task The_golden_blob_of_version_1_opens_and_is_written_again_byte_for_byte()
    {
        var golden = Convert.FromBase64String(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Sealing", "golden-v1.sealed.base64"), Cancellation));
        Assert.Equal(new OpenedSpace(2, 5012), await OpenAsync(golden));
        Assert.Equal("hello world\n", await File.ReadAllTextAsync(Path.Combine(Destination, "greeting.txt"), Cancellation));
        Assert.Equal(new byte[5000], await File.ReadAllBytesAsync(Path.Combine(Destination, "ünïcode", "zeros"), Cancellation));
        Assert.Equal(new DateTime(2026, 11, 21, 12, 0, 0, DateTimeKind.Utc), File.GetLastWriteTimeUtc(Path.Combine(Destination, "greeting.txt")));
        Assert.Equal(golden, Golden());
    }

    internal byte[] Golden()
    {
        var output = new ArrayBufferWriter<byte>();
        using var chunks = new ChunkWriter(output, Key, Context, Enumerable.Range(0, 32).Select(i => (byte)i).ToArray(), SealedBlobFormat.MinChunkSize);
        var time = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
        ArchiveWriter.WriteHeader(chunks, "greeting.txt", 12, time);
        chunks.Write("hello world\n"u8);
        ArchiveWriter.WritePadding(chunks, 12);
        ArchiveWriter.WriteHeader(chunks, "ünïcode/zeros", 5000, time);
        chunks.Write(new byte[5000]);
        ArchiveWriter.WritePadding(chunks, 5000);
        ArchiveWriter.WriteEnd(chunks);
        chunks.Complete();
        return output.WrittenSpan.ToArray();
    }

    private async Task<byte[]> SealSampleAsync()
    {
        Put("sub/file", new byte[600_000]);
        await Sealer.SealAsync(Space, List(), Context, Key, Blob, progress: null, Cancellation);
        return await File.ReadAllBytesAsync(Blob, Cancellation);
    }

    private sealed class CancelAfterFirstRead(byte[] bytes, CancellationTokenSource cancel) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            await cancel.CancelAsync();
            return read;
        }
    }
}
