using System.Security.Cryptography;
using ContentStore.Kubo;
using ContentStore.UnixFs;
using Testing;

[assembly: AssemblyFixture(typeof(ContentStore.Tests.SharedNode))]

namespace ContentStore.Tests;

/// <summary>The node that tests share which do not kill it.</summary>
public sealed class SharedNode : IAsyncLifetime
{
    public IpfsNode Node { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Node = await IpfsNode.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Node.DisposeAsync();
}

/// <summary>Against a real js-ipfs node with its own importer and its own idea of blocks.</summary>
public sealed class RealNodeTests(SharedNode shared) : IDisposable
{
    private const int MiB = 1 << 20;
    private readonly TemporaryDirectory _directory = new();
    private readonly KuboStore _store = StoreAt(shared.Node, TimeSpan.FromSeconds(20));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static KuboStore StoreAt(IpfsNode node, TimeSpan blockTimeout) => new(new KuboStoreOptions { Nodes = [node.Address], LeavesPerRequest = 2, BlockTimeout = blockTimeout });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(MiB - 1)]
    [InlineData(MiB)]
    [InlineData(MiB + 1)]
    [InlineData(7 * MiB / 2)]
    public async Task The_cid_computed_before_the_upload_is_the_one_that_the_node_reports(int size)
    {
        var bytes = TemporaryDirectory.Bytes(size);

        var dag = await FileDag.ComputeAsync(new MemoryStream(bytes), Cancel);

        Assert.Equal(await shared.Node.AddAsync(bytes, MiB, onlyHash: true, Cancel), dag.Root.ToString());
    }

    [Theory]
    [InlineData(174)]
    [InlineData(175)]
    [InlineData(2 * 174)]
    [InlineData(174 * 174)]
    [InlineData(174 * 174 + 1)]
    public async Task Inner_nodes_are_laid_out_as_the_node_lays_them_out(int leaves)
    {
        const int leafSize = 40, linksOfJsIpfs = 174;
        var bytes = TemporaryDirectory.Bytes(leaves * leafSize - 3);
        var digests = bytes.Chunk(leafSize).SelectMany(SHA256.HashData).ToArray();

        var dag = FileDag.FromLeaves(bytes.Length, digests, leafSize, linksOfJsIpfs);

        Assert.Equal(await shared.Node.AddAsync(bytes, leafSize, onlyHash: true, Cancel), dag.Root.ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(MiB)]
    [InlineData(5 * MiB + 17)]
    public async Task A_stored_file_comes_back_the_same_from_us_and_from_the_node(int size)
    {
        var bytes = TemporaryDirectory.Bytes(size, seed: size);
        var dag = await _store.PutFileAsync(_directory.NewFile(bytes), new PutFileOptions(), Cancel);

        Assert.True(await _store.HasAsync(dag.Root, Cancel));
        Assert.Equal(bytes, await _store.ReadAllAsync(dag.Root));
        Assert.Equal(bytes, await shared.Node.CatAsync(dag.Root.ToString(), Cancel));
        Assert.Equal(size, await _store.VerifyAsync(dag.Root, progress: null, Cancel));
    }

    [Fact]
    public async Task A_stream_is_stored_like_a_file_and_leaves_nothing_in_the_spool()
    {
        var bytes = TemporaryDirectory.Bytes(3 * MiB + 1, seed: 99);
        using var store = new KuboStore(new KuboStoreOptions { Nodes = [shared.Node.Address], SpoolDirectory = _directory.Path });

        var dag = await store.PutAsync(new MemoryStream(bytes), Cancel);

        Assert.Equal(bytes, await store.ReadAllAsync(dag.Root));
        Assert.Empty(Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public async Task A_file_that_the_node_imported_with_other_settings_is_read_too()
    {
        var bytes = TemporaryDirectory.Bytes(300_000, seed: 3);
        var cid = Cid.Parse(await shared.Node.AddAsync(bytes, 1000, onlyHash: false, Cancel));

        Assert.Equal(bytes, await _store.ReadAllAsync(cid));
    }

    [Fact]
    public async Task Storing_the_same_file_again_sends_nothing()
    {
        var path = _directory.NewFile(TemporaryDirectory.Bytes(4 * MiB, seed: 4));
        var sent = new Sent();
        await _store.PutFileAsync(path, new PutFileOptions { Progress = sent }, Cancel);
        Assert.Equal([2L * MiB, 4L * MiB, 4L * MiB, 4L * MiB], sent.Reports); // two requests of leaves, one of the root, the end

        sent.Reports.Clear();
        await _store.PutFileAsync(path, new PutFileOptions { Progress = sent }, Cancel);

        Assert.Equal([4L * MiB], sent.Reports);
    }

    [Fact]
    public async Task Content_that_nobody_has_is_not_found_within_the_time()
    {
        using var store = new KuboStore(new KuboStoreOptions { Nodes = [shared.Node.Address], BlockTimeout = TimeSpan.FromMilliseconds(300) });
        var nowhere = Cid.Of(CidCodec.Raw, "nobody ever stored this"u8);

        var error = await Assert.ThrowsAsync<ContentNotFoundException>(() => store.OpenAsync(nowhere, long.MaxValue, Cancel));

        Assert.Equal(nowhere, error.Cid);
        Assert.False(await store.HasAsync(nowhere, Cancel));
    }

    [Fact]
    public async Task An_upload_interrupted_by_a_killed_node_goes_on_where_it_was()
    {
        const int leaves = 40;
        await using var node = await IpfsNode.StartAsync(Cancel);
        using var store = new KuboStore(new KuboStoreOptions { Nodes = [node.Address], LeavesPerRequest = 4 });
        var bytes = TemporaryDirectory.Bytes(leaves * MiB, seed: 5);
        var path = _directory.NewFile(bytes);
        var killer = new Sent(whenReached: 16 * MiB, () =>
        {
            // The upload waits for its report, so it goes on only when the node is gone.
            var killed = node.Process.KillAsync();
            killed.Wait(Cancel);
            return killed;
        });

        var interrupted = await Assert.ThrowsAsync<ContentStoreException>(() => store.PutFileAsync(path, new PutFileOptions { Progress = killer }, Cancel));
        await killer.Done;
        await node.Process.StartAsync(Cancel);
        var rest = new Sent();
        var dag = await store.PutFileAsync(path, new PutFileOptions { Progress = rest }, Cancel);

        Assert.True(interrupted.IsTransient);
        Assert.True(rest.Reports[0] >= 12 * MiB, $"the second attempt started at {rest.Reports[0]} bytes");
        Assert.Equal(bytes, await store.ReadAllAsync(dag.Root));
        Assert.True(await store.HasAsync(dag.Root, Cancel));
    }

    [Fact]
    public async Task Leaves_missing_in_the_middle_are_found_by_the_read_back_and_sent()
    {
        const int leaves = 9;
        var path = _directory.NewFile(TemporaryDirectory.Bytes(leaves * MiB, seed: 6));
        var dag = await FileDag.ComputeAsync(File.OpenRead(path), Cancel);
        using (var http = new HttpClient())
        {
            // Every leaf that bisection asks for is there, so it takes all of them for stored.
            foreach (var i in new[] { 0, 5, 7, 8 })
            {
                var rpc = new KuboRpc(http, shared.Node.Address, TimeProvider.System);
                var leaf = File.ReadAllBytes(path).AsMemory(i * MiB, MiB);
                using var car = new CarContent(dag.Root, [new BlockToSend(dag.Leaf(i), MiB, _ => ValueTask.FromResult<ReadOnlyMemory<byte>>(leaf))]);
                await rpc.ImportAsync(car, TimeSpan.FromSeconds(20), Cancel);
            }
        }

        // js-ipfs looks for a missing block as long as it may, so this takes the time-out twice.
        using var store = StoreAt(shared.Node, TimeSpan.FromSeconds(6));
        var sent = new Sent();
        await store.PutFileAsync(path, new PutFileOptions { Dag = dag, Progress = sent }, Cancel);

        Assert.Equal([9L * MiB, 6L * MiB, 8L * MiB, 9L * MiB, 9L * MiB], sent.Reports); // the root; two, two and one of the five holes; the end
        Assert.Equal(File.ReadAllBytes(path), await _store.ReadAllAsync(dag.Root));
    }

    [Fact]
    public async Task A_file_that_changed_after_its_cid_was_computed_is_named_and_not_blamed_on_the_node()
    {
        var bytes = TemporaryDirectory.Bytes(2 * MiB, seed: 8);
        var path = _directory.NewFile(bytes);
        var dag = await FileDag.ComputeAsync(new MemoryStream(bytes), Cancel);
        bytes[MiB + 5] ^= 1;
        File.WriteAllBytes(path, bytes);

        var error = await Assert.ThrowsAsync<ContentCorruptException>(() => _store.PutFileAsync(path, new PutFileOptions { Dag = dag }, Cancel));

        Assert.Contains(path, error.Origin, StringComparison.Ordinal);
        Assert.Equal(dag.Leaf(1), error.Expected);
    }

    public void Dispose()
    {
        _store.Dispose();
        _directory.Dispose();
    }

    /// <summary>Keeps the reports of progress; optionally does something once, when a number of bytes is reached.</summary>
    private sealed class Sent(long whenReached = long.MaxValue, Func<Task>? action = null) : IProgress<long>
    {
        private Func<Task>? _action = action;

        public List<long> Reports { get; } = [];

        public Task Done { get; private set; } = Task.CompletedTask;

        public void Report(long value)
        {
            Reports.Add(value);
            if (value >= whenReached && _action is { } once)
            {
                _action = null;
                Done = once();
            }
        }
    }
}
