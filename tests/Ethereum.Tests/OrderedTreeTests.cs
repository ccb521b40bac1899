namespace Ethereum.Tests;

/// <summary>Against contracts/src/OrderedTree.sol by the workers' tests; here against itself and by hand.</summary>
public sealed class OrderedTreeTests
{
    [Fact]
    public void Every_leaf_stands_at_its_place_and_at_no_other()
    {
        for (var count = 1; count <= 33; count++)
        {
            var leaves = Leaves(count);
            var root = OrderedTree.Root(leaves);
            for (var i = 0; i < count; i++)
            {
                var proof = OrderedTree.Proof(leaves, [i]);
                Assert.True(OrderedTree.Holds(root, count, leaves[i], i, proof));
                Assert.DoesNotContain(Enumerable.Range(-1, count + 2), p => p != i && OrderedTree.Holds(root, count, leaves[i], p, proof));
                Assert.False(OrderedTree.Holds(root, count, leaves[(i + 1) % count], i, proof) && count > 1);
                Assert.False(OrderedTree.Holds(root, count, leaves[i], i, [.. proof, Hash32.Zero]));
                Assert.False(OrderedTree.Holds(root, count, leaves[i], i, [.. proof.SkipLast(1)]) && proof.Count > 0);
            }
        }
    }

    [Fact]
    public void An_inner_node_is_no_leaf()
    {
        var leaves = Leaves(4);
        var inner = OrderedTree.Join(leaves[0], leaves[1]);
        Assert.True(OrderedTree.Holds(OrderedTree.Root(leaves), 2, inner, 0, [OrderedTree.Join(leaves[2], leaves[3])])); // of a tree of two that has the same root
        Assert.False(OrderedTree.Holds(OrderedTree.Root(leaves), 4, inner, 0, [OrderedTree.Join(leaves[2], leaves[3])]));
    }

    [Fact]
    public void The_last_of_an_odd_level_moves_up_unchanged()
    {
        var l = Leaves(5);
        Assert.Equal(OrderedTree.Join(OrderedTree.Join(OrderedTree.Join(l[0], l[1]), OrderedTree.Join(l[2], l[3])), l[4]), OrderedTree.Root(l));
        Assert.Equal(l[0], OrderedTree.Root([l[0]]));
        Assert.Throws<ArgumentOutOfRangeException>(() => OrderedTree.Root([]));
    }

    private static List<Hash32> Leaves(int count) => [.. Enumerable.Range(0, count).Select(i => OrderedTree.Leaf(Keccak256.Hash($"leaf {i}")))];
}
