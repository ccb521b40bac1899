using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Workers.Hosting.Configuration;
using Workers.Hosting.Data;
using Workers.Hosting.DeadLetters;
using Workers.Hosting.Health;
using Workers.Hosting.Http;
using Workers.Hosting.Messaging;
using Workers.Hosting.Messaging.Outbox;
using Workers.Hosting.Resilience;
using Workers.Hosting.Scheduling;
using Workers.Hosting.Telemetry;

namespace Workers.Hosting;

/// <summary>
/// Composition of a process: one builder, one or more worker modules, one bus. Everything comes from the builder's
/// configuration, so that several fleets can live in one process without knowing of each other.
/// </summary>
public static class Worker
{
    /// <summary>
    /// A builder with logs, metrics, health, options, resilience and the clock. Secrets may come as files in /run/secrets whose
    /// names are configuration keys with <c>__</c> for the colon.
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(params string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Configuration.AddKeyPerFile("/run/secrets", optional: true);
        builder.Services.AddSingleton(new Fleet());
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Outages>();
        builder.AddValidatedOptions<DataOptions>("Data");
        builder.AddValidatedOptions<DatabaseOptions>("Database");
        builder.AddValidatedOptions<BusOptions>("Bus");
        builder.AddValidatedOptions<DeliveryOptions>("Delivery");
        builder.AddValidatedOptions<OutboxOptions>("Outbox");
        builder.AddValidatedOptions<HttpOptions>("Http");
        builder.Services.AddSingleton<ApiToken>();
        builder.Services.AddHostedService<ApiTokenAtStart>();
        builder.Services.AddSingleton<ContractAddresses>();
        builder.Services.AddSingleton(services => services.GetRequiredService<Fleet>().Queues);
        builder.Services.AddSingleton(services => new MessageTypes(services.GetRequiredService<Fleet>().Types));
        builder.AddResilience();
        builder.AddLogs();
        builder.AddTelemetry();
        builder.AddHealth();
        return builder;
    }

    /// <summary>Adds a worker with its database, its outbox and its migrations.</summary>
    /// <param name="builder">Made by <see cref="CreateBuilder"/>.</param>
    /// <param name="name">Lower-case letters and hyphens, unique in the organisation.</param>
    public static WorkerModule<TDb> AddWorker<TDb>(this WebApplicationBuilder builder, string name)
        where TDb : WorkerDbContext
    {
        var fleet = Fleet.Of(builder);
        if (!fleet.Workers.Add(name))
        {
            throw new InvalidOperationException($"The worker {name} was added twice.");
        }

        var services = builder.Services;
        services.AddDbContext<TDb>((provider, options) =>
        {
            WorkerDatabase.Use(provider, options, name);
            options.AddInterceptors(provider.GetRequiredService<OutboxSignal<TDb>>());
        });
        services.AddSingleton<OutboxSignal<TDb>>();
        services.AddSingleton<HandlerRunner<TDb>>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<WorkerTelemetry<TDb>>(provider, name));
        services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<DatabaseMigration<TDb>>(provider, name));
        services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<OutboxDispatcher<TDb>>(provider, name));
        services.AddHealthChecks().AddCheck<DatabaseCheck<TDb>>($"database {name}");
        fleet.Routes.Add(routes => DeadLetterEndpoints.Map<TDb>(routes, name));
        return new WorkerModule<TDb>(builder, fleet, name);
    }

    /// <summary>Builds the application; databases are migrated and options checked when it starts.</summary>
    public static WebApplication BuildWorker(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var fleet = Fleet.Of(builder);
        var kind = Enum.TryParse<BusKind>(builder.Configuration["Bus:Kind"], ignoreCase: true, out var configured) ? configured : BusKind.InMemory;
        BusSetup.Add(builder.Services, kind);
        ScheduleSetup.Add(builder.Services, fleet.Schedules, builder.Configuration);
        builder.Services.AddOptions<StartUpChecks>().ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<StartUpChecks>, StartUpChecks.Validator>();
        builder.WebHost.UseUrls(builder.Configuration["Http:Url"] ?? new HttpOptions().Url);

        var app = builder.Build();
        app.UseApiToken();
        app.MapHealth();
        app.MapMetrics();
        fleet.Routes.ForEach(map => map(app));
        MapApis(app, fleet);
        return app;
    }

    private static void MapApis(WebApplication app, Fleet fleet)
    {
        if (fleet.Apis.Count + fleet.Open.Count == 0)
        {
            return;
        }

        app.MapOpenApi();
        var api = app.MapGroup("/api").RequireApiToken().ExplainDatabaseFaults();
        fleet.Apis.ForEach(map => map(api));
        var open = app.MapGroup("").ExplainDatabaseFaults();
        fleet.Open.ForEach(map => map(open));
    }

    /// <summary>
    /// Builds and runs until the process is told to stop. What is wrong with the configuration is written to the standard error and
    /// the process's exit code is 1. With <c>--healthcheck</c> it asks the running worker's /health/ready instead.
    /// </summary>
    /// <returns>The exit code, which is set on the process too.</returns>
    public static async Task<int> RunWorkerAsync(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (HealthProbe.IsAsked)
        {
            return Environment.ExitCode = await HealthProbe.RunAsync(builder.Configuration["Http:Url"] ?? new HttpOptions().Url);
        }

        await using var app = builder.BuildWorker();
        try
        {
            await app.RunAsync();
            return 0;
        }
        catch (OptionsValidationException e)
        {
            foreach (var failure in e.Failures)
            {
                await Console.Error.WriteLineAsync($"Configuration: {failure}");
            }

            return Environment.ExitCode = 1;
        }
    }
}
