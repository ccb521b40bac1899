using Quartz;

namespace Workers.Hosting.Scheduling;

/// <summary>Quartz with the modules' schedules.</summary>
internal static class ScheduleSetup
{
    private const string CommandKey = "command";

    public static void Add(IServiceCollection services, IReadOnlyList<ScheduledCommand> commands, IConfiguration configuration)
    {
        services.AddSingleton(commands);
        services.AddQuartz($"market-{Guid.NewGuid():N}", quartz =>
        {
            foreach (var command in commands)
            {
                if (!Schedule.TryParse(command.Setting(configuration), out var schedule) || schedule is { Interval: null, Cron: null })
                {
                    continue;
                }

                quartz.AddJob<CommandJob>(job => job.WithIdentity(command.Name).UsingJobData(CommandKey, command.Name));
                quartz.AddTrigger(trigger =>
                {
                    trigger.ForJob(command.Name).WithIdentity(command.Name).StartNow();
                    if (schedule.Interval is { } interval)
                    {
                        trigger.WithSimpleSchedule(s => s.WithInterval(interval).RepeatForever());
                    }
                    else
                    {
                        trigger.WithCronSchedule(schedule.Cron!.CronExpressionString, c => c.InTimeZone(TimeZoneInfo.Utc));
                    }
                });
            }
        });
        services.AddQuartzHostedService(o => o.WaitForJobsToComplete = true);
    }

    /// <summary>Quartz makes one in a scope of its own for each firing.</summary>
    internal sealed class CommandJob(IReadOnlyList<ScheduledCommand> commands, IServiceProvider services) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
        {
            var name = context.MergedJobDataMap.GetString(CommandKey);
            var command = commands.First(c => string.Equals(c.Name, name, StringComparison.Ordinal));
            await command.FireAsync(services, context.ScheduledFireTimeUtc ?? context.FireTimeUtc, cancellationToken);
        }
    }
}
