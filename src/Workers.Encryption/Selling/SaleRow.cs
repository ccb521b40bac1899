using Workers.Hosting.Data;

namespace Workers.Encryption.Selling;

/// <summary>What the owner has decided about a request.</summary>
public enum SaleDecision
{
    /// <summary>Not judged yet.</summary>
    Undecided,

    /// <summary>The rules let it through; a person has to approve it.</summary>
    AwaitingPerson,

    /// <summary>To be answered as soon as the request is final.</summary>
    Accepted,

    /// <summary>To be declined, or declined.</summary>
    Declined,
}

/// <summary>The owner's side of a trade.</summary>
public sealed class SaleRow : IVersioned
{
    public required long TradeId { get; init; }

    /// <summary>
    /// The block of the request that was judged. Trade numbers are given anew after a reorganisation, so a decision holds for
    /// this block's request alone.
    /// </summary>
    public required string RequestBlockHash { get; set; }

    public SaleDecision Decision { get; set; }

    /// <summary>Why it was declined, or who approved it.</summary>
    public string? Reason { get; set; }

    /// <summary>When the answer was queued; the period's key has left the house from here on.</summary>
    public DateTimeOffset? AnsweredAt { get; set; }

    public int Version { get; set; }
}
