using System.ComponentModel.DataAnnotations;

namespace Workers.Collaboration.Bookkeeping;

/// <summary>Section <c>Bookkeeping</c>: how this member has its bills posted, and posts others'.</summary>
public sealed class BookkeepingOptions
{
    /// <summary>Candidates to whom bills are handed in, the likely elected one first. Default 3.</summary>
    [Range(1, 16)]
    public int Candidates { get; set; } = 3;

    /// <summary>How long a candidate that did not give its receipt is left alone. Default 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan HandInInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Opening and settling cost gas, and any member can: each waits for its part of this time, so that one does it. Default 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Spread { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>After this part of the collecting window bills without the likely elected one's receipt are lodged on chain. Default 0.5.</summary>
    [Range(0.0, 1.0)]
    public double LodgeAfter { get; set; } = 0.5;

    /// <summary>Bills of an epoch that are lodged on chain at most, since each costs gas. Default 20.</summary>
    [Range(0, 100_000)]
    public int Lodgings { get; set; } = 20;

    /// <summary>Bills of an epoch that are taken from one member. Default 5,000.</summary>
    [Range(1, 100_000)]
    public int BillsPerSender { get; set; } = 5_000;

    /// <summary>So long is waited for a batch's document before a bill of it is demanded on chain; at most a quarter of the time for disputes. Default 30 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan ContentPatience { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Bills that are demanded of one batch at most: each that is shown costs a fine. Default 2.</summary>
    [Range(0, 1_000)]
    public int Demands { get; set; } = 2;
}
