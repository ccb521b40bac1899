using System.ComponentModel.DataAnnotations;

namespace Workers.Collaboration.Places;

/// <summary>Section <c>Place</c>: what this member says of its place.</summary>
public sealed class PlaceOptions
{
    /// <summary>A place that the member's device reported longer ago is none. Default 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How much this member minds that others learn its place, from 0 (hardly) to 1: who asks needs the better a reputation. Default 0.5.</summary>
    [Range(0.0, 1.0)]
    public double Sensitivity { get; set; } = 0.5;

    /// <summary>Places that this member tells the same requester in an hour. Default 60.</summary>
    [Range(1, 100_000)]
    public int AnswersPerHour { get; set; } = 60;
}
