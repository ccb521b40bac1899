using System.Security.Cryptography;
using Ethereum;
using Workers.Evaluator.Shards;

namespace Workers.Evaluator.Tests.Shards;

public sealed class ShardTreeTests
{
    [Fact]
    public void A_salt_is_the_hash_of_the_claim_key_and_the_place_as_the_contract_reckons_it()
    {
        byte[] claimKey = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        byte[] encoded = [.. claimKey, .. new byte[30], 1, 2];
        Assert.Equal(Keccak256.Hash(encoded), ShardKeys.Salt(claimKey, 258));
    }

    [Fact]
    public void A_root_joins_neighbours_and_moves_a_lonely_node_up()
    {
        var leaves = Leaves(5);
        var pairs = new[] { Join(leaves[0], leaves[1]), Join(leaves[2], leaves[3]) };
        Assert.Equal(Join(Join(pairs[0], pairs[1]), leaves[4]), OrderedTree.Root(leaves));
        Assert.Equal(leaves[0], OrderedTree.Root([leaves[0]]));
    }

    [Theory]
    [InlineData(1, 10_000)]
    [InlineData(7, 10_000)]
    [InlineData(23, 1_000)]
    [InlineData(100, 2_500)]
    [InlineData(1_001, 333)]
    public void A_proof_has_what_the_opened_leaves_lack_and_nothing_else(int shards, int share)
    {
        var leaves = Leaves(shards);
        for (var seed = 1u; seed < 20; seed++)
        {
            var sample = ShardTree.Sample(shards, share, seed);
            Assert.Equal(OrderedTree.Root(leaves), Rebuild(shards, sample, [.. sample.Select(i => leaves[i])], OrderedTree.Proof(leaves, sample)));
        }
    }

    [Theory]
    [InlineData(10, 1_000, 1)]
    [InlineData(23, 1_000, 2)]
    [InlineData(100, 999, 9)]
    [InlineData(4_000, 10_000, 4_000)]
    public void A_sample_is_one_of_each_stratum_and_never_more_than_the_share(int shards, int share, int expected)
    {
        for (var seed = 1u; seed < 50; seed++)
        {
            var sample = ShardTree.Sample(shards, share, seed);
            Assert.Equal(expected, sample.Count);
            for (var i = 0; i < sample.Count; i++)
            {
                Assert.InRange(sample[i], i * shards / expected, ((i + 1) * shards / expected) - 1);
            }
        }
    }

    private static List<Hash32> Leaves(int count) => [.. Enumerable.Range(0, count).Select(i => Keccak256.Hash($"leaf {i}"))];

    private static Hash32 Join(Hash32 left, Hash32 right) => Keccak256.Hash([.. left.ToArray(), .. right.ToArray()]);

    /// <summary>The contract's way: from the opened leaves and the proof, in order, to the root.</summary>
    private static Hash32 Rebuild(int width, IReadOnlyList<int> positions, IReadOnlyList<Hash32> opened, IReadOnlyList<Hash32> proof)
    {
        var known = positions.Zip(opened).ToDictionary(p => p.First, p => p.Second);
        var next = 0;
        for (; width > 1; width = (width + 1) / 2)
        {
            var above = new Dictionary<int, Hash32>();
            foreach (var (place, node) in known.OrderBy(k => k.Key))
            {
                if (above.ContainsKey(place / 2))
                {
                    continue;
                }

                var sibling = place ^ 1;
                above[place / 2] = sibling >= width ? node
                    : (known.TryGetValue(sibling, out var other) ? other : proof[next++]) is var mate && place % 2 == 0 ? Join(node, mate) : Join(mate, node);
            }

            known = above;
        }

        Assert.Equal(proof.Count, next);
        return known[0];
    }
}
