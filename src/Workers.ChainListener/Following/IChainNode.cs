namespace Workers.ChainListener.Following;

/// <summary>
/// What the listener asks of a chain. The seam to the node: implementations check what the node says (links between
/// blocks, missing logs) and throw rather than hand on an incomplete answer.
/// </summary>
public interface IChainNode
{
    /// <summary>The newest block.</summary>
    Task<BlockRef> HeadAsync(CancellationToken cancellationToken);

    /// <summary>Number of the block that the node calls finalised; null while there is none.</summary>
    Task<ulong?> FinalisedAsync(CancellationToken cancellationToken);

    /// <summary>The node's blocks with these numbers, ascending; those that it does not have are left out.</summary>
    Task<IReadOnlyList<BlockRef>> BlocksAsync(ulong from, ulong to, CancellationToken cancellationToken);

    /// <summary>
    /// Blocks with the events of our contracts, linked, starting at <paramref name="from"/>; at least one and possibly
    /// fewer than asked for, when they hold much.
    /// </summary>
    Task<IReadOnlyList<FollowedBlock>> ReadAsync(ulong from, ulong to, CancellationToken cancellationToken);
}
