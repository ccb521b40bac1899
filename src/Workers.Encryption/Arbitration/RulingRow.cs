namespace Workers.Encryption.Arbitration;

/// <summary>A dispute that this house judges as the arbiter of an application, and its ruling once there is one.</summary>
public sealed class RulingRow
{
    public required long TradeId { get; init; }

    /// <summary>The block of the dispute that was judged.</summary>
    public required string DisputeBlockHash { get; init; }

    /// <summary>Of the price, in the token's smallest unit; null while nothing is ruled.</summary>
    public decimal? ToBuyer { get; set; }

    /// <summary>A sentence with what was found.</summary>
    public string? Reason { get; set; }

    public DateTimeOffset? RuledAt { get; set; }
}
