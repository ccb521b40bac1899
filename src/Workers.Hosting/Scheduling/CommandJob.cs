using System.Globalization;
using Quartz;
using Workers.Hosting.Data;
using Workers.Hosting.Messaging;

namespace Workers.Hosting.Scheduling;

/// <summary>Saves one command. Quartz makes one in a scope of its own for each firing; its type and its job's name are stored with PostgreSQL.</summary>
internal sealed partial class CommandJob(IReadOnlyList<ScheduledCommand> commands, IServiceScopeFactory scopes, TimeProvider clock, ILogger<CommandJob> logger) : IJob
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(500), MaximumDelay = TimeSpan.FromSeconds(15);

    /// <summary>What a replica was doing when it was killed is done again by another one, under the same message id.</summary>
    public static IJobDetail Describe(string worker, ScheduledCommand command) =>
        JobBuilder.Create<CommandJob>().WithIdentity(command.Name, worker).StoreDurably().RequestRecovery().Build();

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var name = context.JobDetail.Key.Name;
        if (commands.FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.Ordinal)) is not { } command)
        {
            Log.Unknown(logger, name);
            return;
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await command.FireAsync(scope.ServiceProvider, TimeOf(context), cancellationToken);
                return;
            }
            catch (Exception e) when (DatabaseFaults.Classify(e) != DatabaseFault.None)
            {
                await Task.Delay(Backoff.Delay(attempt, FirstDelay, MaximumDelay, Random.Shared.NextDouble()), clock, cancellationToken);
            }
        }
    }

    /// <summary>The time that the schedule says; when this recovers a firing of a dead replica, the one of that firing.</summary>
    private static DateTimeOffset TimeOf(IJobExecutionContext context) =>
        context.Recovering
        && DateTimeOffset.TryParse(context.MergedJobDataMap[SchedulerConstants.FailedJobOriginalTriggerScheduledFireTime]?.ToString(), CultureInfo.InvariantCulture, out var missed)
            ? missed
            : context.ScheduledFireTimeUtc ?? context.FireTimeUtc;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The schedule of {Name} is another version's; this one does not know it. Do replicas of two versions share a database?")]
        public static partial void Unknown(ILogger logger, string name);
    }
}
