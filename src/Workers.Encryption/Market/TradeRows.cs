using Workers.Hosting.Chain;
using Workers.Hosting.Data;

namespace Workers.Encryption.Market;

/// <summary>Where a trade stands; the names are the contract's (IDataTrades.Status).</summary>
public enum TradeStatus
{
    /// <summary>Facts came before the request itself, or the request vanished in a reorganisation.</summary>
    None,
    Requested,
    Answered,
    Disputed,
    Paid,
    Refunded,
    Split,
}

/// <summary>A fact as it stands in one block. It is deleted when the block leaves the chain.</summary>
public sealed class TradeFactRow : IFactRow
{
    public required long TradeId { get; init; }

    public required long BlockNumber { get; init; }

    public required string BlockHash { get; init; }

    public required long LogIndex { get; init; }

    /// <summary>The <see cref="TradeFact"/> as JSON.</summary>
    public required string Fact { get; init; }
}

/// <summary>A trade as its facts add up to it (<see cref="TradeHistory.Fold"/>); never changed in another way.</summary>
public sealed class TradeRow : IVersioned
{
    public required long TradeId { get; init; }

    public TradeStatus Status { get; set; }

    public string Buyer { get; set; } = "";

    public string Owner { get; set; } = "";

    public string SealId { get; set; } = "";

    public string ApplicationId { get; set; } = "";

    /// <summary>keccak256 of the tag's name.</summary>
    public string Tag { get; set; } = "";

    public long Period { get; set; }

    /// <summary>The trade's own P-256 key, as the contract took it: any 65 bytes that begin with 0x04.</summary>
    public byte[] PublicKey { get; set; } = [];

    public decimal Price { get; set; }

    public DateTimeOffset? AnswerBy { get; set; }

    public DateTimeOffset? ConfirmBy { get; set; }

    public DateTimeOffset? RulingBy { get; set; }

    public byte[]? EncryptedKey { get; set; }

    public byte[]? AnswerCid { get; set; }

    public byte[]? Evidence { get; set; }

    public string? Arbiter { get; set; }

    /// <summary>What the buyer proposes to get back in a dispute.</summary>
    public decimal? BuyerProposal { get; set; }

    /// <summary>What the owner proposes to give back in a dispute.</summary>
    public decimal? OwnerProposal { get; set; }

    public decimal ToOwner { get; set; }

    public decimal ToProvider { get; set; }

    public decimal ToBuyer { get; set; }

    /// <summary>The block of the fact that gave the trade its status.</summary>
    public long BlockNumber { get; set; }

    public string BlockHash { get; set; } = "";

    /// <summary>How many facts stand behind this row.</summary>
    public int Facts { get; set; }

    public int Version { get; set; }

    /// <summary>Whether price is still in escrow.</summary>
    public bool IsOpen => Status is TradeStatus.Requested or TradeStatus.Answered or TradeStatus.Disputed;
}

/// <summary>Published in the worker whenever a trade may need its next step: its facts changed, finality moved, or time passed.</summary>
public sealed record TradeChanged(long TradeId);
