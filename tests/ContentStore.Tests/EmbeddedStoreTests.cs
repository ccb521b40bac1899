using System.Security.Cryptography;
using ContentStore.Embedded;
using ContentStore.UnixFs;

namespace ContentStore.Tests;

public sealed class EmbeddedStoreTests : IDisposable
{
    private const int MiB = 1 << 20;
    private readonly TemporaryDirectory _directory = new();
    private readonly EmbeddedStore _store;

    public EmbeddedStoreTests() => _store = new EmbeddedStore(StorePath);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string StorePath => Path.Combine(_directory.Path, "store");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(MiB)]
    [InlineData(MiB + 1)]
    [InlineData(9 * MiB + 7)]
    public async Task Stored_bytes_come_back_the_same_under_the_cid_of_the_profile(int size)
    {
        var bytes = TemporaryDirectory.Bytes(size);
        var expected = await FileDag.ComputeAsync(new MemoryStream(bytes), Cancel);

        var dag = await _store.PutAsync(new TricklingStream(bytes), Cancel);

        Assert.Equal(expected.Root, dag.Root);
        Assert.Equal(size, dag.Size);
        Assert.Equal(bytes, await _store.ReadAllAsync(dag.Root));
        Assert.Equal(size, await _store.VerifyAsync(dag.Root, progress: null, Cancel));
        Assert.True(await _store.HasAsync(dag.Root, Cancel));
    }

    [Fact]
    public async Task Any_range_can_be_read_by_seeking()
    {
        var bytes = TemporaryDirectory.Bytes(3 * MiB + 100);
        var dag = await _store.PutAsync(new MemoryStream(bytes), Cancel);
        await using var stream = await _store.OpenAsync(dag.Root, long.MaxValue, Cancel);
        var random = new Random(11);
        for (var i = 0; i < 50; i++)
        {
            var offset = random.Next(bytes.Length);
            var part = new byte[Math.Min(random.Next(1, 2 * MiB), bytes.Length - offset)];
            stream.Position = offset;
            if (i % 2 == 0)
            {
                await stream.ReadExactlyAsync(part, Cancel);
            }
            else
            {
                stream.ReadExactly(part);
            }

            Assert.True(bytes.AsSpan(offset, part.Length).SequenceEqual(part), $"{part.Length} bytes at {offset}, seed 11");
        }
    }

    [Fact]
    public async Task A_flipped_bit_on_disk_is_found_at_its_block_and_nothing_of_that_block_is_handed_out()
    {
        var bytes = TemporaryDirectory.Bytes(4 * MiB);
        var dag = await _store.PutAsync(new MemoryStream(bytes), Cancel);
        var file = ContentFile(dag.Root);
        Flip(file, 2 * MiB + 12345);

        await using var stream = await _store.OpenAsync(dag.Root, long.MaxValue, Cancel);
        var copy = new MemoryStream();
        var error = await Assert.ThrowsAsync<ContentCorruptException>(() => stream.CopyToAsync(copy, Cancel));

        Assert.Equal(dag.Leaf(2), error.Expected);
        Assert.Equal($"'{file}', block 2", error.Origin);
        Assert.Equal(bytes[..(2 * MiB)], copy.ToArray());
        await Assert.ThrowsAsync<ContentCorruptException>(() => _store.VerifyAsync(dag.Root, progress: null, Cancel));
    }

    [Theory]
    [InlineData(4 * MiB - 1)]
    [InlineData(4 * MiB + 1)]
    [InlineData(3 * MiB)]
    [InlineData(0)]
    public async Task A_file_of_another_length_is_refused(int length)
    {
        var dag = await _store.PutAsync(new MemoryStream(TemporaryDirectory.Bytes(4 * MiB)), Cancel);
        using (var file = File.OpenWrite(ContentFile(dag.Root)))
        {
            file.SetLength(length);
        }

        await Assert.ThrowsAnyAsync<ContentStoreException>(() => _store.VerifyAsync(dag.Root, progress: null, Cancel));
    }

    [Fact]
    public async Task Damaged_or_missing_leaf_digests_are_found_and_storing_again_mends_them()
    {
        var bytes = TemporaryDirectory.Bytes(3 * MiB);
        var dag = await _store.PutAsync(new MemoryStream(bytes), Cancel);
        var leaves = ContentFile(dag.Root) + ".leaves";

        Flip(leaves, 40);
        Assert.Contains(leaves, (await Assert.ThrowsAsync<ContentCorruptException>(() => _store.ReadAllAsync(dag.Root))).Origin, StringComparison.Ordinal);
        File.Delete(leaves);
        await Assert.ThrowsAsync<ContentStoreException>(() => _store.ReadAllAsync(dag.Root));
        await _store.PutAsync(new MemoryStream(bytes), Cancel);

        Assert.Equal(bytes, await _store.ReadAllAsync(dag.Root));
    }

    [Fact]
    public async Task Storing_again_mends_a_damaged_file()
    {
        var bytes = TemporaryDirectory.Bytes(100);
        var path = _directory.NewFile(bytes);
        var dag = await _store.PutFileAsync(path, new PutFileOptions(), Cancel);
        Flip(ContentFile(dag.Root), 50);
        await Assert.ThrowsAsync<ContentCorruptException>(() => _store.ReadAllAsync(dag.Root));

        await _store.PutFileAsync(path, new PutFileOptions { Immutable = true }, Cancel);

        Assert.Equal(bytes, await _store.ReadAllAsync(dag.Root));
    }

    [Fact]
    public async Task A_file_put_as_immutable_is_linked_and_may_be_put_again_and_removed_by_its_owner()
    {
        var bytes = TemporaryDirectory.Bytes(2 * MiB + 3);
        var path = _directory.NewFile(bytes);
        var known = await FileDag.ComputeAsync(new MemoryStream(bytes), Cancel);

        await _store.PutFileAsync(path, new PutFileOptions { Dag = known, Immutable = true }, Cancel);
        var dag = await _store.PutFileAsync(path, new PutFileOptions { Immutable = true }, Cancel);
        File.Delete(path);

        Assert.Equal(known.Root, dag.Root);
        Assert.Equal(bytes, await _store.ReadAllAsync(dag.Root));
        Assert.Empty(TemporaryFiles());
    }

    [Fact]
    public async Task A_file_that_its_owner_goes_on_writing_does_not_change_what_is_stored()
    {
        var bytes = TemporaryDirectory.Bytes(2 * MiB);
        var path = _directory.NewFile(bytes);
        var dag = await _store.PutFileAsync(path, new PutFileOptions(), Cancel);

        Flip(path, 5);

        Assert.Equal(bytes, await _store.ReadAllAsync(dag.Root));
    }

    [Fact]
    public async Task A_dag_of_another_file_is_refused()
    {
        var path = _directory.NewFile(TemporaryDirectory.Bytes(100));
        var other = await FileDag.ComputeAsync(new MemoryStream(TemporaryDirectory.Bytes(101)), Cancel);

        await Assert.ThrowsAsync<ArgumentException>(() => _store.PutFileAsync(path, new PutFileOptions { Dag = other, Immutable = true }, Cancel));

        Assert.False(await _store.HasAsync(other.Root, Cancel));
    }

    [Fact]
    public async Task Content_larger_than_allowed_is_refused_before_it_is_read()
    {
        var dag = await _store.PutAsync(new MemoryStream(TemporaryDirectory.Bytes(1000)), Cancel);

        Assert.Equal(1000, (await _store.ReadAllAsync(dag.Root, maxBytes: 1000)).Length);
        await Assert.ThrowsAsync<ContentTooLargeException>(() => _store.OpenAsync(dag.Root, 999, Cancel));
    }

    [Fact]
    public async Task Content_that_was_never_stored_is_not_found()
    {
        var nowhere = Cid.Of(CidCodec.Raw, "nobody ever stored this"u8);

        Assert.False(await _store.HasAsync(nowhere, Cancel));
        await Assert.ThrowsAsync<ContentNotFoundException>(() => _store.OpenAsync(nowhere, long.MaxValue, Cancel));
    }

    [Fact]
    public async Task An_upload_whose_source_breaks_off_leaves_neither_content_nor_temporary_files()
    {
        var bytes = TemporaryDirectory.Bytes(3 * MiB);
        var dag = await FileDag.ComputeAsync(new MemoryStream(bytes), Cancel);

        await Assert.ThrowsAsync<IOException>(() => _store.PutAsync(new TricklingStream(bytes, breaksAt: 2 * MiB + 5), Cancel));

        Assert.False(await _store.HasAsync(dag.Root, Cancel));
        Assert.Empty(TemporaryFiles());
    }

    [Fact]
    public void Files_that_a_dead_process_left_are_removed_at_the_next_start_and_those_of_living_ones_are_not()
    {
        var dead = Path.Combine(StorePath, "tmp", Guid.NewGuid().ToString("n"));
        Directory.CreateDirectory(dead);
        File.WriteAllText(dead + ".lock", ""); // what a kill leaves: the file without the kernel's lock
        File.WriteAllText(Path.Combine(dead, "1"), "half of something");
        var living = Assert.Single(Directory.GetDirectories(Path.Combine(StorePath, "tmp")), d => d != dead);
        File.WriteAllText(Path.Combine(living, "1"), "under way");

        using var second = new EmbeddedStore(StorePath);

        Assert.False(Directory.Exists(dead));
        Assert.False(File.Exists(dead + ".lock"));
        Assert.True(File.Exists(Path.Combine(living, "1")));
    }

    [Fact]
    public async Task Several_stores_on_one_directory_may_write_the_same_and_other_content_at_the_same_time()
    {
        using var second = new EmbeddedStore(StorePath);
        using var third = new EmbeddedStore(StorePath);
        EmbeddedStore[] stores = [_store, second, third];
        var shared = TemporaryDirectory.Bytes(2 * MiB + 1, seed: 1000);

        var roots = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(async () =>
        {
            var bytes = i % 2 == 0 ? shared : TemporaryDirectory.Bytes(MiB + i, seed: i);
            var dag = await stores[i % 3].PutAsync(new MemoryStream(bytes), Cancel);
            Assert.Equal(bytes, await stores[(i + 1) % 3].ReadAllAsync(dag.Root));
            return dag.Root;
        })));

        Assert.Equal(13, roots.Distinct().Count());
        Assert.Empty(TemporaryFiles());
    }

    [Fact]
    public async Task A_write_that_fails_cannot_be_completed_as_if_nothing_had_happened()
    {
        using var readOnly = File.OpenHandle(_directory.NewFile([1]));
        await using var writer = new DagStream(readOnly);
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            for (var i = 0; i < 8; i++)
            {
                await writer.WriteAsync(TemporaryDirectory.Bytes(MiB), Cancel);
                await Task.Delay(50, Cancel);
            }
        });

        await Assert.ThrowsAnyAsync<Exception>(() => writer.CompleteAsync(Cancel));
    }

    [Fact]
    public async Task The_file_holds_what_was_written_and_its_cid_is_that_of_the_bytes()
    {
        var bytes = TemporaryDirectory.Bytes(70 * MiB + 11);
        var path = Path.Combine(_directory.Path, "written");
        using (var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write))
        {
            await using var writer = new DagStream(file);
            foreach (var part in bytes.Chunk(100_003))
            {
                await writer.WriteAsync(part, Cancel);
            }

            var dag = await writer.CompleteAsync(Cancel);
            Assert.Equal((await FileDag.ComputeAsync(new MemoryStream(bytes), Cancel)).Root, dag.Root);
        }

        Assert.Equal(SHA256.HashData(bytes), SHA256.HashData(await File.ReadAllBytesAsync(path, Cancel)));
    }

    /// <summary>Room is asked for in every size and place, inside a leaf, up to its end and across it, and not always used up.</summary>
    [Fact]
    public async Task What_is_made_in_the_streams_own_memory_comes_out_as_if_it_had_been_written()
    {
        var bytes = TemporaryDirectory.Bytes(9 * MiB + 11);
        var path = Path.Combine(_directory.Path, "made in place");
        using (var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write))
        {
            await using var writer = new DagStream(file);
            int[] sizes = [1, 300_000, MiB - 300_001, 700_000, 700_000, 2 * MiB, 1_000, 0];
            for (int at = 0, turn = 0; at < bytes.Length; turn++)
            {
                var room = writer.GetSpan(sizes[turn % sizes.Length]);
                Assert.True(room.Length >= Math.Max(1, sizes[turn % sizes.Length]));
                var count = Math.Min(sizes[turn % sizes.Length] - (turn % 3), bytes.Length - at);
                count = Math.Max(0, count);
                bytes.AsSpan(at, count).CopyTo(room);
                writer.Advance(count);
                at += count;
            }

            Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(MiB));
            var dag = await writer.CompleteAsync(Cancel);
            Assert.Equal((await FileDag.ComputeAsync(new MemoryStream(bytes), Cancel)).Root, dag.Root);
        }

        Assert.Equal(SHA256.HashData(bytes), SHA256.HashData(await File.ReadAllBytesAsync(path, Cancel)));
    }

    public void Dispose()
    {
        _store.Dispose();
        _directory.Dispose();
    }

    private static void Flip(string path, int at)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = at;
        var b = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(b ^ 1));
    }

    private string ContentFile(Cid cid) => Directory.GetFiles(StorePath, cid.ToString(), SearchOption.AllDirectories).Single();

    private IEnumerable<string> TemporaryFiles() =>
        Directory.GetDirectories(Path.Combine(StorePath, "tmp")).SelectMany(Directory.GetFiles);

    /// <summary>Gives few bytes at a time, as a network does, and may break off.</summary>
    private sealed class TricklingStream(byte[] bytes, int breaksAt = int.MaxValue) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position > breaksAt
                ? throw new IOException("The line is dead.")
                : base.ReadAsync(buffer[..Math.Min(buffer.Length, 77_777)], cancellationToken);

        public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            var buffer = new byte[bufferSize];
            for (int read; (read = await ReadAsync(buffer, cancellationToken)) > 0;)
            {
                await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
    }
}
