namespace Ethereum.Rpc;

/// <summary>Where and how a node is asked.</summary>
public sealed class EthereumRpcOptions
{
    /// <summary>HTTP or HTTPS endpoints of one chain, the preferred first. Credentials before the host are sent as Basic authorisation.</summary>
    public required IReadOnlyList<Uri> Endpoints { get; init; }

    /// <summary>Time limit of one HTTP request, answer included. Default 30 seconds.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest answer that is read, after decompression. Default 128 MiB.</summary>
    public int MaxResponseBytes { get; init; } = 128 * 1024 * 1024;

    /// <summary>Most calls in one HTTP request; longer batches are split. Default 100.</summary>
    public int MaxBatch { get; init; } = 100;

    /// <summary>How long an endpoint is passed over after a failure; doubles with each further one. Default 1 second.</summary>
    public TimeSpan BackOff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Upper limit of the back-off, and of what a Retry-After header can ask for. Default 1 minute.</summary>
    public TimeSpan MaxBackOff { get; init; } = TimeSpan.FromMinutes(1);
}
