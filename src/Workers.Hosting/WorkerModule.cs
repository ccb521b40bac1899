using System.Text.RegularExpressions;
using Contracts.Messages;
using Ethereum.Abi;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Workers.Hosting.Data;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Messaging;
using Workers.Hosting.Messaging.Outbox;
using Workers.Hosting.Scheduling;

namespace Workers.Hosting;

/// <summary>One worker of a process: its database and what it does with which messages.</summary>
/// <typeparam name="TDb">Its database; its migrations are those in the same assembly.</typeparam>
public sealed partial class WorkerModule<TDb>
    where TDb : WorkerDbContext
{
    private readonly Fleet _fleet;
    private readonly List<EventRoute> _routes = [];

    internal WorkerModule(WebApplicationBuilder builder, Fleet fleet, string name)
    {
        Builder = builder;
        Name = name;
        _fleet = fleet;
    }

    /// <summary>Lower-case with hyphens: names the queues, the SQLite file, the PostgreSQL schema and the meter.</summary>
    public string Name { get; }

    /// <summary>The process that it is part of.</summary>
    public WebApplicationBuilder Builder { get; }

    /// <summary>Short for the builder's services.</summary>
    public IServiceCollection Services => Builder.Services;

    /// <summary>
    /// Handles messages of one type from the queue <c>&lt;worker&gt;-&lt;handler&gt;</c>. Messages that travel between workers belong in
    /// Contracts.Messages; those that a worker sends to itself may live with it.
    /// </summary>
    public WorkerModule<TDb> Handle<TMessage, THandler>()
        where TMessage : class
        where THandler : class, IHandler<TMessage>
    {
        Services.TryAddScoped<THandler>();
        var handler = HandlerName(typeof(THandler));
        _fleet.Add(new QueueDefinition(
            $"{Name}-{handler}",
            Name,
            [typeof(TMessage)],
            (_, delivery) =>
            {
                var message = delivery.Read<TMessage>();
                return [new Step(handler, (services, token) => services.GetRequiredService<THandler>().HandleAsync(message, token))];
            },
            ConsumeAsync));
        return this;
    }

    /// <summary>Handles an event that the contract configured as <c>Chain:Contracts:<paramref name="contract"/></c> logged.</summary>
    public WorkerModule<TDb> HandleEvent<TEvent, THandler>(string contract)
        where TEvent : IEvent<TEvent>
        where THandler : class, IHandler<Observed<TEvent>>
    {
        Services.TryAddScoped<THandler>();
        var handler = HandlerName(typeof(THandler));
        AddRoute(new EventRoute(contract, TEvent.Topic, Retraction: false, log =>
        {
            var message = new Observed<TEvent>(log.Decode<TEvent>(), log.Position, log.BlockTime);
            return new Step(handler, (services, token) => services.GetRequiredService<THandler>().HandleAsync(message, token));
        }));
        return this;
    }

    /// <summary>Handles the disappearance of an event in a reorganisation.</summary>
    public WorkerModule<TDb> HandleRetraction<TEvent, THandler>(string contract)
        where TEvent : IEvent<TEvent>
        where THandler : class, IHandler<Retracted<TEvent>>
    {
        Services.TryAddScoped<THandler>();
        var handler = HandlerName(typeof(THandler));
        AddRoute(new EventRoute(contract, TEvent.Topic, Retraction: true, log =>
        {
            var message = new Retracted<TEvent>(log.Decode<TEvent>(), log.Position);
            return new Step(handler, (services, token) => services.GetRequiredService<THandler>().HandleAsync(message, token));
        }));
        return this;
    }

    /// <summary>Handles an event and its disappearance.</summary>
    public WorkerModule<TDb> FollowEvent<TEvent, THandler>(string contract)
        where TEvent : IEvent<TEvent>
        where THandler : class, IHandler<Observed<TEvent>>, IHandler<Retracted<TEvent>> =>
        HandleEvent<TEvent, THandler>(contract).HandleRetraction<TEvent, THandler>(contract);

    /// <summary>Adds routes under <c>/api</c>, guarded by the token and described in <c>/openapi/v1.json</c>.</summary>
    public WorkerModule<TDb> MapApi(Action<IEndpointRouteBuilder> map)
    {
        Services.AddOpenApi();
        _fleet.Apis.Add(map);
        return this;
    }

    /// <summary>Adds routes that anybody may call: nothing guards them but what they check themselves.</summary>
    public WorkerModule<TDb> MapOpen(Action<IEndpointRouteBuilder> map)
    {
        Services.AddOpenApi();
        _fleet.Open.Add(map);
        return this;
    }

    /// <summary>
    /// Answers other members' envelopes of one kind (<c>docs/envelopes.md</c>). The worker's model needs <see cref="ReceivedEnvelopeModel.MapReceivedEnvelopes"/>, a migration of it
    /// <see cref="SharedTables.AddEnvelopes"/>, and the process an <see cref="IMemberDirectory"/>.
    /// </summary>
    public WorkerModule<TDb> HandleEnvelope<THandler>(string kind)
        where THandler : class, IEnvelopeHandler
    {
        EnvelopeRegistration.AddHandler<TDb>(Builder, Name, kind, typeof(THandler));
        return this;
    }

    /// <summary>
    /// Sends this worker a fresh command at the times that one configuration key says: an interval such as <c>00:05:00</c>, a Quartz
    /// cron expression in UTC such as <c>0 0 3 * * ?</c>, or <c>off</c>.
    /// </summary>
    /// <param name="key">Configuration key, e.g. <c>Sealing:Schedule</c>.</param>
    /// <param name="fallback">Where the key is not set.</param>
    /// <param name="make">Makes the command.</param>
    public WorkerModule<TDb> Every<TCommand>(string key, string fallback, Func<TCommand> make)
        where TCommand : class
    {
        _fleet.Types.Add(typeof(TCommand));
        _fleet.Schedules.Add(new ScheduledCommand(
            Name,
            $"{Name}.{typeof(TCommand).Name}",
            key,
            fallback,
            (services, firedAt, token) => ScheduledCommand.EnqueueAsync<TDb, TCommand>(services, Name, make(), firedAt, token)));
        return this;
    }

    /// <summary>As <see cref="Every{TCommand}(string, string, Func{TCommand})"/>, for a command without content.</summary>
    public WorkerModule<TDb> Every<TCommand>(string key, string fallback)
        where TCommand : class, new() => Every(key, fallback, () => new TCommand());

    private static string HandlerName(Type handler) =>
        CaseBoundary().Replace(Regex.Replace(handler.Name, "Handler$", string.Empty, RegexOptions.None, TimeSpan.FromSeconds(1)), "-").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", RegexOptions.None, 1000)]
    private static partial Regex CaseBoundary();

    private static Task ConsumeAsync(IServiceProvider services, QueueDefinition queue, Delivery delivery, CancellationToken cancellationToken) =>
        services.GetRequiredService<HandlerRunner<TDb>>().ConsumeAsync(services, queue, delivery, cancellationToken);

    private void AddRoute(EventRoute route)
    {
        _fleet.Contracts.Add(route.Contract);
        _routes.Add(route);
        if (_routes.Count > 1)
        {
            return;
        }

        ChainEventRoutes? routes = null;
        _fleet.Add(new QueueDefinition(
            $"{Name}-chain-event",
            Name,
            [typeof(ChainEvent), typeof(ChainEventRetracted)],
            (services, delivery) => LazyInitializer.EnsureInitialized(ref routes, () => new ChainEventRoutes(_routes, services.GetRequiredService<ContractAddresses>())).Plan(delivery),
            ConsumeAsync));
    }
}
