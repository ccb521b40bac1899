using System.Numerics;

namespace Ethereum.Transactions;

/// <summary>A secp256k1 signature from which the signer can be recovered.</summary>
/// <param name="R">x-coordinate of the ephemeral point, 1 to n−1.</param>
/// <param name="S">1 to n/2 (EIP-2).</param>
/// <param name="YParity">Whether the ephemeral point's y-coordinate is odd.</param>
public readonly record struct Signature(BigInteger R, BigInteger S, bool YParity)
{
    /// <summary>The address of the key that signed the hash.</summary>
    /// <exception cref="FormatException">Not a signature of any key, or s is in the upper half (EIP-2).</exception>
    public Address Recover(Hash32 hash) => Secp256k1.AddressOf(Secp256k1.Recover(hash, this));
}
