using System.ComponentModel.DataAnnotations;

namespace Workers.Evaluator.Providing;

/// <summary>A dataset that this provider offers.</summary>
public sealed class OfferedDataset
{
    /// <summary>What the operator calls it.</summary>
    [Required]
    public string Name { get; set; } = "";

    /// <summary>An .npz with the arrays <c>samples</c> and <c>labels</c>, a CIFAR-10 .bin, or an .npy or IDX file of samples.</summary>
    [Required]
    public string Samples { get; set; } = "";

    /// <summary>An .npy or IDX file of labels; not for .npz and CIFAR-10.</summary>
    public string? Labels { get; set; }

    /// <summary>How many classes it has. Default 10.</summary>
    [Range(2, 10_000)]
    public int Classes { get; set; } = 10;
}

/// <summary>The provider's policy: which sessions it joins with which data. Section <c>Providing</c>.</summary>
public sealed class ProvidingOptions : IValidatableObject
{
    /// <summary>The datasets on offer; none joins no session.</summary>
    public List<OfferedDataset> Datasets { get; set; } = [];

    /// <summary>Least reward for each shard that is delivered, in the token's smallest unit. Default 0.</summary>
    [Range(0, 1e28)]
    public decimal MinimumRewardPerShard { get; set; }

    /// <summary>Most of a dataset that may be sampled, in basis points. Default 2,000.</summary>
    [Range(1, 10_000)]
    public int MaximumSampleShare { get; set; } = 2_000;

    /// <summary>Highest deposit, in the token's smallest unit. Default 10^21, a thousand credits.</summary>
    [Range(0, 1e28)]
    public decimal MaximumDeposit { get; set; } = 1_000_000_000_000_000_000_000m;

    /// <summary>Collectors' addresses that are served; empty serves everybody who is not denied.</summary>
    public HashSet<string> Collectors { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Collectors' addresses that are never served.</summary>
    public HashSet<string> Deny { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Arbiters that are accepted; a session with another one is not joined, since an arbiter can take the deposit. Sessions without an arbiter are.</summary>
    public HashSet<string> Arbiters { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Shortest window to show the sample or to claim: finality has to fit into it. Default 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan MinimumWindow { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Least time before expiry to join at all. Default 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan MinimumTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var address in Collectors.Concat(Deny).Concat(Arbiters))
        {
            if (!Ethereum.Address.TryParse(address, null, out _))
            {
                yield return new ValidationResult($"'{address}' in Providing is not an address (0x and 40 hexadecimal digits).", [nameof(Collectors)]);
            }
        }

        foreach (var dataset in Datasets)
        {
            if (dataset.Name.Length == 0 || !File.Exists(dataset.Samples) || (dataset.Labels is { } labels && !File.Exists(labels)))
            {
                yield return new ValidationResult($"Providing:Datasets '{dataset.Name}' needs a name and files that exist; Samples is '{dataset.Samples}', Labels '{dataset.Labels}'.", [nameof(Datasets)]);
            }
        }
    }
}
