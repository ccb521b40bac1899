using System.Diagnostics;
using System.Globalization;
using Listener;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Testing;
using Workers.ChainListener;
using Workers.Hosting;

const int Blocks = 1_000, EventsPerBlock = 100, Events = Blocks * EventsPerBlock, InFlight = 500, Runs = 3;

await using var postgres = await PostgresServer.StartAsync();
await using var rabbit = await RabbitMqServer.StartAsync();
Console.WriteLine($"filling anvil with {Events:N0} ERC-20 transfers …");
await using var anvil = await TransferChain.StartAsync(Blocks, EventsPerBlock);

var (full, raw) = (new List<double>(), new List<double>());
byte[] body = [];
for (var run = 0; run < Runs; run++)
{
    full.Add(await FullPathAsync());
    raw.Add(await RawAsync());
    Console.WriteLine($"run {run + 1}: node → PostgreSQL → RabbitMQ {full[^1]:N0} events/s, raw RabbitMQ.Client {raw[^1]:N0} messages/s of {body.Length} bytes");
}

Console.WriteLine($"median: {Median(full):N0} and {Median(raw):N0}, ratio {Median(full) / Median(raw):0.00} (wanted 0.35)");

async Task<double> FullPathAsync()
{
    var virtualHost = await rabbit.CreateVirtualHostAsync();
    await using var queue = await Queue.DeclareAsync(rabbit.Address(virtualHost), "Contracts.Messages:ChainEvent", "Contracts.Messages:ChainFinalised");
    var builder = Worker.CreateBuilder();
    builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["Chain:Endpoints:0"] = anvil.Address.ToString(),
        ["Chain:Contracts:Token"] = TransferChain.Contract,
        ["Chain:Confirmations"] = "0",
        ["Database:Kind"] = "PostgreSql",
        ["Database:ConnectionString"] = await postgres.CreateDatabaseAsync(),
        ["Bus:Kind"] = "RabbitMq",
        ["Bus:Host"] = "127.0.0.1",
        ["Bus:Port"] = rabbit.Port.ToString(CultureInfo.InvariantCulture),
        ["Bus:VirtualHost"] = virtualHost,
        ["Data:Directory"] = Path.Combine(Path.GetTempPath(), $"bench-{Guid.NewGuid():N}"),
        ["Http:Url"] = "http://127.0.0.1:0",
        ["Serilog:MinimumLevel:Default"] = "Warning",
    });
    builder.AddChainListener();
    await using var app = builder.BuildWorker();
    var before = Cpu.Seconds();
    var clock = Stopwatch.StartNew();
    await app.StartAsync();
    await queue.WaitForAsync(Events);
    var rate = Events / clock.Elapsed.TotalSeconds;
    Console.WriteLine($"full path took {clock.Elapsed.TotalSeconds:0.0} s; processor time: {Spent(before)}");
    body = await queue.TakeOneAsync();
    await app.StopAsync();
    return rate;
}

async Task<double> RawAsync()
{
    await using var queue = await Queue.DeclareAsync(rabbit.Address(await rabbit.CreateVirtualHostAsync()));
    var before = Cpu.Seconds();
    var clock = Stopwatch.StartNew();
    await queue.PublishAsync(body, Events, InFlight);
    var rate = Events / clock.Elapsed.TotalSeconds;
    Console.WriteLine($"raw took {clock.Elapsed.TotalSeconds:0.0} s; processor time: {Spent(before)}");
    return rate;
}

static string Spent(IReadOnlyDictionary<string, double> before) => string.Join(", ", Cpu.Seconds()
    .Select(p => (p.Key, Spent: p.Value - before.GetValueOrDefault(p.Key)))
    .Where(p => p.Spent >= 0.1).OrderByDescending(p => p.Spent).Select(p => $"{p.Key} {p.Spent:0.0} s"));

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
