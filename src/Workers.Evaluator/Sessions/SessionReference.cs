using System.Buffers.Binary;
using System.Text;
using Ethereum;

namespace Workers.Evaluator.Sessions;

/// <summary>Which session of which contract on which chain.</summary>
/// <param name="ChainId">EIP-155 chain id.</param>
/// <param name="Contract">Address of the sessions' contract.</param>
/// <param name="SessionId">Hash of the session's terms.</param>
public readonly record struct SessionReference(ulong ChainId, Address Contract, Hash32 SessionId)
{
    /// <summary>
    /// Binds a key or a sealed message to one provider's part in this session: UTF-8 of <paramref name="purpose"/> ‖ chain id (8 bytes,
    /// big-endian) ‖ contract (20) ‖ session (32) ‖ provider (20). Used as info of HPKE and HKDF.
    /// </summary>
    public byte[] Info(string purpose, Address provider)
    {
        var domain = Encoding.UTF8.GetBytes(purpose);
        var info = new byte[domain.Length + 8 + Address.Size + Hash32.Size + Address.Size];
        var rest = info.AsSpan();
        domain.CopyTo(rest);
        rest = rest[domain.Length..];
        BinaryPrimitives.WriteUInt64BigEndian(rest, ChainId);
        rest = rest[8..];
        Contract.CopyTo(rest);
        rest = rest[Address.Size..];
        SessionId.CopyTo(rest);
        provider.CopyTo(rest[Hash32.Size..]);
        return info;
    }
}
