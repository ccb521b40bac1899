using System.ComponentModel.DataAnnotations;

namespace Workers.Evaluator.Collecting;

/// <summary>The collector's policy. Section <c>Collecting</c>.</summary>
public sealed class CollectingOptions
{
    /// <summary>Folder with the models and validation files that orders name. Default <c>models</c>.</summary>
    [Required]
    public string ModelDirectory { get; set; } = "models";

    /// <summary>Least accuracy on the validation set at which somebody becomes the candidate, 0 to 1. Default 0.</summary>
    [Range(0.0, 1.0)]
    public double MinimumScore { get; set; }

    /// <summary>Name the candidate as soon as so many providers are scored. Default 0: wait until shortly before expiry.</summary>
    [Range(0, 100_000)]
    public int EnoughProviders { get; set; }

    /// <summary>How long before expiry the candidate is named. Default 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan NamingMargin { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long before the end of the decision window an accusation that the arbiter has not answered is given up. Default 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan DecisionMargin { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>K of the KNN-Shapley values. Default 5.</summary>
    [Range(1, 1_000)]
    public int Neighbours { get; set; } = 5;
}
