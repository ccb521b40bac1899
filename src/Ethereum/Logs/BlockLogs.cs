using Ethereum.Rpc;

namespace Ethereum.Logs;

/// <summary>A block and the wanted logs in it, in the block's order.</summary>
/// <param name="Header">The block.</param>
/// <param name="Logs">Often empty.</param>
public sealed record BlockLogs(BlockHeader Header, IReadOnlyList<Log> Logs);

/// <summary>What a node or several said does not fit together: the chain changed while it was read, or a node lags. Reading again from the last good block helps.</summary>
public sealed class InconsistentChainException : Exception
{
    internal InconsistentChainException(ulong blockNumber, string message)
        : base($"block {blockNumber}: {message}") =>
        BlockNumber = blockNumber;

    /// <summary>The first block that is in doubt.</summary>
    public ulong BlockNumber { get; }
}
