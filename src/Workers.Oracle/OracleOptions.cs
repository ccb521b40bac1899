using System.ComponentModel.DataAnnotations;

namespace Workers.Oracle;

/// <summary>What retrieving, solving and asking share. Section <c>Oracle</c>.</summary>
public sealed class OracleOptions
{
    /// <summary>How often content that cannot be had yet is asked for again. Default 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan FetchInterval { get; set; } = TimeSpan.FromSeconds(5);
}
