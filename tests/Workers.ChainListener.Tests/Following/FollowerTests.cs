using Workers.ChainListener.Following;

namespace Workers.ChainListener.Tests.Following;

public sealed class FollowerTests
{
    private static readonly FollowRules Rules = new(Confirmations: 2, FinalityDepth: 70, MostBlocks: 1000);

    private readonly SimulatedChain _node = new(new Random(7));
    private readonly Ledger _ledger = new();
    private FollowedChain _chain = new() { Start = 1 };

    public static TheoryData<int> Depths => [.. Enumerable.Range(1, 64)];

    [Fact]
    public async Task An_event_is_not_published_before_its_block_has_its_confirmations()
    {
        _node.Mine(10);
        await FollowAsync(Rules);
        Assert.Equal(Positions(1, 8), _ledger.Standing);
    }

    [Theory]
    [MemberData(nameof(Depths))]
    public async Task A_reorganisation_after_publication_takes_back_exactly_what_vanished(int depth)
    {
        _node.Mine(100);
        await FollowAsync(Rules);
        _node.Reorganise(depth + 2, depth + 5);
        var decisions = await FollowAsync(Rules);

        Assert.Equal(depth, decisions.Sum(d => d.Depth));
        Assert.Equal(Positions(1, 101), _ledger.Standing);
    }

    [Theory]
    [MemberData(nameof(Depths))]
    public async Task A_reorganisation_before_publication_is_not_heard_of(int depth)
    {
        var patient = Rules with { Confirmations = 64 };
        _node.Mine(100);
        await FollowAsync(patient);
        _node.Reorganise(depth, depth + 1);
        var decisions = await FollowAsync(patient);

        Assert.Empty(decisions.SelectMany(d => d.Retract));
        Assert.Equal(Positions(1, 37), _ledger.Standing);
    }

    [Fact]
    public async Task A_reorganisation_deeper_than_finality_is_loud_and_changes_nothing()
    {
        _node.Mine(200);
        await FollowAsync(Rules);
        var before = _chain;
        var old = _node.Canonical[^1];
        _node.Reorganise(71, 72);
        var violation = await Assert.ThrowsAsync<FinalityViolationException>(() => FollowAsync(Rules));

        Assert.Equal(130ul, violation.Final.Number);
        Assert.Same(before, _chain);

        // The endpoint served another chain for a while: nothing has to be done.
        _node.SwitchTo(old);
        Assert.Empty(await FollowAsync(Rules));
    }

    [Fact]
    public async Task A_head_that_goes_backward_on_the_same_chain_is_not_a_reorganisation()
    {
        _node.Mine(50);
        await FollowAsync(Rules);
        _node.Behind = 30;
        Assert.Empty(await FollowAsync(Rules));
    }

    [Fact]
    public async Task A_shorter_chain_with_other_blocks_is_a_reorganisation()
    {
        _node.Mine(50);
        await FollowAsync(Rules);
        _node.Reorganise(20, 5);
        await FollowAsync(Rules);
        Assert.Equal(Positions(1, 33), _ledger.Standing);
    }

    [Fact]
    public async Task With_the_tag_the_watermark_is_what_the_node_calls_finalised_and_never_beyond_the_checkpoint()
    {
        var rules = Rules with { FinalityDepth = null };
        _node.Mine(50);
        await FollowAsync(rules);
        Assert.Empty(_ledger.Watermarks);
        _node.Finalised = 20;
        await FollowAsync(rules);
        _node.Finalised = 50;
        await FollowAsync(rules);
        _node.Finalised = 30;
        await FollowAsync(rules);
        Assert.Equal([20ul, 48ul], _ledger.Watermarks.Select(w => w.Number));
    }

    [Fact]
    public void Blocks_that_do_not_link_are_refused()
    {
        _node.Mine(5);
        Assert.False(_chain.Continues([_node.Canonical[2]]));
        Assert.False(_chain.Continues([_node.Canonical[1], _node.Canonical[3]]));
        var other = new SimulatedChain(new Random(1));
        other.Mine(1);
        other.Reorganise(1, 5);
        Assert.False(_chain.Continues([_node.Canonical[1], other.Canonical[2]]));
        Assert.Throws<ArgumentException>(() => _chain.Extend([_node.Canonical[2]], null));
    }

    private HashSet<Contracts.Messages.LogPosition> Positions(int from, int to) =>
        [.. _node.Canonical[from..(to + 1)].SelectMany(b => b.Events).Select(e => e.Position)];

    private async Task<List<Decision>> FollowAsync(FollowRules rules)
    {
        var follower = new Follower(_node, rules);
        var decisions = new List<Decision>();
        while ((await follower.NextAsync(_chain, TestContext.Current.CancellationToken)).Decision is { } decision)
        {
            _ledger.Take(decision);
            _chain = decision.Next;
            decisions.Add(decision);
        }

        return decisions;
    }
}
