using System.ComponentModel.DataAnnotations;

namespace Workers.Hosting.Messaging;

/// <summary>Section <c>Delivery</c>: what happens to messages whose handler fails.</summary>
public sealed class DeliveryOptions
{
    /// <summary>Failures of one handler on one message before it becomes a dead letter.</summary>
    [Range(1, 1000)]
    public int MaximumFailures { get; set; } = 12;

    /// <summary>Wait after the first failure; doubles with every further one.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest wait between two attempts.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan MaximumDelay { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Age at which a message that is still too early becomes a dead letter.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan TooEarlyLimit { get; set; } = TimeSpan.FromDays(14);

    /// <summary>Immediate attempts, with a short jittered wait, when another commit came between.</summary>
    [Range(1, 100)]
    public int ConflictAttempts { get; set; } = 8;

    /// <summary>Longest wait between attempts while the database does not serve; the message stays with the bus meanwhile.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan DatabaseDelay { get; set; } = TimeSpan.FromSeconds(15);
}
