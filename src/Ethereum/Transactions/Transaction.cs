using System.Numerics;

namespace Ethereum.Transactions;

/// <summary>A transaction before it is signed.</summary>
public abstract record Transaction
{
    /// <summary>The chain on which alone it is valid (EIP-155).</summary>
    public required ulong ChainId { get; init; }

    /// <summary>Number of the sender's transactions before this one.</summary>
    public required ulong Nonce { get; init; }

    /// <summary>Gas at most.</summary>
    public required ulong GasLimit { get; init; }

    /// <summary>The receiver; null creates a contract.</summary>
    public Address? To { get; init; }

    /// <summary>Wei sent along.</summary>
    public BigInteger Value { get; init; }

    /// <summary>Call data or creation code.</summary>
    public byte[] Data { get; init; } = [];

    /// <summary>What the signature signs.</summary>
    public Hash32 SigningHash() => Keccak256.Hash(SigningPayload());

    /// <summary>The signed transaction, as it is sent.</summary>
    public abstract byte[] Encode(Signature signature);

    private protected abstract byte[] SigningPayload();

    /// <summary>The encoding that a signature belongs to, for comparing what was signed with what was to be signed.</summary>
    internal bool SignsTheSame(Transaction other) => SigningPayload().AsSpan().SequenceEqual(other.SigningPayload());
}

/// <summary>A contract and the storage slots of it that a transaction announces (EIP-2930).</summary>
/// <param name="Address">The contract.</param>
/// <param name="StorageKeys">The slots.</param>
public sealed record AccessListEntry(Address Address, IReadOnlyList<Hash32> StorageKeys);

/// <summary>A transaction of type 2 (EIP-1559), in the envelope of EIP-2718.</summary>
public sealed record Eip1559Transaction : Transaction
{
    internal const byte Type = 2;

    /// <summary>Wei per gas for the block's producer, at most.</summary>
    public required BigInteger MaxPriorityFeePerGas { get; init; }

    /// <summary>Wei per gas altogether, at most.</summary>
    public required BigInteger MaxFeePerGas { get; init; }

    /// <summary>Announced storage.</summary>
    public IReadOnlyList<AccessListEntry> AccessList { get; init; } = [];

    /// <inheritdoc/>
    public override byte[] Encode(Signature signature) =>
        [Type, .. Rlp.EncodeList([.. Fields(), Rlp.Encode(signature.YParity ? BigInteger.One : BigInteger.Zero), Rlp.Encode(signature.R), Rlp.Encode(signature.S)])];

    private protected override byte[] SigningPayload() => [Type, .. Rlp.EncodeList(Fields())];

    private byte[][] Fields() =>
    [
        Rlp.Encode(new BigInteger(ChainId)), Rlp.Encode(new BigInteger(Nonce)), Rlp.Encode(MaxPriorityFeePerGas), Rlp.Encode(MaxFeePerGas),
        Rlp.Encode(new BigInteger(GasLimit)), Rlp.Encode(To), Rlp.Encode(Value), Rlp.Encode(Data),
        Rlp.EncodeList([.. AccessList.Select(e => Rlp.EncodeList(Rlp.Encode(e.Address), Rlp.EncodeList([.. e.StorageKeys.Select(k => Rlp.Encode(k.ToArray()))])))]),
    ];
}

/// <summary>A transaction without a type, protected against replay on another chain (EIP-155).</summary>
public sealed record LegacyTransaction : Transaction
{
    /// <summary>Wei per gas.</summary>
    public required BigInteger GasPrice { get; init; }

    /// <inheritdoc/>
    public override byte[] Encode(Signature signature) => Rlp.EncodeList(
        [.. Fields(), Rlp.Encode((2 * new BigInteger(ChainId)) + 35 + (signature.YParity ? 1 : 0)), Rlp.Encode(signature.R), Rlp.Encode(signature.S)]);

    private protected override byte[] SigningPayload() => Rlp.EncodeList([.. Fields(), Rlp.Encode(new BigInteger(ChainId)), Rlp.Encode([]), Rlp.Encode([])]);

    private byte[][] Fields() =>
        [Rlp.Encode(new BigInteger(Nonce)), Rlp.Encode(GasPrice), Rlp.Encode(new BigInteger(GasLimit)), Rlp.Encode(To), Rlp.Encode(Value), Rlp.Encode(Data)];
}
