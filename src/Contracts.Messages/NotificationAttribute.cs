namespace Contracts.Messages;

/// <summary>
/// A message that nobody has to take: it is gone when no queue asks for it. Every other message waits with its sender
/// until a queue takes it.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NotificationAttribute : Attribute;
