using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Contracts.Messages;
using Ethereum;
using Workers.ChainListener.Following;

namespace Workers.ChainListener.Tests.Following;

/// <summary>A node in memory whose chain the test forks at will. Every block and every event is unique to its branch.</summary>
internal sealed class SimulatedChain(Random random) : IChainNode
{
    private int _made;

    /// <summary>The canonical chain from block 0.</summary>
    public List<FollowedBlock> Canonical { get; private set; } = [Genesis];

    /// <summary>Every block that was ever mined, by hash.</summary>
    public Dictionary<Hash32, FollowedBlock> All { get; } = [];

    /// <summary>The node answers as if its newest blocks had not come yet.</summary>
    public int Behind { get; set; }

    public ulong? Finalised { get; set; }

    /// <summary>Runs between two questions: the chain may change there.</summary>
    public Action? BetweenQuestions { get; set; }

    public ulong Height => (ulong)Canonical.Count - 1;

    private static FollowedBlock Genesis => new(new BlockRef(0, Name("genesis"), Hash32.Zero), []);

    private int Visible => Math.Max(1, Canonical.Count - Behind);

    public static Hash32 Name(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public void Mine(int blocks)
    {
        for (var i = 0; i < blocks; i++)
        {
            var parent = Canonical[^1].Block;
            var hash = Name((_made++).ToString(CultureInfo.InvariantCulture));
            var block = new FollowedBlock(
                new BlockRef(parent.Number + 1, hash, parent.Hash),
                [.. Enumerable.Range(0, random.Next(3)).Select(index => Event(parent.Number + 1, hash, (uint)index))]);
            Canonical.Add(block);
            All[hash] = block;
        }
    }

    /// <summary>The newest blocks vanish and others come.</summary>
    public void Reorganise(int depth, int blocks)
    {
        Canonical = Canonical[..^Math.Min(depth, Canonical.Count - 1)];
        Mine(blocks);
    }

    /// <summary>The chain that ends in this block becomes canonical (again).</summary>
    public void SwitchTo(FollowedBlock tip)
    {
        var branch = new List<FollowedBlock>();
        for (var block = tip; ; block = All[block.Block.ParentHash])
        {
            branch.Add(block);
            if (block.Block.Number == 1)
            {
                break;
            }
        }

        branch.Add(Genesis);
        branch.Reverse();
        Canonical = branch;
    }

    public Task<BlockRef> HeadAsync(CancellationToken cancellationToken) => Answer(() => Canonical[Visible - 1].Block);

    public Task<ulong?> FinalisedAsync(CancellationToken cancellationToken) => Answer(() => Finalised);

    public Task<IReadOnlyList<BlockRef>> BlocksAsync(ulong from, ulong to, CancellationToken cancellationToken) =>
        Answer<IReadOnlyList<BlockRef>>(() => [.. Range(from, to).Select(b => b.Block)]);

    public Task<IReadOnlyList<FollowedBlock>> ReadAsync(ulong from, ulong to, CancellationToken cancellationToken) =>
        Answer<IReadOnlyList<FollowedBlock>>(() => [.. Range(from, to)]);

    private static ChainEvent Event(ulong number, Hash32 block, uint index) => new(
        new LogPosition(1, number, block.ToString(), Name($"{block}/{index}").ToString(), index), DateTimeOffset.UnixEpoch, "0x", ["0x"], "0x");

    private IEnumerable<FollowedBlock> Range(ulong from, ulong to) =>
        Canonical.Take(Visible).Where(b => b.Block.Number >= from && b.Block.Number <= to);

    private Task<T> Answer<T>(Func<T> answer)
    {
        BetweenQuestions?.Invoke();
        return Task.FromResult(answer());
    }
}
