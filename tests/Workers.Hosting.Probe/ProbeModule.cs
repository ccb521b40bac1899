using System.Collections.Concurrent;
using System.Globalization;
using Contracts.Messages;
using Ethereum;
using Ethereum.Abi;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Workers.Hosting.Messaging;

namespace Workers.Hosting.Probe;

/// <summary>Raises the count of a key, or does what <paramref name="Behaviour"/> says instead.</summary>
public sealed record Count(string Key, string Behaviour = "count");

/// <summary>Sent by whoever counted.</summary>
public sealed record Counted(string Key);

/// <summary>Known to the sender but handled by nobody.</summary>
public sealed record Unwanted(string Text);

/// <summary>What a schedule sends.</summary>
public sealed record Tick;

/// <summary>Lets a test hold and observe handlers of its own fleet.</summary>
public sealed class ProbeControl
{
    public SemaphoreSlim Gate { get; } = new(int.MaxValue);

    public ConcurrentQueue<string> Attempts { get; } = new();

    public Func<Count, CancellationToken, Task> OnCount { get; set; } = (_, _) => Task.CompletedTask;
}

/// <summary>Counts, rejects, defers or fails, as the message asks.</summary>
public sealed class CountHandler(ProbeDb db, ProbeControl control) : IHandler<Count>
{
    public async Task HandleAsync(Count message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        control.Attempts.Enqueue($"{message.Behaviour} {message.Key}");
        var row = await db.Counts.FindAsync([message.Key], cancellationToken);
        await control.OnCount(message, cancellationToken);
        switch (message.Behaviour)
        {
            case "reject":
                throw new RejectedException($"{message.Key} is not for counting");
            case "too early" when await db.Counts.FindAsync(["gate"], cancellationToken) is null:
                throw new TooEarlyException("the gate is not open", TimeSpan.FromMilliseconds(50));
            case "fail":
                throw new InvalidOperationException("the count is broken");
        }

        row ??= db.Counts.Add(new CountRow { Key = message.Key }).Entity;
        row.Number++;
        db.Ran($"count {message.Key}");
        db.Publish(new Counted(message.Key));
    }
}

public sealed class CountedHandler(ProbeDb db) : IHandler<Counted>
{
    public Task HandleAsync(Counted message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        db.Ran($"counted {message.Key}");
        return Task.CompletedTask;
    }
}

public sealed class TickHandler(ProbeDb db) : IHandler<Tick>
{
    public Task HandleAsync(Tick message, CancellationToken cancellationToken)
    {
        db.Ran("tick");
        return Task.CompletedTask;
    }
}

/// <summary>An event as the source generator makes them: event Probed(uint256 number).</summary>
public sealed record ProbedEvent(ulong Number) : IEvent<ProbedEvent>
{
    public static Hash32 Topic { get; } = Hash32.Parse("0x" + new string('7', 64));

    public string Event => "Probed(uint256)";

    public static ProbedEvent Decode(ReadOnlySpan<Hash32> topics, ReadOnlySpan<byte> data) =>
        data.Length == 32
            ? new ProbedEvent(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(data[24..]))
            : throw new AbiException("the data is not one word");
}

public sealed class ProbedHandler(ProbeDb db) : IHandler<Observed<ProbedEvent>>, IHandler<Retracted<ProbedEvent>>
{
    public Task HandleAsync(Observed<ProbedEvent> message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        db.Ran($"probed {message.Event.Number}");
        return Task.CompletedTask;
    }

    public Task HandleAsync(Retracted<ProbedEvent> message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        db.Ran($"retracted {message.Event.Number}");
        return Task.CompletedTask;
    }
}

/// <summary>A worker that counts: every way through the host, without a chain.</summary>
public static class ProbeModule
{
    public const string Name = "probe-worker";

    public static WorkerModule<ProbeDb> AddProbe(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var worker = builder.AddWorker<ProbeDb>(Name);
        builder.Services.TryAddSingleton(services => new ProbeControl
        {
            OnCount = (_, token) => TimeSpan.TryParse(builder.Configuration["Probe:Slowness"], CultureInfo.InvariantCulture, out var slowness) ? Task.Delay(slowness, token) : Task.CompletedTask,
        });
        worker.Handle<Count, CountHandler>();
        worker.Handle<Counted, CountedHandler>();
        worker.Handle<Tick, TickHandler>();
        worker.HandleEvent<ProbedEvent, ProbedHandler>("Probe");
        worker.HandleRetraction<ProbedEvent, ProbedHandler>("Probe");
        worker.Every<Tick>("Probe:Schedule", "off");
        return worker;
    }
}
