using Workers.ChainListener.Following;

namespace Workers.ChainListener.Tests.Following;

/// <summary>Random trees of blocks, random reorganisations, lagging nodes: what consumers are left with is the canonical chain.</summary>
public sealed class FollowerProperties
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 150)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task What_stands_published_is_always_the_canonical_chain_and_never_twice(int seed)
    {
        TestContext.Current.SendDiagnosticMessage("seed {0}", seed);
        var random = new Random(seed);
        var world = new World(random, confirmations: (uint)random.Next(4), depth: (uint)random.Next(4, 80));
        for (var i = 0; i < 60; i++)
        {
            world.Disturb();
            await world.FollowAsync(rounds: random.Next(4));
            world.CheckThatNothingFinalVanished();
        }

        world.Calm();
        await world.FollowAsync(rounds: int.MaxValue);
        world.CheckAgainstCanonical();
        world.CheckThatNothingFinalVanished();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_chain_that_changes_between_two_questions_leaves_nothing_wrong_behind(int seed)
    {
        TestContext.Current.SendDiagnosticMessage("seed {0}", seed);
        var random = new Random(seed);
        var world = new World(random, confirmations: (uint)random.Next(3), depth: 70);
        world.Node.BetweenQuestions = () =>
        {
            if (random.Next(3) == 0)
            {
                world.Disturb();
            }
        };
        await world.FollowAsync(rounds: 150);
        world.Calm();
        await world.FollowAsync(rounds: int.MaxValue);
        world.CheckAgainstCanonical();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_rewind_for_an_added_contract_loses_nothing_and_keeps_the_watermark(int seed)
    {
        TestContext.Current.SendDiagnosticMessage("seed {0}", seed);
        var random = new Random(seed);
        var world = new World(random, confirmations: 1, depth: 20);
        world.Node.Mine(60);
        await world.FollowAsync(rounds: int.MaxValue);
        var watermark = world.Ledger.Watermarks[^1];

        // Final events come again under their old ids, which a consumer drops: a fresh ledger stands for that.
        world.RewindWithFreshLedger();
        world.Node.Reorganise(random.Next(0, 19), 20);
        await world.FollowAsync(rounds: int.MaxValue);

        world.CheckAgainstCanonical();
        Assert.All(world.Ledger.Watermarks, w => Assert.True(w.Number > watermark.Number));
    }

    private sealed class World(Random random, uint confirmations, uint depth)
    {
        private FollowedChain _chain = new() { Start = (ulong)random.Next(3) };
        private ulong _highest;

        public SimulatedChain Node { get; } = new(random);

        public Ledger Ledger { get; private set; } = new();

        /// <summary>Mines, reorganises within the finality rule, comes back to an old branch, or lags.</summary>
        public void Disturb()
        {
            _highest = Math.Max(_highest, Node.Height);
            Node.Behind = random.Next(4) == 0 ? random.Next(10) : 0;

            // The rule: a block with `depth` descendants at any time stays. Counted from the highest the chain ever was.
            var mayVanish = (int)Math.Max(0, (long)depth - 1 - (long)(_highest - Node.Height));
            switch (random.Next(5))
            {
                case 0 when mayVanish > 0:
                    Node.Reorganise(random.Next(1, Math.Min(64, mayVanish) + 1), random.Next(0, 70));
                    break;
                case 1 when Old() is { } old:
                    Node.SwitchTo(old);
                    break;
                default:
                    Node.Mine(random.Next(1, 12));
                    break;
            }

            _highest = Math.Max(_highest, Node.Height);
        }

        /// <summary>The disturbances end, and the chain grows past everything that it ever was.</summary>
        public void Calm()
        {
            Node.BetweenQuestions = null;
            Node.Behind = 0;
            Node.Mine((int)(_highest - Node.Height) + 5);
        }

        public async Task FollowAsync(int rounds)
        {
            var follower = new Follower(Node, new FollowRules(confirmations, depth, MostBlocks: 17));
            for (var i = 0; i < rounds; i++)
            {
                if ((await follower.NextAsync(_chain, TestContext.Current.CancellationToken)).Decision is not { } decision)
                {
                    break;
                }

                Ledger.Take(decision);
                _chain = decision.Next;
            }
        }

        public void RewindWithFreshLedger()
        {
            var decision = _chain.Rewind(_chain.Start);
            Ledger.Take(decision);
            _chain = decision.Next;
            Ledger = new Ledger();
        }

        public void CheckAgainstCanonical()
        {
            var confirmed = Node.Canonical.Where(b => b.Block.Number >= _chain.Start && b.Block.Number + confirmations <= Node.Height);
            var expected = confirmed.SelectMany(b => b.Events).Select(e => e.Position).ToHashSet();
            Assert.Equal(expected.Count, Ledger.Standing.Count);
            Assert.Subset(expected, Ledger.Standing);
            Assert.Equal(Node.Height - confirmations, _chain.Tip?.Number);
        }

        public void CheckThatNothingFinalVanished() =>
            Assert.All(Ledger.Watermarks, w => Assert.Equal(w.Hash, Node.Canonical[(int)w.Number].Block.Hash));

        private FollowedBlock? Old()
        {
            var floor = _highest >= depth ? _highest - depth : 0;
            var tips = Node.All.Values.Where(b => b.Block.Number > floor).ToList();
            return tips.Count == 0 ? null : Keeps(tips[random.Next(tips.Count)], floor);
        }

        /// <summary>Only a branch that holds the block at the floor obeys the rule of finality.</summary>
        private FollowedBlock? Keeps(FollowedBlock tip, ulong floor)
        {
            var block = tip;
            while (block.Block.Number > Math.Max(1, floor))
            {
                block = Node.All[block.Block.ParentHash];
            }

            return floor == 0 || block.Block.Hash == Node.Canonical[(int)floor].Block.Hash ? tip : null;
        }
    }
}
