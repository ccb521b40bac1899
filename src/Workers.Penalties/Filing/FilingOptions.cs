using System.ComponentModel.DataAnnotations;

namespace Workers.Penalties.Filing;

/// <summary>Section <c>Filing</c>: how penalty bills are filed.</summary>
public sealed class FilingOptions
{
    /// <summary>So long a case waits before its bill is sent, for an operator to hold or withdraw it. Default 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan Grace { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Longest evidence in bytes of JSON. Default 16 KiB.</summary>
    [Range(1_024, 1 << 20)]
    public int MaxEvidence { get; set; } = 16 << 10;

    /// <summary>So many cases of one sender of envelopes may be open. Default 20.</summary>
    [Range(1, 100_000)]
    public int MaxOpenPerSender { get; set; } = 20;
}
