using System.ComponentModel.DataAnnotations;

namespace Workers.ChainListener.Running;

/// <summary>Section <c>Listener</c>: how the chain listener works. Which chain it follows is in section <c>Chain</c>.</summary>
public sealed class ListenerOptions
{
    /// <summary>At most so many blocks are read and committed at once. Default: 200.</summary>
    [Range(1, 100_000)]
    public int BlocksPerCommit { get; set; } = 200;

    /// <summary>Reading pauses while about so many messages wait for the bus. Default: 50,000.</summary>
    [Range(1, 10_000_000)]
    public int MaximumWaiting { get; set; } = 50_000;

    /// <summary>Not ready while the checkpoint is more blocks behind what could be published. Default: 100.</summary>
    [Range(0, 10_000_000)]
    public int MaximumLag { get; set; } = 100;

    /// <summary>Not ready when no endpoint gave a usable answer for so long. Default: one minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaximumSilence { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often a standby asks whether the active listener is gone. Default: one second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1000000", "00:05:00")]
    public TimeSpan LeaseInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a backfill reports its progress. Default: ten seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ProgressInterval { get; set; } = TimeSpan.FromSeconds(10);
}
