using System.Security.Cryptography;
using ContentStore.UnixFs;
using Ethereum;

namespace Workers.Encryption.Sealing;

/// <summary>
/// The hash of a sealed blob that stands on chain (Eq. 1 of the personal data paper): the SHA-256 of the SHA-256 digests of its pieces
/// of 1 MiB, in order, the last as long as it is. A blob of one piece, too, is hashed twice. See docs/sealed-blob.md for a command
/// that computes it.
/// </summary>
public static class ContentHash
{
    /// <summary>The pieces are the DAG's leaves, so nothing is read or hashed again.</summary>
    public static Hash32 Of(FileDag blob) => new(SHA256.HashData(blob.LeafDigests.Span));
}
