using System.ComponentModel.DataAnnotations;

namespace Workers.Penalties.Verdicts;

/// <summary>Section <c>Verdicts</c>: the published part of the rules by which other contracts' events are judged. All attestors need the same.</summary>
public sealed class VerdictOptions
{
    /// <summary>So many queries that a collaborator let expire within <see cref="Window"/> are an offence. Default 3.</summary>
    [Range(1, 1_000)]
    public int ExpiredQueries { get; set; } = 3;

    /// <summary>Counted from 1970, so that everybody counts the same; whole seconds. Default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "90.00:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromDays(1);

    /// <summary>A trade that its owner had less time to answer is not held against it; well above the chain's finality, before which no owner answers; whole seconds. Default 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "90.00:00:00")]
    public TimeSpan LeastAnswerTime { get; set; } = TimeSpan.FromHours(1);
}
