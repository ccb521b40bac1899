using System.Runtime.Versioning;
using Ethereum;
using Mechanisms.Datasets;
using Mechanisms.Trifork;
using Workers.Encryption.Datasets;
using Workers.Encryption.Sealing;
using Workers.Encryption.Tests.Sealing;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Tests.Datasets;

public sealed class MixedBlobTests : SealingFixture
{
    private static readonly UnitFormat Blocks = new UnitFormat.Blocks(4096);
    private static readonly DatasetContext Dataset = new(Context.Owner, Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"));

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public async Task A_dataset_comes_back_from_its_blob_and_no_file_stays_behind(int bits)
    {
        var data = Data(300_001);
        var (plan, _) = await SealAsync(data, bits);
        Assert.Equal(data, await RecoverAsync(plan, Key, Seed(1), Dataset));
        Assert.Equal([Blob], Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task The_store_holds_neither_the_datasets_order_nor_with_the_key_the_units_apart_from_decoys()
    {
        var data = Data(40 * 4096);
        var (plan, _) = await SealAsync(data, 0);
        using var chunks = await ChunkReader.OpenAsync(File.OpenRead(Blob), Key, Dataset, Cancellation);
        var mixed = new byte[plan.MixedUnits * 4096];
        for (var read = 0; read < mixed.Length;)
        {
            read += await chunks.ReadAsync(mixed.AsMemory(read), Cancellation);
        }

        Assert.Equal(60, plan.MixedUnits);
        var own = data.Chunk(4096).Select(Convert.ToHexString).ToList();
        var found = mixed.Chunk(4096).Select(Convert.ToHexString).ToList();
        Assert.Equal(20, found.Except(own, StringComparer.Ordinal).Count());
        Assert.NotEqual(own, found.Where(own.Contains));
    }

    [Fact]
    public async Task Neither_the_key_nor_the_seed_alone_brings_it_back()
    {
        var data = Data(100_000);
        var (plan, _) = await SealAsync(data, 2);
        using var otherKey = Secret.Random(32);
        Assert.Equal(SealedBlobError.WrongKey, (await Assert.ThrowsAsync<SealedBlobException>(() => RecoverAsync(plan, otherKey, Seed(1), Dataset))).Error);
        Assert.NotEqual(data, await RecoverAsync(plan, Key, Seed(2), Dataset));
    }

    [Fact]
    public async Task A_blob_opens_as_its_own_dataset_only()
    {
        var (plan, _) = await SealAsync(Data(100), 0);
        foreach (var other in (BlobContext[])[Dataset with { DatasetId = Guid.Empty }, Dataset with { Publisher = Address.Zero }, Context])
        {
            Assert.Equal(SealedBlobError.WrongContext, (await Assert.ThrowsAsync<SealedBlobException>(() => RecoverAsync(plan, Key, Seed(1), other))).Error);
        }
    }

    [Fact]
    public async Task Sealing_twice_gives_blobs_that_have_nothing_in_common()
    {
        var data = Data(50_000);
        var first = (await SealAsync(data, 0)).Dag.Root;
        Assert.NotEqual(first, (await SealAsync(data, 0)).Dag.Root);
    }

    [Fact]
    public async Task A_refused_dataset_leaves_nothing_on_disk()
    {
        var lines = new UnitFormat.Lines();
        using var seed = Seed(1);
        await Assert.ThrowsAsync<DatasetFileException>(() => MixedBlob.SealAsync(
            new Mixing(lines, 0.5, 2, TriforkParameters.Default()), new UnitReader("t", new MemoryStream([97, 10, 0xFF, 10]), lines), DecoysAsync(), Dataset, Key, seed, Blob, Folder, Cancellation));
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Units_that_wait_can_be_read_by_their_worker_alone()
    {
        await using var bucket = BucketFiles.In(Folder, 1)(0);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Directory.GetFiles(Folder).Single()));
    }

    private static Secret Seed(byte fill) => Secret.CopyOf(Enumerable.Repeat(fill, 32).ToArray());

    private static byte[] Data(int length)
    {
        var data = new byte[length];
        new Random(length).NextBytes(data);
        return data;
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> DecoysAsync()
    {
        await Task.Yield();
        for (var i = 0; i < 1_000; i++)
        {
            var decoy = new byte[4096];
            new Random(-i).NextBytes(decoy);
            yield return decoy;
        }
    }

    private async Task<SealedDataset> SealAsync(byte[] data, int bits)
    {
        using var seed = Seed(1);
        return await MixedBlob.SealAsync(
            new Mixing(Blocks, 0.5, bits, TriforkParameters.Default()), new UnitReader("t", new MemoryStream(data), Blocks), DecoysAsync(), Dataset, Key, seed, Blob, Folder, Cancellation);
    }

    private async Task<byte[]> RecoverAsync(MixPlan plan, Secret key, Secret seed, BlobContext context)
    {
        using var _ = seed;
        await using var blob = File.OpenRead(Blob);
        using var dataset = new MemoryStream();
        await MixedBlob.RecoverAsync(plan, blob, context, key, seed, dataset, Folder, Cancellation);
        return dataset.ToArray();
    }
}
