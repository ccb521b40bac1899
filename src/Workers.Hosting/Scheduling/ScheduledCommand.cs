using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Quartz;
using Workers.Hosting.Data;
using Workers.Hosting.Telemetry;

namespace Workers.Hosting.Scheduling;

/// <summary>A command that a schedule puts into its worker's outbox.</summary>
/// <param name="Worker">The worker whose outbox it is.</param>
/// <param name="Name">Unique in the process.</param>
/// <param name="Key">Configuration key of the schedule.</param>
/// <param name="Fallback">Schedule where the key is not set.</param>
/// <param name="FireAsync">Saves the command that belongs to this time.</param>
internal sealed record ScheduledCommand(string Worker, string Name, string Key, string Fallback, Func<IServiceProvider, DateTimeOffset, CancellationToken, Task> FireAsync)
{
    public string Setting(IConfiguration configuration) => configuration[Key] ?? Fallback;

    /// <returns>What is wrong with the configured schedule, or null.</returns>
    public string? Problem(IConfiguration configuration) =>
        Schedule.TryParse(Setting(configuration), out _)
            ? null
            : $"{Key} = '{Setting(configuration)}' is neither a time span of at least 00:00:00.1 such as 00:05:00, nor a Quartz cron expression such as '0 0/5 * * * ?', nor 'off'.";

    /// <summary>A time that is fired twice, by a replica that another one took for dead, say, is one message id, and is handled once.</summary>
    public static async Task EnqueueAsync<TDb, TCommand>(IServiceProvider services, string worker, TCommand command, DateTimeOffset firedAt, CancellationToken cancellationToken)
        where TDb : WorkerDbContext
        where TCommand : class
    {
        var db = services.GetRequiredService<TDb>();
        var identity = string.Create(CultureInfo.InvariantCulture, $"{worker}/{typeof(TCommand).FullName}/{firedAt.UtcTicks}");
        db.Publish(command, new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(identity)).AsSpan(0, 16)));
        await db.SaveChangesAsync(cancellationToken);
        services.GetRequiredService<WorkerTelemetry<TDb>>().Fired(typeof(TCommand).Name);
    }
}

/// <summary>When something happens: at an interval or by a cron expression; neither is never.</summary>
internal sealed record Schedule(TimeSpan? Interval, CronExpression? Cron)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    public static bool TryParse(string text, out Schedule schedule)
    {
        schedule = new Schedule(null, null);
        if (string.Equals(text, "off", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var interval))
        {
            schedule = new Schedule(interval, null);
            return interval >= Shortest;
        }

        if (CronExpression.TryParse(text, out var cron))
        {
            schedule = new Schedule(null, cron);
            return true;
        }

        return false;
    }
}
