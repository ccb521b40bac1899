using System.Globalization;
using System.Numerics;
using System.Text;

namespace Ethereum.Transactions;

/// <summary>Messages that are signed with an account's key and are no transactions: EIP-191, version 0x45 ("personal_sign").</summary>
public static class PersonalMessage
{
    /// <summary>Length of a signature as bytes: r ‖ s ‖ v.</summary>
    public const int SignatureLength = 65;

    /// <summary>Keccak-256 of 0x19 ‖ "Ethereum Signed Message:\n" ‖ the length in decimal ‖ message.</summary>
    public static Hash32 Hash(ReadOnlySpan<byte> message)
    {
        var prefix = Encoding.UTF8.GetBytes("\u0019Ethereum Signed Message:\n" + message.Length.ToString(CultureInfo.InvariantCulture));
        return Keccak256.Hash([.. prefix, .. message]);
    }

    /// <summary>The signature as wallets write it: r ‖ s ‖ v, v being 27 or 28.</summary>
    public static byte[] ToBytes(Signature signature)
    {
        var bytes = new byte[SignatureLength];
        Write(signature.R, bytes.AsSpan(0, 32));
        Write(signature.S, bytes.AsSpan(32, 32));
        bytes[64] = (byte)(signature.YParity ? 28 : 27);
        return bytes;
    }

    /// <summary>Reads a signature as wallets write it.</summary>
    /// <exception cref="FormatException">It has another length or another v.</exception>
    public static Signature FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != SignatureLength || bytes[64] is not (0 or 1 or 27 or 28))
        {
            throw new FormatException($"A signature has {SignatureLength} bytes and ends in 27 or 28.");
        }

        return new Signature(new BigInteger(bytes[..32], isUnsigned: true, isBigEndian: true), new BigInteger(bytes[32..64], isUnsigned: true, isBigEndian: true), bytes[64] is 1 or 28);
    }

    /// <summary>Whether the account signed this hash, in the one form that a signature has: r ‖ s ‖ v, s in the lower half (EIP-2), v 27 or 28.</summary>
    public static bool IsSignedBy(Address account, Hash32 hash, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return FromBytes(bytes) is var signature && bytes[^1] >= 27 && signature.Recover(hash) == account;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static void Write(BigInteger value, Span<byte> destination)
    {
        var bytes = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        bytes.CopyTo(destination[(destination.Length - bytes.Length)..]);
    }
}
