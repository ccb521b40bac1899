namespace Workers.Hosting.Messaging;

/// <summary>One handler's part in handling a message.</summary>
/// <param name="Handler">Its name in the inbox.</param>
/// <param name="RunAsync">Resolves the handler from the scope's services and runs it.</param>
internal sealed record Step(string Handler, Func<IServiceProvider, CancellationToken, Task> RunAsync);

/// <summary>A queue of one worker.</summary>
/// <param name="Name">On the bus.</param>
/// <param name="Worker">Whose it is.</param>
/// <param name="Types">Message types that it takes.</param>
/// <param name="Plan">Reads the body and says who handles it; nobody is an answer. Throws <see cref="RejectedException"/>.</param>
/// <param name="ConsumeAsync">Runs the plan in the worker's database.</param>
internal sealed record QueueDefinition(
    string Name,
    string Worker,
    IReadOnlyList<Type> Types,
    Func<IServiceProvider, Delivery, IReadOnlyList<Step>> Plan,
    Func<IServiceProvider, QueueDefinition, Delivery, CancellationToken, Task> ConsumeAsync);
