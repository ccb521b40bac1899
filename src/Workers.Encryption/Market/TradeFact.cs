using System.Text.Json.Serialization;

namespace Workers.Encryption.Market;

/// <summary>One thing that the trading contract said about a trade. Addresses and hashes are lower-case 0x hex; times are UTC.</summary>
[JsonDerivedType(typeof(Requested), "requested")]
[JsonDerivedType(typeof(CancelNoticed), "cancel-noticed")]
[JsonDerivedType(typeof(Answered), "answered")]
[JsonDerivedType(typeof(Paid), "paid")]
[JsonDerivedType(typeof(Refunded), "refunded")]
[JsonDerivedType(typeof(Disputed), "disputed")]
[JsonDerivedType(typeof(SplitProposed), "split-proposed")]
[JsonDerivedType(typeof(SplitAgreed), "split-agreed")]
public abstract record TradeFact
{
    /// <param name="Price">In escrow, in the token's smallest unit.</param>
    public sealed record Requested(
        string Buyer,
        string Owner,
        string SealId,
        string ApplicationId,
        string Tag,
        long Period,
        byte[] PublicKey,
        decimal Price,
        DateTimeOffset AnswerBy) : TradeFact;

    public sealed record CancelNoticed(DateTimeOffset AnswerBy) : TradeFact;

    public sealed record Answered(byte[] EncryptedKey, byte[] Cid, DateTimeOffset ConfirmBy) : TradeFact;

    public sealed record Paid(string Provider, decimal ToOwner, decimal ToProvider) : TradeFact;

    public sealed record Refunded(decimal ToBuyer) : TradeFact;

    public sealed record Disputed(string Arbiter, byte[] Evidence, DateTimeOffset RulingBy) : TradeFact;

    public sealed record SplitProposed(string Party, decimal ToBuyer) : TradeFact;

    public sealed record SplitAgreed(decimal ToBuyer, decimal ToOwner, decimal ToProvider) : TradeFact;
}
