using System.ComponentModel.DataAnnotations;

namespace Workers.Hosting.Configuration;

/// <summary>Section <c>Data</c>: where this process keeps files.</summary>
public sealed class DataOptions
{
    /// <summary>Made at start, readable by its owner alone. Default: <c>data</c> in the working directory.</summary>
    [Required]
    public string Directory { get; set; } = "data";
}
