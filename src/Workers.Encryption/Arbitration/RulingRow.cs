namespace Workers.Encryption.Arbitration;

/// <summary>A ruling that this house has made as the arbiter of an application.</summary>
public sealed class RulingRow
{
    public required long TradeId { get; init; }

    /// <summary>The block of the dispute that was judged.</summary>
    public required string DisputeBlockHash { get; init; }

    /// <summary>Of the price, in the token's smallest unit.</summary>
    public required decimal ToBuyer { get; init; }

    /// <summary>A sentence with what was found.</summary>
    public required string Reason { get; init; }

    public required DateTimeOffset RuledAt { get; init; }
}
