using Quartz;

namespace Workers.Encryption.Sealing;

/// <summary>What waits in a space.</summary>
/// <param name="Files">Number of files that the next period would take.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Since">When the first of them came: the later of their oldest modification and the start of the period.</param>
public readonly record struct SpaceState(int Files, long Bytes, DateTimeOffset Since);

/// <summary>When a space is sealed and uploaded: whichever of its conditions is met first. An empty space never is.</summary>
public sealed record UploadCondition
{
    /// <summary>So many bytes wait. Null: no matter how many.</summary>
    public long? MinBytes { get; init; }

    /// <summary>The first file has waited so long. Null: no matter how long.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>A time of this Quartz cron expression (UTC) has come since the first file waits. Null: at no set time.</summary>
    public string? Cron { get; init; }

    /// <summary>Whether to seal now.</summary>
    /// <exception cref="FormatException">The cron expression is malformed.</exception>
    public bool IsMet(SpaceState space, DateTimeOffset now) =>
        space.Files > 0 && (space.Bytes >= MinBytes || now - space.Since >= MaxAge || NextCronTime(space.Since) <= now);

    private DateTimeOffset? NextCronTime(DateTimeOffset since) =>
        Cron is null ? null : new CronExpression(Cron, TimeZoneInfo.Utc).GetNextValidTimeAfter(since);
}
