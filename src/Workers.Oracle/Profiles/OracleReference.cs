using System.Buffers.Binary;
using System.Text;
using Ethereum;
using Ethereum.Transactions;

namespace Workers.Oracle.Profiles;

/// <summary>Which oracle contract on which chain something was signed and sealed for; it counts nowhere else.</summary>
/// <param name="ChainId">EIP-155 chain id.</param>
/// <param name="Contract">Address of the PrivacyOracle contract.</param>
public readonly record struct OracleReference(ulong ChainId, Address Contract)
{
    /// <summary>EIP-712's domain of everything that is signed for this oracle, as the contract itself has it.</summary>
    public TypedDataDomain Domain => new("PrivacyOracle", "1", ChainId, Contract);

    /// <summary>
    /// Binds what is sealed to one profile: UTF-8 of <paramref name="purpose"/> ‖ chain id (8 bytes, big-endian) ‖ contract (20) ‖
    /// member (20) ‖ content hash (32).
    /// </summary>
    internal byte[] Info(string purpose, Address member, Hash32 content)
    {
        var chain = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(chain, ChainId);
        return [.. Encoding.UTF8.GetBytes(purpose), .. chain, .. Contract.ToArray(), .. member.ToArray(), .. content.ToArray()];
    }
}
