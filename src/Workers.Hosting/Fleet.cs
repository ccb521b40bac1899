using Microsoft.AspNetCore.Routing;
using Workers.Hosting.Messaging;
using Workers.Hosting.Scheduling;

namespace Workers.Hosting;

/// <summary>What the modules of one builder have registered; read once, when the application is built.</summary>
internal sealed class Fleet
{
    private readonly List<QueueDefinition> _queues = [];

    public IReadOnlyList<QueueDefinition> Queues => _queues;

    public HashSet<Type> Types { get; } = [];

    public List<ScheduledCommand> Schedules { get; } = [];

    public List<Action<IEndpointRouteBuilder>> Apis { get; } = [];

    /// <summary>Routes without the API's token.</summary>
    public List<Action<IEndpointRouteBuilder>> Open { get; } = [];

    public SortedSet<string> Contracts { get; } = new(StringComparer.Ordinal);

    /// <summary>Routes that the host maps for its workers.</summary>
    public List<Action<IEndpointRouteBuilder>> Routes { get; } = [];

    public SortedSet<string> Workers { get; } = new(StringComparer.Ordinal);

    public void Add(QueueDefinition queue)
    {
        if (_queues.Any(q => string.Equals(q.Name, queue.Name, StringComparison.Ordinal)))
        {
            throw new InvalidOperationException($"Two handlers want the queue {queue.Name}; rename one.");
        }

        _queues.Add(queue);
        Types.UnionWith(queue.Types);
    }

    /// <exception cref="InvalidOperationException">The builder was not made by <see cref="Worker.CreateBuilder(string[])"/>.</exception>
    public static Fleet Of(WebApplicationBuilder builder) =>
        builder.Services.FirstOrDefault(s => s.ServiceType == typeof(Fleet))?.ImplementationInstance as Fleet
            ?? throw new InvalidOperationException($"Make the builder with {nameof(Worker)}.{nameof(Worker.CreateBuilder)}.");
}
