using System.Buffers.Binary;
using System.Security.Cryptography;
using Ethereum;
using Workers.Encryption.Sealing;

namespace Workers.Encryption.Datasets.Delivering;

/// <summary>Which request something is sealed for.</summary>
/// <param name="ChainId">EIP-155 id.</param>
/// <param name="Contract">The market of datasets.</param>
/// <param name="RequestId">The request's number in it.</param>
public sealed record DataRequestReference(ulong ChainId, Address Contract, long RequestId) : BlobContext
{
    /// <inheritdoc/>
    internal override string Name => $"request {RequestId}";

    /// <summary>HPKE's info, and SHA-256's input for the blob: "data-market/delivery/v1" ‖ chain id (8 bytes) ‖ contract (20) ‖ request (32), numbers big-endian.</summary>
    internal byte[] Info()
    {
        var purpose = "data-market/delivery/v1"u8;
        var info = new byte[purpose.Length + 8 + Address.Size + 32];
        purpose.CopyTo(info);
        BinaryPrimitives.WriteUInt64BigEndian(info.AsSpan(purpose.Length), ChainId);
        Contract.CopyTo(info.AsSpan(purpose.Length + 8));
        BinaryPrimitives.WriteInt64BigEndian(info.AsSpan(info.Length - 8), RequestId);
        return info;
    }

    /// <inheritdoc/>
    internal override void Hash(Span<byte> destination) => SHA256.HashData(Info(), destination);
}
