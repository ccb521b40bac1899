using System.Reflection;
using Contracts.Messages;

namespace Workers.Hosting.Messaging;

/// <summary>A type of message that may travel on the bus.</summary>
/// <param name="Mandatory">Whether it waits until a queue takes it.</param>
internal sealed record MessageKind(Type Type, bool Mandatory);

/// <summary>The message types that this process knows, by their full names: all of Contracts.Messages and what its modules handle.</summary>
internal sealed class MessageTypes(IEnumerable<Type> handled)
{
    private readonly Dictionary<string, MessageKind> _kinds = typeof(ChainEvent).Assembly.GetExportedTypes()
        .Where(t => t is { IsClass: true, IsAbstract: false })
        .Union(handled)
        .ToDictionary(t => t.FullName!, t => new MessageKind(t, t.GetCustomAttribute<NotificationAttribute>() is null), StringComparer.Ordinal);

    public MessageKind? Find(string name) => _kinds.GetValueOrDefault(name);
}
