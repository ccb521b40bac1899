using System.Numerics;

namespace Ethereum.Transactions;

/// <summary>A transaction ready to be sent.</summary>
public sealed class SignedTransaction
{
    private SignedTransaction(Transaction transaction, Signature signature, byte[] raw)
    {
        (Transaction, Signature, Raw) = (transaction, signature, raw);
        Hash = Keccak256.Hash(raw);
        Sender = signature.Recover(transaction.SigningHash());
    }

    /// <summary>What was signed.</summary>
    public Transaction Transaction { get; }

    /// <summary>The signature.</summary>
    public Signature Signature { get; }

    /// <summary>The bytes to send.</summary>
    public byte[] Raw { get; }

    /// <summary>The transaction's hash.</summary>
    public Hash32 Hash { get; }

    /// <summary>Who signed.</summary>
    public Address Sender { get; }

    /// <summary>Puts transaction and signature together.</summary>
    /// <exception cref="FormatException">The signature is none.</exception>
    public static SignedTransaction Of(Transaction transaction, Signature signature) => new(transaction, signature, transaction.Encode(signature));

    /// <summary>Reads a transaction of type 2, or one without a type that is protected by EIP-155.</summary>
    /// <exception cref="FormatException">Another type, not canonical, or with an impossible signature.</exception>
    public static SignedTransaction Decode(ReadOnlySpan<byte> raw) => raw switch
    {
        [Eip1559Transaction.Type, .. var fields] => Eip1559(RlpItem.Decode(fields).List(12), raw),
        [>= 0xc0, ..] => Legacy(RlpItem.Decode(raw).List(9), raw),
        _ => throw new FormatException("Neither a transaction of type 2 nor one without a type."),
    };

    private static SignedTransaction Eip1559(IReadOnlyList<RlpItem> f, ReadOnlySpan<byte> raw)
    {
        var transaction = new Eip1559Transaction
        {
            ChainId = f[0].Word(),
            Nonce = f[1].Word(),
            MaxPriorityFeePerGas = f[2].Number(),
            MaxFeePerGas = f[3].Number(),
            GasLimit = f[4].Word(),
            To = f[5].OptionalAddress(),
            Value = f[6].Number(),
            Data = f[7].Bytes(),
            AccessList = [.. Items(f[8]).Select(e => new AccessListEntry(e.List(2)[0].Address(), [.. Items(e.List(2)[1]).Select(Slot)]))],
        };
        var parity = f[9].Number();
        return parity > 1
            ? throw new FormatException("The signature's parity is neither 0 nor 1.")
            : new SignedTransaction(transaction, new Signature(f[10].Number(), f[11].Number(), parity.IsOne), raw.ToArray());
    }

    private static SignedTransaction Legacy(IReadOnlyList<RlpItem> f, ReadOnlySpan<byte> raw)
    {
        var v = f[6].Number() - 35;
        if (v.Sign < 0 || v >> 1 > ulong.MaxValue)
        {
            throw new FormatException("The transaction is not protected against replay (EIP-155).");
        }

        var transaction = new LegacyTransaction
        {
            ChainId = (ulong)(v >> 1),
            Nonce = f[0].Word(),
            GasPrice = f[1].Number(),
            GasLimit = f[2].Word(),
            To = f[3].OptionalAddress(),
            Value = f[4].Number(),
            Data = f[5].Bytes(),
        };
        return new SignedTransaction(transaction, new Signature(f[7].Number(), f[8].Number(), !v.IsEven), raw.ToArray());
    }

    private static IReadOnlyList<RlpItem> Items(RlpItem item) => item.Items ?? throw new FormatException("RLP byte string where a list is expected.");

    private static Hash32 Slot(RlpItem item) => item.Bytes() is { Length: Hash32.Size } bytes ? new Hash32(bytes) : throw new FormatException("A storage key has not 32 bytes.");
}
