namespace Workers.ChainListener.Following;

/// <summary>When a block's events are published, and when they are final.</summary>
/// <param name="Confirmations">Descendants that a block needs before its events are published.</param>
/// <param name="FinalityDepth">Descendants that make a block final; null asks the node for its <c>finalized</c> block.</param>
/// <param name="MostBlocks">At most so many blocks become one commit.</param>
public sealed record FollowRules(uint Confirmations, uint? FinalityDepth, ulong MostBlocks);

/// <summary>Asks the node just enough to know the next step of a followed chain. Holds no state.</summary>
public sealed class Follower(IChainNode node, FollowRules rules)
{
    /// <summary>Blocks asked for at once while the common ancestor of a reorganisation is looked for.</summary>
    private const int WalkBack = 32;

    /// <summary>
    /// The next step. A step without a <see cref="Step.Decision"/> says that the chain is followed as far as the node knows it.
    /// </summary>
    /// <exception cref="FinalityViolationException">The node's chain does not hold the block that was announced as final.</exception>
    public async Task<Step> NextAsync(FollowedChain chain, CancellationToken cancellationToken)
    {
        var head = await node.HeadAsync(cancellationToken);
        if (chain.Tip is { } tip && !await AgreesAsync(chain, tip, head, cancellationToken))
        {
            var ancestor = await CommonAncestorAsync(chain, Math.Min(tip.Number, head.Number), cancellationToken);
            return new Step(head, chain.Retreat(ancestor));
        }

        var final = rules.FinalityDepth is { } depth
            ? head.Number >= depth ? head.Number - depth : null
            : await node.FinalisedAsync(cancellationToken);
        if (chain.ToRead(head.Number, rules.Confirmations, rules.MostBlocks) is { } range)
        {
            var blocks = await node.ReadAsync(range.From, range.To, cancellationToken);

            // Not linked to our tip: the chain changed between the two questions, and the next step will see how.
            return new Step(head, chain.Continues(blocks) ? chain.Extend(blocks, final) : new Decision(chain));
        }

        var finalised = chain.Finalise(final);
        return new Step(head, ReferenceEquals(finalised.Next, chain) ? null : finalised);
    }

    private async Task<bool> AgreesAsync(FollowedChain chain, BlockRef tip, BlockRef head, CancellationToken cancellationToken)
    {
        if (head.Number <= tip.Number)
        {
            return chain.Agrees(head);
        }

        var theirs = await node.BlocksAsync(tip.Number, tip.Number, cancellationToken);
        return theirs.All(chain.Agrees);
    }

    private async Task<ulong?> CommonAncestorAsync(FollowedChain chain, ulong above, CancellationToken cancellationToken)
    {
        var oldest = chain.Final?.Number ?? chain.Start;
        for (var to = above; to > oldest;)
        {
            var from = to - oldest > WalkBack ? to - WalkBack : oldest;
            var theirs = await node.BlocksAsync(from, to - 1, cancellationToken);
            if (theirs.LastOrDefault(b => chain.At(b.Number) is { } ours && ours.Hash == b.Hash) is { } common)
            {
                return common.Number;
            }

            to = from;
        }

        return null;
    }
}

/// <summary>What the follower found.</summary>
/// <param name="Head">The node's newest block.</param>
/// <param name="Decision">What to commit; null when nothing is left to do until the chain grows.</param>
public sealed record Step(BlockRef Head, Decision? Decision);
