using Microsoft.Extensions.Options;
using Npgsql;
using Quartz;
using Workers.Hosting.Data;

namespace Workers.Hosting.Scheduling;

/// <summary>
/// A Quartz scheduler for each worker that has schedules: in memory, or with PostgreSQL in the worker's own schema, where
/// replicas share it and one of them fires each time.
/// </summary>
internal static class ScheduleSetup
{
    /// <summary>A replica that was silent for both together is taken for dead, and another one fires what it held.</summary>
    private static readonly TimeSpan CheckIn = TimeSpan.FromSeconds(5), Patience = TimeSpan.FromSeconds(10);

    public static void Add(IServiceCollection services, IReadOnlyList<ScheduledCommand> commands, IConfiguration configuration)
    {
        var shared = Enum.TryParse<DatabaseKind>(configuration["Database:Kind"], ignoreCase: true, out var kind) && kind == DatabaseKind.PostgreSql;
        services.AddSingleton(commands);
        foreach (var worker in commands.GroupBy(c => c.Worker, StringComparer.Ordinal))
        {
            services.AddQuartz(worker.Key, quartz =>
            {
                if (shared)
                {
                    quartz.UsePersistentStore(store => Share(store, worker.Key, configuration));
                }
            });
            services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<WorkerSchedule>(
                provider, worker.Key, worker.ToArray(), provider.GetRequiredKeyedService<ISchedulerFactory>(worker.Key)));
        }
    }

    private static void Share(IPersistentStoreBuilder store, string worker, IConfiguration configuration)
    {
        var database = configuration.GetSection("Database").Get<DatabaseOptions>() ?? new DatabaseOptions();
        store.UsePostgres(NpgsqlFactory.Instance, WorkerDatabase.PostgresConnectionString(database, worker));
        store.UseSystemTextJsonSerializer();
        store.UseClustering(cluster =>
        {
            cluster.CheckinInterval = CheckIn;
            cluster.CheckinMisfireThreshold = Patience;
        });
        store.ConfigureStore(options =>
        {
            options.TablePrefix = ScheduleTables.Prefix;
            options.StoreJobDataAsStrings = true;
            options.SchemaProvisioning = SchemaProvisioning.Validate;
        });
    }
}
