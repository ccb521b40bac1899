using System.ComponentModel.DataAnnotations;

namespace Workers.Collaboration.Zones;

/// <summary>Section <c>Zone</c>: how this member forms anonymous zones.</summary>
public sealed class ZoneOptions
{
    /// <summary>Reach of the radio in metres: a zone's area has this radius. Default 500.</summary>
    [Range(1, 100_000)]
    public int Radius { get; set; } = 500;

    /// <summary>How many members are asked at once. Default 16.</summary>
    [Range(1, 256)]
    public int Parallelism { get; set; } = 16;

    /// <summary>How long a request may take until there is a zone or none. Default 20 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How far the time of a request or an answer may be from this member's clock. Default 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ClockTolerance { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>So long a zone's answers serve for further queries from the same place. Default 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Reuse { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Metres within which a place counts as the same. Default 50.</summary>
    [Range(0, 10_000)]
    public int SamePlace { get; set; } = 50;

    /// <summary>How often content that cannot be had yet is asked for again. Default 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan FetchInterval { get; set; } = TimeSpan.FromSeconds(5);
}
