using System.Collections.Concurrent;
using System.Reflection;
using Contracts.Messages;
using MassTransit;

namespace Workers.Hosting.Messaging;

/// <summary>A type of message that may travel on the bus.</summary>
/// <param name="Mandatory">Whether it waits until a queue takes it.</param>
/// <param name="PublishEndpointAsync">Where it is published.</param>
internal sealed record MessageKind(Type Type, bool Mandatory, Func<IBus, Task<ISendEndpoint>> PublishEndpointAsync);

/// <summary>The message types that this process knows, by their full names.</summary>
internal sealed class MessageTypes
{
    private readonly ConcurrentDictionary<string, MessageKind> _kinds = new(StringComparer.Ordinal);

    public MessageTypes()
    {
        foreach (var type in typeof(ChainEvent).Assembly.GetExportedTypes().Where(t => t is { IsClass: true, IsAbstract: false, IsGenericType: false }))
        {
            Add(type);
        }
    }

    public void Add(Type type) => _kinds.GetOrAdd(type.FullName!, _ => (MessageKind)OfMethod.MakeGenericMethod(type).Invoke(null, null)!);

    public MessageKind? Find(string name) => _kinds.GetValueOrDefault(name);

    private static readonly MethodInfo OfMethod = typeof(MessageTypes).GetMethod(nameof(Of), BindingFlags.NonPublic | BindingFlags.Static)!;

    private static MessageKind Of<T>()
        where T : class =>
        new(typeof(T), typeof(T).GetCustomAttribute<NotificationAttribute>() is null, bus => bus.GetPublishSendEndpoint<T>());
}
