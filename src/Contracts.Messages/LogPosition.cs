using System.Security.Cryptography;
using System.Text;

namespace Contracts.Messages;

/// <summary>Where a contract's log stands on one branch of one chain. Hashes are lower-case 0x hex of 32 bytes.</summary>
/// <param name="LogIndex">Index of the log in its block.</param>
public sealed record LogPosition(ulong ChainId, ulong BlockNumber, string BlockHash, string TransactionHash, uint LogIndex)
{
    /// <summary>
    /// The same position gives the same id in every process, so that publishing an event twice is harmless; the same log
    /// on another branch (another block hash) gives another id.
    /// </summary>
    public Guid MessageId(string kind)
    {
        var text = $"{kind}/{ChainId}/{BlockHash}/{TransactionHash}/{LogIndex}";
        return new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
    }
}
