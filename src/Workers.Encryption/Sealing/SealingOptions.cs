using System.ComponentModel.DataAnnotations;
using Quartz;

namespace Workers.Encryption.Sealing;

/// <summary>
/// When a space is sealed: by whichever condition is met first. Section <c>Sealing</c>; its key <c>Schedule</c> says how often the
/// spaces are looked at.
/// </summary>
public sealed class SealingOptions : IValidatableObject
{
    /// <summary>A space with at least this many bytes of new files is sealed. Default 64 MiB.</summary>
    [Range(1, long.MaxValue)]
    public long MinBytes { get; set; } = 64 << 20;

    /// <summary>A space whose oldest new file has waited this long is sealed. Default 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "366.00:00:00")]
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Quartz cron expression (UTC) at which every space that holds new files is sealed; empty for none. Default none.</summary>
    public string? Cron { get; set; }

    /// <summary>A file that changed more recently than this is still being written. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Settle { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Remove a local file once its blob was read back and its record is final. Default false.</summary>
    public bool RemoveAfterUpload { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(Cron) && !CronExpression.TryParse(Cron, out _))
        {
            yield return new ValidationResult("has to be a Quartz cron expression such as '0 0 3 * * ?', or empty", [nameof(Cron)]);
        }
    }

    internal UploadCondition Condition => new() { MinBytes = MinBytes, MaxAge = MaxAge, Cron = string.IsNullOrEmpty(Cron) ? null : Cron };
}
