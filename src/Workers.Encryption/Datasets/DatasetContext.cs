using System.Security.Cryptography;
using System.Text;
using Ethereum;
using Workers.Encryption.Sealing;

namespace Workers.Encryption.Datasets;

/// <summary>A published dataset, as the context of its mixed and sealed blob.</summary>
/// <param name="Publisher">The account that publishes it and keeps its seed.</param>
/// <param name="DatasetId">The publisher's own id; the token's comes from the blob's CID, so later.</param>
public sealed record DatasetContext(Address Publisher, Guid DatasetId) : BlobContext
{
    /// <inheritdoc/>
    internal override string Name => $"dataset {DatasetId}";

    /// <summary>SHA-256 of "data-market/dataset/v1" ‖ publisher (20 bytes) ‖ id (16, big-endian).</summary>
    internal override void Hash(Span<byte> destination)
    {
        var purpose = "data-market/dataset/v1"u8;
        Span<byte> encoded = stackalloc byte[purpose.Length + Address.Size + 16];
        purpose.CopyTo(encoded);
        Publisher.CopyTo(encoded[purpose.Length..]);
        DatasetId.TryWriteBytes(encoded[(purpose.Length + Address.Size)..], bigEndian: true, out _);
        SHA256.HashData(encoded, destination);
    }
}
