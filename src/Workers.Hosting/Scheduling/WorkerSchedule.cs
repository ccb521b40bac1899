using Quartz;
using Workers.Hosting.Health;

namespace Workers.Hosting.Scheduling;

/// <summary>
/// Brings a worker's stored schedules in line with its configuration and runs them. A trigger is named after its schedule: one that
/// did not change is left alone, so that neither a restart nor another replica fires it out of turn; a changed one replaces
/// the old one; what is not configured any more is removed. Replicas have to be configured alike: the last one that starts decides.
/// </summary>
internal sealed partial class WorkerSchedule(
    string worker, IReadOnlyList<ScheduledCommand> commands, ISchedulerFactory factory, IConfiguration configuration, TimeProvider clock, Outages outages, ILogger<WorkerSchedule> logger) : BackgroundService
{
    /// <summary>A schedule that Quartz has taken out of service stands still for so long at most.</summary>
    private static readonly TimeSpan RevivalInterval = TimeSpan.FromSeconds(20);

    private IScheduler? _scheduler;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _scheduler = await factory.GetScheduler(cancellationToken);
        var wanted = commands.Select(c => (Job: CommandJob.Describe(worker, c), Trigger: TriggerOf(c))).Where(w => w.Trigger is not null).ToList();
        foreach (var stored in await _scheduler.GetJobKeys(GroupMatcher<JobKey>.GroupEquals(worker), cancellationToken))
        {
            if (!wanted.Exists(w => w.Job.Key.Equals(stored)))
            {
                await _scheduler.DeleteJob(stored, cancellationToken);
            }
        }

        foreach (var (job, trigger) in wanted)
        {
            await _scheduler.AddJob(job, AddJobOptions.Replacing, cancellationToken);
            foreach (var old in await _scheduler.GetTriggersOfJob(job.Key, cancellationToken))
            {
                if (string.Equals(old.Key.Group, trigger!.Key.Group, StringComparison.Ordinal) && !old.Key.Equals(trigger.Key))
                {
                    await _scheduler.UnscheduleJob(old.Key, cancellationToken);
                }
            }

            await _scheduler.ScheduleTrigger(trigger!, TriggerConflict.Keep, cancellationToken);
        }

        await ReviveAsync(_scheduler, cancellationToken);
        await _scheduler.Start(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_scheduler is not null)
        {
            await _scheduler.Shutdown(waitForJobsToComplete: true, cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(RevivalInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var attempted = clock.GetUtcNow();
            try
            {
                await ReviveAsync(_scheduler!, stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                if (!outages.DatabaseFailed(worker, attempted, e))
                {
                    Log.NotRevived(logger, worker, e.GetBaseException().Message, RevivalInterval);
                }
            }
        }
    }

    /// <summary>
    /// Quartz puts a trigger whose firing meets a shutdown, or whose job could not be made, into the state Error, in which it stays whatever restarts
    /// (https://github.com/quartznet/quartznet/issues/2804). A command's schedule is never wrong for good, so it goes on.
    /// </summary>
    private async Task ReviveAsync(IScheduler scheduler, CancellationToken cancellationToken)
    {
        foreach (var trigger in await scheduler.ResetTriggersFromErrorState(GroupMatcher<TriggerKey>.AnyGroup(), cancellationToken))
        {
            Log.Revived(logger, worker, trigger.Group, trigger.Name);
        }
    }

    /// <summary>A time that was missed, because no replica ran or the database was away, is made up for once.</summary>
    private ITrigger? TriggerOf(ScheduledCommand command)
    {
        var setting = command.Setting(configuration);
        if (!Schedule.TryParse(setting, out var schedule) || schedule is { Interval: null, Cron: null })
        {
            return null;
        }

        // The group is the job's name: a trigger that recovers a firing of a dead replica is in a group of Quartz's own.
        // A whole second, since that is all that such a recovery knows of the time that it stands for.
        var now = clock.GetUtcNow();
        var trigger = TriggerBuilder.Create().ForJob(command.Name, worker).StartAt(now.AddTicks(-(now.UtcTicks % TimeSpan.TicksPerSecond)));
        return schedule.Interval is { } interval
            ? trigger.WithIdentity($"every {interval}", command.Name)
                .WithSimpleSchedule(s => s.WithInterval(interval).RepeatForever().WithMisfireInstruction(SimpleTriggerMisfireInstruction.FireNow)).Build()
            : trigger.WithIdentity($"at {schedule.Cron!.CronExpressionString}", command.Name)
                .WithCronSchedule(schedule.Cron.CronExpressionString, c => c.InTimeZone(TimeZoneInfo.Utc).WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed)).Build();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The schedule {Worker}/{Command} ({Trigger}) was out of service after an error, and goes on")]
        public static partial void Revived(ILogger logger, string worker, string command, string trigger);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Whether the schedules of {Worker} are in service cannot be asked ({Reason}); again in {Interval}")]
        public static partial void NotRevived(ILogger logger, string worker, string reason, TimeSpan interval);
    }
}
