using System.Collections.Immutable;
using Contracts.Messages;
using Ethereum;

namespace Workers.ChainListener.Following;

/// <summary>
/// Which chain the listener has followed so far, and what follows from what a node says next. Immutable, without I/O and
/// without a clock. Every event of every block up to <see cref="Tip"/> has been published, and nothing else.
/// </summary>
public sealed record FollowedChain
{
    /// <summary>The first block that is read at all.</summary>
    public required ulong Start { get; init; }

    /// <summary>The newest block that can never change; what lies below it is forgotten. Null until there is one.</summary>
    public BlockRef? Final { get; init; }

    /// <summary>
    /// The newest block that was ever announced as final. The same as <see cref="Final"/>, except while the chain is read
    /// again from its start: the announcement never goes backward.
    /// </summary>
    public BlockRef? Announced { get; init; }

    /// <summary>The blocks above <see cref="Final"/>, ascending, each the parent of the next.</summary>
    public ImmutableList<FollowedBlock> Blocks { get; init; } = [];

    /// <summary>Blocks above <see cref="Final"/> that left the chain, by hash.</summary>
    public ImmutableDictionary<Hash32, RetractedBlock> Retracted { get; init; } = ImmutableDictionary<Hash32, RetractedBlock>.Empty;

    /// <summary>The newest block whose events were published: the checkpoint. Null before the first.</summary>
    public BlockRef? Tip => Blocks.IsEmpty ? Final : Blocks[^1].Block;

    /// <summary>The number of the next block to read.</summary>
    public ulong Next => Tip is { } tip ? tip.Number + 1 : Start;

    /// <summary>The block with this number on the followed chain; null when it is forgotten or not reached.</summary>
    public BlockRef? At(ulong number)
    {
        if (Final?.Number == number)
        {
            return Final;
        }

        return !Blocks.IsEmpty && number >= Blocks[0].Block.Number && number <= Blocks[^1].Block.Number
            ? Blocks[(int)(number - Blocks[0].Block.Number)].Block
            : null;
    }

    /// <summary>
    /// The blocks to read next so that everything with <paramref name="confirmations"/> descendants is published; null
    /// when there are none.
    /// </summary>
    /// <param name="head">Number of the node's newest block.</param>
    /// <param name="most">At most so many blocks at once.</param>
    public (ulong From, ulong To)? ToRead(ulong head, uint confirmations, ulong most)
    {
        if (head < confirmations || head - confirmations < Next)
        {
            return null;
        }

        return (Next, Math.Min(head - confirmations, Next + most - 1));
    }

    /// <summary>Whether these blocks, as a node gave them, are the next ones of the followed chain without a gap.</summary>
    public bool Continues(IReadOnlyList<FollowedBlock> blocks)
    {
        var number = Next;
        var parent = Tip?.Hash;
        foreach (var (block, _) in blocks)
        {
            if (block.Number != number || (parent is { } expected && block.ParentHash != expected))
            {
                return false;
            }

            number++;
            parent = block.Hash;
        }

        return true;
    }

    /// <summary>
    /// The chain goes on with these blocks: their events are published, and everything up to
    /// <paramref name="finalHeight"/> (null: nothing new) is final.
    /// </summary>
    /// <exception cref="ArgumentException">The blocks do not continue this chain (<see cref="Continues"/>).</exception>
    /// <exception cref="FinalityViolationException">One of the blocks has the number of the announced final block and another hash.</exception>
    public Decision Extend(IReadOnlyList<FollowedBlock> blocks, ulong? finalHeight)
    {
        if (!Continues(blocks))
        {
            throw new ArgumentException("The blocks do not continue the followed chain.", nameof(blocks));
        }

        if (Announced is { } announced && blocks.FirstOrDefault(b => b.Block.Number == announced.Number) is { } same && same.Block.Hash != announced.Hash)
        {
            throw new FinalityViolationException(announced, same.Block);
        }

        var publish = blocks
            .SelectMany(b => b.Events.Select(e => new Publication(e, Retracted.GetValueOrDefault(b.Block.Hash)?.Times ?? 0)))
            .ToList();
        var longer = this with { Blocks = Blocks.AddRange(blocks) };
        return longer.Finalise(finalHeight) with { Publish = publish };
    }

    /// <summary>Everything up to <paramref name="finalHeight"/> that was followed is final. A lower height than before changes nothing.</summary>
    public Decision Finalise(ulong? finalHeight)
    {
        if (finalHeight is not { } height || Tip is not { } tip || At(Math.Min(height, tip.Number)) is not { } final || final.Number <= Final?.Number)
        {
            return new Decision(this);
        }

        var announce = Announced is null || final.Number > Announced.Number;
        var next = this with
        {
            Final = final,
            Announced = announce ? final : Announced,
            Blocks = Blocks.RemoveRange(0, (int)(final.Number - Blocks[0].Block.Number) + 1),
            Retracted = Retracted.RemoveRange(Retracted.Where(r => r.Value.Number <= final.Number).Select(r => r.Key)),
        };
        return new Decision(next) { Finalised = announce ? final : null };
    }

    /// <summary>
    /// Whether the node's block with a number that both know is ours. A node that is merely behind answers with a block of
    /// our chain, so a head that goes backward is not a reorganisation by itself.
    /// </summary>
    public bool Agrees(BlockRef theirs) => At(theirs.Number) is not { } ours || ours.Hash == theirs.Hash;

    /// <summary>
    /// The chain was reorganised: what lies above the common ancestor is taken back.
    /// </summary>
    /// <param name="ancestor">Number of the newest block that is on both chains; null when none is.</param>
    /// <exception cref="FinalityViolationException">The ancestor lies below the final block.</exception>
    public Decision Retreat(ulong? ancestor)
    {
        if (Final is { } final && (ancestor is null || ancestor < final.Number))
        {
            throw new FinalityViolationException(final, null);
        }

        var gone = Blocks.Where(b => ancestor is null || b.Block.Number > ancestor).ToList();
        var retract = new List<Publication>();
        var retracted = Retracted.ToBuilder();
        foreach (var (block, events) in Enumerable.Reverse(gone))
        {
            var times = retracted.GetValueOrDefault(block.Hash)?.Times ?? 0;
            retract.AddRange(events.Reverse().Select(e => new Publication(e, times)));
            if (events.Count > 0)
            {
                retracted[block.Hash] = new RetractedBlock(block.Number, times + 1);
            }
        }

        var next = this with { Blocks = Blocks.RemoveRange(Blocks.Count - gone.Count, gone.Count), Retracted = retracted.ToImmutable() };
        return new Decision(next) { Retract = retract, Depth = gone.Count };
    }

    /// <summary>
    /// Reads everything again from <paramref name="start"/>, because a contract was added whose past events were skipped.
    /// What is not final is taken back; the rest is published again under the same message ids, which consumers drop.
    /// </summary>
    public Decision Rewind(ulong start)
    {
        var decision = Retreat(Final?.Number);
        return decision with { Next = decision.Next with { Start = start, Final = null }, Depth = 0 };
    }
}
