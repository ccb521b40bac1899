using System.ComponentModel.DataAnnotations;

namespace Workers.Collaboration.Searches;

/// <summary>Section <c>Search</c>.</summary>
public sealed class SearchOptions
{
    /// <summary>How long a service that cannot be reached is asked again, from the order. Default 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Until it is asked again. Default 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(5);
}
