using System.Security.Cryptography;
using ContentStore.UnixFs;
using Workers.Encryption.Sealing;

namespace Workers.Encryption.Tests.Sealing;

public sealed class SealerTests : SealingFixture
{
    [Fact]
    public async Task A_space_survives_sealing_and_opening_with_names_contents_and_times()
    {
        var random = new Random(1);
        var big = new byte[3_000_000];
        random.NextBytes(big);
        var contents = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["a.txt"] = "hello"u8.ToArray(),
            ["empty"] = [],
            [".hidden/deep/file"] = new byte[512],
            ["Maildir/cur/1699.M1P2:2,S"] = new byte[1_000_000],
            ["grüße/日本.eml"] = "text"u8.ToArray(),
            [new string('n', 200) + "/" + new string('m', 255)] = [1, 2, 3],
            ["with space and \"quotes\""] = [4],
            ["big.bin"] = big,
        };
        foreach (var (name, content) in contents)
        {
            Put(name, content);
            File.SetLastWriteTimeUtc(Path.Combine(Space, name), new DateTime(2020, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        }

        var files = List();
        var blob = await Sealer.SealAsync(Space, files, Context, Key, Blob, progress: null, Cancellation);
        Assert.NotNull(blob);
        Assert.Empty(blob.LeftOut);
        Assert.Equal(contents.Values.Sum(content => (long)content.Length), blob.PlainBytes);

        var opened = await OpenAsync(await File.ReadAllBytesAsync(Blob, Cancellation));
        Assert.Equal(new OpenedSpace(contents.Count, blob.PlainBytes), opened);
        foreach (var (name, content) in contents)
        {
            var path = Path.Combine(Destination, name);
            Assert.Equal(content, await File.ReadAllBytesAsync(path, Cancellation));
            Assert.Equal(new DateTime(2020, 2, 3, 4, 5, 6, DateTimeKind.Utc), File.GetLastWriteTimeUtc(path));
        }
    }

    [Fact]
    public async Task The_hash_and_the_cid_are_those_of_the_blob_on_disk()
    {
        var content = new byte[5_000_000];
        new Random(2).NextBytes(content);
        Put("random", content);
        var blob = await Sealer.SealAsync(Space, List(), Context, Key, Blob, progress: null, Cancellation);
        var bytes = await File.ReadAllBytesAsync(Blob, Cancellation);
        Assert.Equal(SHA256.HashData([.. bytes.Chunk(1 << 20).SelectMany(SHA256.HashData)]), blob!.ContentHash.ToArray());
        Assert.Equal((await FileDag.ComputeAsync(new MemoryStream(bytes), Cancellation)).Root, blob.Dag.Root);
        Assert.Equal(bytes.Length, blob.SealedBytes);
    }

    [Fact]
    public async Task Sealing_again_with_the_same_key_shares_no_byte_run_with_the_first_blob()
    {
        Put("random", RandomNumberGenerator.GetBytes(100_000));
        await Sealer.SealAsync(Space, List(), Context, Key, Blob, progress: null, Cancellation);
        var first = await File.ReadAllBytesAsync(Blob, Cancellation);
        await Sealer.SealAsync(Space, List(), Context, Key, Blob, progress: null, Cancellation);
        var second = await File.ReadAllBytesAsync(Blob, Cancellation);
        Assert.Equal(-1, second.AsSpan().IndexOf(first.AsSpan(SealedBlobFormat.HeaderLength + 5, 16)));
        Assert.NotEqual(first[16..48], second[16..48]);
    }

    [Fact]
    public async Task Files_that_changed_since_they_were_listed_are_left_out_and_the_rest_is_sealed()
    {
        Put("grown", [1]);
        Put("shrunk", [1, 2]);
        Put("touched", [1]);
        Put("vanished", [1]);
        Put("kept", [42]);
        var files = List();
        Put("grown", [1, 2]);
        Put("shrunk", [1]);
        File.SetLastWriteTimeUtc(Path.Combine(Space, "touched"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        File.Delete(Path.Combine(Space, "vanished"));

        var blob = await Sealer.SealAsync(Space, files, Context, Key, Blob, progress: null, Cancellation);
        Assert.Equal(["kept"], blob!.Files.Select(file => file.Name), StringComparer.Ordinal);
        Assert.Equal(["grown", "shrunk", "touched", "vanished"], blob.LeftOut.Select(file => file.Name), StringComparer.Ordinal);
        await OpenAsync(await File.ReadAllBytesAsync(Blob, Cancellation));
        Assert.Equal([Path.Combine(Destination, "kept")], Directory.GetFiles(Destination));
    }

    [Fact]
    public async Task A_file_that_is_written_to_while_it_is_read_is_left_out()
    {
        Put("a", new byte[8 << 20]);
        Put("b", [1]);
        var progress = new Synchronous(_ => File.AppendAllText(Path.Combine(Space, "a"), "more"));
        var blob = await Sealer.SealAsync(Space, List(), Context, Key, Blob, progress, Cancellation);
        Assert.Equal(["b"], blob!.Files.Select(file => file.Name), StringComparer.Ordinal);
        Assert.Equal(["a"], blob.LeftOut.Select(file => file.Name), StringComparer.Ordinal);
    }

    [Fact]
    public async Task When_every_file_changed_there_is_no_blob()
    {
        Put("a", [1]);
        var files = List();
        File.Delete(Path.Combine(Space, "a"));
        Assert.Null(await Sealer.SealAsync(Space, files, Context, Key, Blob, progress: null, Cancellation));
        Assert.False(File.Exists(Blob));
    }

    [Fact]
    public async Task A_cancelled_sealing_leaves_no_blob()
    {
        Put("a", new byte[4 << 20]);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var progress = new Synchronous(_ => cancel.Cancel());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Sealer.SealAsync(Space, List(), Context, Key, Blob, progress, cancel.Token));
        Assert.False(File.Exists(Blob));
    }

    [Fact]
    public async Task Text_shrinks_and_random_bytes_grow_by_less_than_a_thousandth()
    {
        Put("text", System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 200_000).Select(i => $"line {i}\n"))));
        var text = await Sealer.SealAsync(Space, List(), Context, Key, Blob, progress: null, Cancellation);
        Assert.True(text!.SealedBytes < text.PlainBytes / 3, $"{text.PlainBytes} bytes became {text.SealedBytes}");
        Put("text", RandomNumberGenerator.GetBytes(10_000_000));
        var random = await Sealer.SealAsync(Space, List(), Context, Key, Blob, progress: null, Cancellation);
        Assert.True(random!.SealedBytes < random.PlainBytes * 1.001, $"{random.PlainBytes} bytes became {random.SealedBytes}");
    }

    private sealed class Synchronous(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
