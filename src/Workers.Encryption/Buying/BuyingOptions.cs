using System.ComponentModel.DataAnnotations;

namespace Workers.Encryption.Buying;

/// <summary>How the buyer fetches. Section <c>Buying</c>.</summary>
public sealed class BuyingOptions
{
    /// <summary>Pause between two attempts to fetch a blob that cannot be had. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan FetchInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A blob that still cannot be had this long before the confirmation deadline is disputed, and one that the arbiter cannot have this long before the
    /// deadline of its ruling is left to that deadline. Default 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan DisputeMargin { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Least time to confirm or dispute that an application has to grant; shorter ones could end before an answer was opened.
    /// Default 10 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "90.00:00:00")]
    public TimeSpan MinimumConfirmWindow { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Largest blob that is fetched, bought or judged, and most that it may open to, bytes. Default 64 GiB.</summary>
    [Range(1, long.MaxValue)]
    public long MaxBytes { get; set; } = 64L << 30;
}
