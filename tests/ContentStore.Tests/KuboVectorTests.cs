using System.Security.Cryptography;
using ContentStore.UnixFs;

namespace ContentStore.Tests;

/// <summary>
/// CIDs that Kubo's own tests demand of the profile unixfs-v1-2025. Sources: ipfs/kubo test/cli/cid_profiles_test.go (1024 and 1025
/// MiB); the IPIP-499 conformance tests of filecoin-project/filecoin-pin (1 MiB, 1 MiB + 1, 1024 MiB + 1).
/// </summary>
public class KuboVectorTests
{
    private const int MiB = 1 << 20;

    [Fact]
    public void The_key_stream_is_chacha20()
    {
        // Source: RFC 8439 §A.1, test vector 1 has key 0, which no seed gives; so the vectors below are the proof. This guards the
        // generator against depending on where it is started.
        var whole = new byte[3 * 512 + 100];
        KeyStream.Fill("seed", 0, whole);
        var tail = new byte[whole.Length - 1024];
        KeyStream.Fill("seed", 1024, tail);

        Assert.Equal(whole[1024..], tail);
    }

    [Theory]
    [InlineData(MiB, "bafkreiacndfy443ter6qr2tmbbdhadvxxheowwf75s6zehscklu6ezxmta")]
    [InlineData(MiB + 1, "bafybeigmix7t42i6jacydtquhet7srwvgpizfg7gjbq7627d35mjomtu64")]
    public async Task The_cid_at_the_leaf_boundary_is_the_one_that_kubo_gives(int size, string expected)
    {
        var bytes = new byte[size];
        KeyStream.Fill("chunk-v1-seed", 0, bytes);

        var dag = await FileDag.ComputeAsync(new MemoryStream(bytes), TestContext.Current.CancellationToken);

        Assert.Equal(expected, dag.Root.ToString());
    }

    [Fact]
    public void The_cid_at_the_link_boundary_is_the_one_that_kubo_gives()
    {
        const int leaves = 1025;
        var digests = new byte[leaves * 32];
        var oneByte = new byte[32];
        Parallel.For(0, leaves, () => new byte[MiB], (i, _, leaf) =>
        {
            KeyStream.Fill("v1-2025-seed", (long)i * MiB, leaf);
            SHA256.HashData(leaf, digests.AsSpan(i * 32, 32));
            if (i == leaves - 1)
            {
                SHA256.HashData(leaf.AsSpan(0, 1), oneByte);
            }

            return leaf;
        }, _ => { });

        var full = FileDag.FromLeaves(1024L * MiB, digests.AsSpan(0, 1024 * 32));
        var oneMore = FileDag.FromLeaves(1025L * MiB, digests);
        oneByte.CopyTo(digests.AsSpan(1024 * 32));
        var byteMore = FileDag.FromLeaves(1024L * MiB + 1, digests);

        Assert.Equal("bafybeihmf37wcuvtx4hpu7he5zl5qaf2ineo2lqlfrapokkm5zzw7zyhvm", full.Root.ToString());
        Assert.Equal("bafybeihmzokxxjqwxjcryerhp5ezpcog2wcawfryb2xm64xiakgm4a5jue", oneMore.Root.ToString());
        Assert.Equal("bafybeibdsi225ugbkmpbdohnxioyab6jsqrmkts3twhpvfnzp77xtzpyhe", byteMore.Root.ToString());
        Assert.Single(full.InnerNodes());
        Assert.Equal(3, oneMore.InnerNodes().Count());
    }
}
