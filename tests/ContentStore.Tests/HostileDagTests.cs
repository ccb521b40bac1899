using ContentStore.UnixFs;

namespace ContentStore.Tests;

/// <summary>Blocks whose digests are right, made by somebody who wants to hurt the reader.</summary>
public class HostileDagTests
{
    private readonly Dictionary<Cid, byte[]> _blocks = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_small_dag_that_declares_more_than_allowed_is_refused_before_its_leaves_are_fetched()
    {
        var leaf = Leaf(1 << 20);
        var link = new DagLink(leaf, 1 << 20, 1 << 20);
        for (var level = 0; level < 4; level++)
        {
            var node = Node([.. Enumerable.Repeat(link, 1024)]);
            link = new DagLink(node, link.FileSize * 1024, 1);
        }

        _blocks.Remove(leaf);
        var error = await Assert.ThrowsAsync<ContentTooLargeException>(() => OpenAsync(link.Cid, maxBytes: 1L << 40));

        Assert.Contains("declares 1152921504606846976 bytes", error.Message, StringComparison.Ordinal); // 2^60
    }

    [Theory]
    [InlineData(9)]
    [InlineData(11)]
    [InlineData(1)]
    public async Task A_leaf_that_has_another_size_than_its_parent_declares_is_refused(int declared)
    {
        var root = Node([new DagLink(Leaf(10), declared, 10)]);

        await Assert.ThrowsAsync<ContentMalformedException>(() => ReadAsync(root));
    }

    [Fact]
    public async Task An_inner_node_that_has_another_size_than_its_parent_declares_is_refused()
    {
        var inner = Node([new DagLink(Leaf(10), 10, 10), new DagLink(Leaf(11), 11, 11)]);
        var root = Node([new DagLink(inner, 22, 99)]);

        await Assert.ThrowsAsync<ContentMalformedException>(() => ReadAsync(root));
    }

    [Fact]
    public async Task Children_of_no_size_which_cost_work_without_end_are_refused()
    {
        var root = Add(CidCodec.DagPb, DagPb.EncodeFileNode([new DagLink(Leaf(0), 0, 0)]));

        await Assert.ThrowsAsync<ContentMalformedException>(() => OpenAsync(root));
    }

    [Fact]
    public async Task A_chain_of_nodes_is_followed_to_the_limit_and_no_further()
    {
        Assert.Equal(3, (await ReadAsync(Chain(FetchedStream.MaxDepth - 1))).Length);
        Assert.Equal(3, (await ReadAsync(Chain(FetchedStream.MaxDepth))).Length);

        var error = await Assert.ThrowsAsync<ContentMalformedException>(() => ReadAsync(Chain(FetchedStream.MaxDepth + 1)));

        Assert.Contains("levels deep", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "no UnixFS part")]
    [InlineData("0A020801", "type 1")] // a directory
    [InlineData("0A020804", "type 4")] // a symbolic link
    [InlineData("0A021800", "type (none)")]
    [InlineData("0A0408021805", "declares 5 bytes")] // a size without content
    [InlineData("0A0508021A0161", "field 3")] // the size as bytes
    [InlineData("0A06080212016118", "no protobuf")] // breaks off inside a field
    [InlineData("0A0408021801" + "0A0408021801", "stands twice")]
    [InlineData("0A04080220010A", "not dag-pb")] // breaks off behind the data
    [InlineData("0A0408022001", "0 links, but declares 1")]
    [InlineData("0A0408022000", "field 4")] // a child of no size
    [InlineData("0AFFFFFFFFFFFFFFFF7F", "not dag-pb")] // a length of 2^63−1
    [InlineData("0AFFFFFFFFFFFFFFFFFFFF01", "not dag-pb")] // a length of more than 64 bits
    [InlineData("0A8400" + "08021800", "not dag-pb")] // a length that is not written in its shortest form
    [InlineData("0A0E0802" + "20FFFFFFFFFFFFFFFF7F" + "1800", "0 links, but declares 1")]
    [InlineData("12020A00" + "0A020802", "malformed link")]
    [InlineData("1200" + "0A020802", "without a CID")]
    [InlineData("1A00" + "0A020802", "field 3")]
    [InlineData("0801", "not dag-pb")]
    public async Task A_malformed_node_is_refused_with_the_reason(string block, string reason)
    {
        var root = Add(CidCodec.DagPb, Convert.FromHexString(block));

        var error = await Assert.ThrowsAsync<ContentMalformedException>(() => OpenAsync(root));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Equal(root, error.Cid);
    }

    [Fact]
    public async Task Declared_sizes_that_overflow_are_refused()
    {
        var leaf = Leaf(1);
        var block = DagPb.EncodeFileNode([new DagLink(leaf, long.MaxValue, 1), new DagLink(leaf, long.MaxValue, 1), new DagLink(leaf, 3, 1)]);

        await Assert.ThrowsAsync<ContentMalformedException>(() => OpenAsync(Add(CidCodec.DagPb, block)));
    }

    [Fact]
    public void Random_damage_to_a_node_is_refused_or_read_but_never_crashes()
    {
        var good = DagPb.EncodeFileNode([.. Enumerable.Range(1, 5).Select(i => new DagLink(Leaf(i), i, i))]);
        var random = new Random(5);
        var refused = 0;
        for (var i = 0; i < 5000; i++)
        {
            var block = good.ToArray();
            block[random.Next(block.Length)] = (byte)random.Next(256);
            try
            {
                FileNode.Decode(Cid.Of(CidCodec.DagPb, block), block.AsSpan(0, random.Next(10) == 0 ? random.Next(block.Length) : block.Length));
            }
            catch (ContentMalformedException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1000, 4999);
    }

    [Fact]
    public async Task A_node_with_bytes_of_its_own_gives_them_before_its_children()
    {
        // A UnixFS file of 2 + 3 bytes, as dag-pb allows it: links, then data {type 2, data "ab", filesize 5, blocksizes [3]}.
        var encoded = DagPb.EncodeFileNode([new DagLink(Add(CidCodec.Raw, "cde"u8.ToArray()), 3, 3)]);
        var links = encoded[..^8];
        var root = Add(CidCodec.DagPb, [.. links, 0x0A, 0x0A, 0x08, 0x02, 0x12, 0x02, (byte)'a', (byte)'b', 0x18, 0x05, 0x20, 0x03]);

        Assert.Equal("abcde"u8.ToArray(), await ReadAsync(root));
    }

    private Cid Chain(int nodes)
    {
        var link = new DagLink(Leaf(3), 3, 3);
        for (var i = 0; i < nodes; i++)
        {
            link = new DagLink(Node([link]), 3, 3);
        }

        return link.Cid;
    }

    private Cid Leaf(int size) => Add(CidCodec.Raw, new byte[size]);

    private Cid Node(DagLink[] links) => Add(CidCodec.DagPb, DagPb.EncodeFileNode(links));

    private Cid Add(CidCodec codec, byte[] block)
    {
        var cid = Cid.Of(codec, block);
        _blocks[cid] = block;
        return cid;
    }

    private Task<FetchedStream> OpenAsync(Cid root, long maxBytes = long.MaxValue) => FetchedStream.OpenAsync(
        root, maxBytes, (cid, _) => Task.FromResult(_blocks[cid]), readAhead: 4, Cancel);

    private async Task<byte[]> ReadAsync(Cid root)
    {
        await using var stream = await OpenAsync(root);
        var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancel);
        return copy.ToArray();
    }
}
