using System.ComponentModel.DataAnnotations;

namespace Workers.Evaluator;

/// <summary>What collecting, providing and arbitrating share. Section <c>Evaluator</c>.</summary>
public sealed class EvaluatorOptions
{
    /// <summary>Root of the sessions' files. Default <c>data</c>.</summary>
    [Required]
    public string DataDirectory { get; set; } = "data";

    /// <summary>Threads of one extraction or training. Default 0: as many as the machine has.</summary>
    [Range(0, 1_024)]
    public int Threads { get; set; }

    /// <summary>How often content that cannot be had yet is asked for again. Default 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan FetchInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc cref="Threads"/>
    public int ThreadCount => Threads == 0 ? Environment.ProcessorCount : Threads;

    /// <summary>A session's folder.</summary>
    public string SessionFolder(string sessionId) => Path.GetFullPath(Path.Combine(DataDirectory, "sessions", sessionId[2..18]));
}
