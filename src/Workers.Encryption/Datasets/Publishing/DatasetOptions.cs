using System.ComponentModel.DataAnnotations;

namespace Workers.Encryption.Datasets.Publishing;

/// <summary>How datasets are published, delivered and received. Section <c>Datasets</c>.</summary>
public sealed class DatasetOptions
{
    /// <summary>Files and folders in here can be published by name, without an upload. Default: none can.</summary>
    public string? SourceFolder { get; set; }

    /// <summary>Decoys for each unit of a dataset. Default 1: half of a blob is decoys.</summary>
    [Range(0.01, 100.0)]
    public double DecoyShare { get; set; } = 1;

    /// <summary>Largest dataset that is taken, and largest delivery that is fetched, bytes. Default 32 GiB.</summary>
    [Range(1L, 64L << 30)]
    public long MaxBytes { get; set; } = 32L << 30;

    /// <summary>Where others reach this worker, e.g. <c>https://data.example.com</c>: stands in the metadata, for downloads beside IPFS. Default: nowhere.</summary>
    [RegularExpression("^https?://[^/]+/?$", ErrorMessage = "has to be like https://data.example.com.")]
    public string? PublicAddress { get; set; }

    /// <summary>How long a download's link is good. Default 15 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan LinkLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Pause between two looks for what is not there yet. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan FetchInterval { get; set; } = TimeSpan.FromSeconds(5);
}
