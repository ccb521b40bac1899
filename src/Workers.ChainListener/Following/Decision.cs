namespace Workers.ChainListener.Following;

/// <summary>What has to happen, in one commit with the chain's next state.</summary>
/// <param name="Next">The followed chain afterwards.</param>
public sealed record Decision(FollowedChain Next)
{
    /// <summary>Events to publish, in chain order.</summary>
    public IReadOnlyList<Publication> Publish { get; init; } = [];

    /// <summary>Published events whose block left the chain, newest first.</summary>
    public IReadOnlyList<Publication> Retract { get; init; } = [];

    /// <summary>The new watermark of finality; null when it did not move.</summary>
    public BlockRef? Finalised { get; init; }

    /// <summary>How many followed blocks left the chain.</summary>
    public int Depth { get; init; }
}

/// <summary>A block that was announced as final is not on the node's chain: no rule of ours can mend that, the operator decides.</summary>
public sealed class FinalityViolationException(BlockRef final, BlockRef? theirs) : Exception(
    $"Block {final.Number} ({final.Hash}) was announced as final, and the node's chain has {(theirs is null ? "another block" : theirs.Hash.ToString())} there. "
    + "Either the endpoint serves another chain (then correct Chain:Endpoints; the listener goes on by itself), or the chain was reorganised deeper than "
    + "Chain:FinalityDepth (then stop the workers and follow docs/workers/chain-listener.md, 'A final block vanished').")
{
    /// <summary>The block that was announced as final.</summary>
    public BlockRef Final { get; } = final;
}
