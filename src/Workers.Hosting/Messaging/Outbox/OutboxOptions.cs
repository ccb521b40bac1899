using System.ComponentModel.DataAnnotations;

namespace Workers.Hosting.Messaging.Outbox;

/// <summary>Section <c>Outbox</c>: how saved messages get to the bus.</summary>
public sealed class OutboxOptions
{
    /// <summary>Batches under way at once with PostgreSQL; an SQLite file has one. Default 2.</summary>
    [Range(1, 16)]
    public int Lanes { get; set; } = 2;

    /// <summary>Rows that are taken at once, all in flight together.</summary>
    [Range(1, 10_000)]
    public int BatchSize { get; set; } = 500;

    /// <summary>How often rows are looked for that another process saved or whose time has come.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait before a row is tried again that no queue took or the broker refused.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan MaximumDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest message, UTF-8 bytes; a larger one becomes a dead letter instead of a broken connection.</summary>
    [Range(1024, 128 * 1024 * 1024)]
    public int MaximumBodyBytes { get; set; } = 8 * 1024 * 1024;
}
