namespace Ethereum.Logs;

/// <summary>How much is asked for at once.</summary>
public sealed class LogReaderOptions
{
    /// <summary>Blocks in the first request. Default 32.</summary>
    public int InitialRange { get; init; } = 32;

    /// <summary>Blocks in a request at most; node operators allow 500 to 10,000. Default 500.</summary>
    public int MaxRange { get; init; } = 500;

    /// <summary>Ranges under way at once. Default 4.</summary>
    public int InFlight { get; init; } = 4;

    /// <summary>Logs that a request should return: ranges shrink above and grow below half of it. Default 5,000.</summary>
    public int TargetLogs { get; init; } = 5_000;

    /// <summary>Time that a request should take: ranges shrink above and grow below half of it. Default 2 seconds.</summary>
    public TimeSpan TargetTime { get; init; } = TimeSpan.FromSeconds(2);
}
