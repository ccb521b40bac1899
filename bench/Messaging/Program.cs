using System.Diagnostics;
using System.Globalization;
using System.Text;
using Bench.Shared;
using Contracts.Messages;
using Microsoft.EntityFrameworkCore;
using RabbitMQ.Client;
using Testing;
using Workers.Hosting;
using Workers.Hosting.Probe;

// Real RabbitMQ and PostgreSQL, all figures in messages per second: median of the rounds of one run.
const int Messages = 10_000, InFlight = 500, Rounds = 5;
var token = CancellationToken.None;
await using var broker = await RabbitMqServer.StartAsync(token);
await using var postgres = await PostgresServer.StartAsync(token);
var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
{
    ["Bus:Kind"] = "RabbitMq",
    ["Bus:Host"] = "127.0.0.1",
    ["Bus:Port"] = broker.Port.ToString(CultureInfo.InvariantCulture),
    ["Database:Kind"] = "PostgreSql",
    ["Database:ConnectionString"] = await postgres.CreateDatabaseAsync(token),
    ["Data:Directory"] = Directory.CreateTempSubdirectory("bench").FullName,
    ["Http:Url"] = "http://127.0.0.1:0",
    ["Chain:Contracts:Probe"] = "0x00000000000000000000000000000000000000aa",
};
var builder = Worker.CreateBuilder();
builder.Configuration.AddInMemoryCollection(settings);
builder.AddProbe();
await using var app = builder.BuildWorker();
await app.StartAsync(token);

var body = Encoding.UTF8.GetBytes(new string('x', 200));
double[] raw = new double[Rounds], outbox = new double[Rounds], inbox = new double[Rounds];
for (var round = 0; round < Rounds; round++)
{
    raw[round] = await RawAsync();
    outbox[round] = await OutboxAsync();
    inbox[round] = await InboxAsync();
    Console.WriteLine($"round {round + 1}: raw {raw[round]:F0}, outbox {outbox[round]:F0}, handled {inbox[round]:F0}");
}

Console.WriteLine($"raw RabbitMQ.Client, confirmed, {InFlight} in flight, quorum queue: {Figures.Median(raw):F0}/s");
Console.WriteLine($"rows saved, published from the outbox, confirmed and deleted:      {Figures.Median(outbox):F0}/s, {Figures.Median(outbox) / Figures.Median(raw):F2} of raw");
Console.WriteLine($"command saved, published, handled with its inbox row, and its answer again: {Figures.Median(inbox):F0}/s, {Figures.Median(inbox) / Figures.Median(raw):F2} of raw");
await app.StopAsync(token);

async Task<double> RawAsync()
{
    var factory = new ConnectionFactory { HostName = "127.0.0.1", Port = broker.Port };
    await using var connection = await factory.CreateConnectionAsync(token);
    await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true, outstandingPublisherConfirmationsRateLimiter: null), token);
    await channel.QueueDeclareAsync("raw", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-queue-type"] = "quorum" }, cancellationToken: token);
    var started = Stopwatch.GetTimestamp();
    for (var sent = 0; sent < Messages; sent += InFlight)
    {
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => channel.BasicPublishAsync(string.Empty, "raw", mandatory: true, new BasicProperties { Persistent = true }, body, token).AsTask()));
    }

    var rate = Messages / Stopwatch.GetElapsedTime(started).TotalSeconds;
    await channel.QueueDeleteAsync("raw", cancellationToken: token);
    return rate;
}

// Events of another contract: they are acknowledged by the worker's queue and leave no row, so this is the way out alone.
Task<double> OutboxAsync() => MeasureAsync(
    db =>
    {
        for (var i = 0; i < Messages; i++)
        {
            db.Publish(new ChainEvent(new LogPosition(1, 1, "0x", "0x", (uint)i), DateTimeOffset.UnixEpoch, "0x00000000000000000000000000000000000000bb", ["0x" + new string('1', 64)], "0x"));
        }
    },
    (db, _) => db.Outbox.CountAsync(token),
    left => left == 0,
    Messages);

Task<double> InboxAsync() => MeasureAsync(
    db =>
    {
        for (var i = 0; i < Messages / 10; i++)
        {
            db.Publish(new Count(Guid.NewGuid().ToString()));
        }
    },
    async (db, before) => before + (Messages / 10 * 2) - await db.Inbox.CountAsync(token),
    left => left <= 0,
    Messages / 10 * 2);

async Task<double> MeasureAsync(Action<ProbeDb> publish, Func<ProbeDb, int, Task<int>> left, Func<int, bool> done, int messages)
{
    await using var scope = app.Services.CreateAsyncScope();
    var db = scope.ServiceProvider.GetRequiredService<ProbeDb>();
    var before = await db.Inbox.CountAsync(token);
    var started = Stopwatch.GetTimestamp();
    publish(db);
    await db.SaveChangesAsync(token);
    db.ChangeTracker.Clear();
    while (!done(await left(db, before)))
    {
        await Task.Delay(5, token);
    }

    return messages / Stopwatch.GetElapsedTime(started).TotalSeconds;
}
