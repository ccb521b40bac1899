using System.Security.Cryptography;
using Ethereum;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Sealing;

/// <summary>A period of a space, as the context of its blob.</summary>
/// <param name="ApplicationId">keccak256 of the application package's CID.</param>
/// <param name="Owner">The owner's pseudonym: the account under which the period is recorded on chain.</param>
/// <param name="Tag">keccak256 of the tag's text.</param>
/// <param name="Period">The period's number.</param>
public sealed record SealContext(Hash32 ApplicationId, Address Owner, Hash32 Tag, ulong Period) : BlobContext
{
    /// <summary>The period's id in the trading contract.</summary>
    public Hash32 SealId => SealIdentity.SealId(ApplicationId, Owner, Tag, Period);

    /// <summary>SHA-256 of application (32 bytes) ‖ owner (20) ‖ tag (32) ‖ period (8, big-endian), as it stands in the blob's header.</summary>
    internal override void Hash(Span<byte> destination)
    {
        Span<byte> encoded = stackalloc byte[32 + Address.Size + 32 + 8];
        ApplicationId.CopyTo(encoded);
        Owner.CopyTo(encoded[32..]);
        Tag.CopyTo(encoded[52..]);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(encoded[84..], Period);
        SHA256.HashData(encoded, destination);
    }

    /// <inheritdoc/>
    internal override string Name => $"seal {SealId}";
}
