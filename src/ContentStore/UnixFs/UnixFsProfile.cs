namespace ContentStore.UnixFs;

/// <summary>
/// How a file is cut and linked: the profile unixfs-v1-2025 of IPIP-499 (CIDv1, sha2-256, raw leaves, balanced). Two programs
/// that use the same profile give a file the same CID.
/// </summary>
public static class UnixFsProfile
{
    /// <summary>Bytes per leaf; only the last one is shorter.</summary>
    public const int LeafSize = 1 << 20;

    /// <summary>Children per inner node at most.</summary>
    public const int MaxLinks = 1024;

    /// <summary>Bytes that a block may have at most, ours or foreign: what IPFS nodes exchange (bitswap's limit).</summary>
    public const int MaxBlockSize = 2 << 20;
}
