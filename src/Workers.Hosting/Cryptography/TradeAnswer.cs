using System.Buffers.Binary;
using System.Numerics;
using Ethereum;

namespace Workers.Hosting.Cryptography;

/// <summary>Which trade an answer belongs to.</summary>
/// <param name="ChainId">EIP-155 chain id.</param>
/// <param name="Contract">Address of the trading contract.</param>
/// <param name="TradeId">The trade's number in that contract, an unsigned 256-bit integer.</param>
public readonly record struct TradeReference(ulong ChainId, Address Contract, BigInteger TradeId);

/// <summary>
/// An owner's answer on chain: the period's 32-byte key, sealed with HPKE to the public key of one trade. The trade is in
/// HPKE's info, so that an answer copied into another trade, contract or chain does not open.
/// </summary>
public static class TradeAnswer
{
    /// <summary>Length of a period's key in bytes.</summary>
    public const int KeyLength = 32;

    /// <summary>Length of an answer in bytes: enc (65) ‖ ciphertext (32) ‖ tag (16).</summary>
    public const int Length = Hpke.Overhead + KeyLength;

    /// <summary>Seals a period's key to a trade.</summary>
    /// <exception cref="HpkeException">The trade's public key is not a valid point.</exception>
    public static byte[] Seal(ReadOnlySpan<byte> publicKey, Secret key, TradeReference trade)
    {
        if (key.Length != KeyLength)
        {
            throw new ArgumentException($"A period's key has {KeyLength} bytes; this one has {key.Length}.", nameof(key));
        }

        return Hpke.Seal(publicKey, Info(trade), aad: [], key.Reveal());
    }

    /// <summary>Opens an answer with the key pair that the buyer made for this trade.</summary>
    /// <exception cref="HpkeException">Wrong length, or not sealed to this key for this trade.</exception>
    public static Secret Open(P256KeyPair keyPair, ReadOnlySpan<byte> answer, TradeReference trade)
    {
        if (answer.Length != Length)
        {
            throw new HpkeException($"An answer has {Length} bytes; this one has {answer.Length}.");
        }

        return Hpke.Open(keyPair, Info(trade), aad: [], answer);
    }

    /// <summary>"data-market/trade-answer/v1" ‖ chain id (8 bytes) ‖ contract (20) ‖ trade id (32), numbers big-endian.</summary>
    internal static byte[] Info(TradeReference trade)
    {
        if (trade.TradeId.Sign < 0 || trade.TradeId.GetByteCount(isUnsigned: true) > 32)
        {
            throw new ArgumentException("A trade's number is an unsigned 256-bit integer.", nameof(trade));
        }

        var domain = "data-market/trade-answer/v1"u8;
        var info = new byte[domain.Length + 8 + Address.Size + 32];
        domain.CopyTo(info);
        BinaryPrimitives.WriteUInt64BigEndian(info.AsSpan(domain.Length), trade.ChainId);
        trade.Contract.CopyTo(info.AsSpan(domain.Length + 8));
        var number = trade.TradeId.ToByteArray(isUnsigned: true, isBigEndian: true);
        number.CopyTo(info.AsSpan(info.Length - number.Length));
        return info;
    }
}
