using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Numerics;
using Backfill;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Logs;
using Ethereum.Rpc;
using Testing;

// Reads and decodes ERC-20 transfers from anvil in three ways, in turn: the node's bare answers, this client, viem.
const int BlocksPerRequest = 50;
const int InFlight = 4;
var transfers = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 100_000;
var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
var cancellation = CancellationToken.None;

await using var node = await AnvilNode.StartAsync(cancellation: cancellation);
using var http = new HttpClient(EthereumRpc.CreateHandler());
var rpc = Rpc(http);
var filling = Stopwatch.StartNew();
var (token, from, to) = await TransferChain.FillAsync(rpc, transfers, cancellation);
Console.WriteLine($"{transfers:N0} transfers in {to - from + 1:N0} blocks, made in {filling.Elapsed.TotalSeconds:0.0} s");

using var recorder = new Recorder(EthereumRpc.CreateHandler());
using var recorded = new HttpClient(recorder);
await OursAsync(Rpc(recorded));
var requests = recorder.Bodies.ToArray();

var (bare, ours, viem, bytes) = (new List<double>(), new List<double>(), new List<double>(), 0L);
for (var round = 0; round < rounds; round++)
{
    bare.Add(await TimedAsync(async () => bytes = await BareAsync()));
    ours.Add(await TimedAsync(() => OursAsync(rpc)));
    viem.Add(await ViemAsync());
}

var cpu = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim();
Console.WriteLine($"""

    {TimeProvider.System.GetLocalNow():yyyy-MM-dd}, {Environment.ProcessorCount} × {cpu}, medians of {rounds}, {requests.Length} requests, {bytes / 1e6:0.0} MB, {BlocksPerRequest} blocks per request, {InFlight} ranges in flight

    | what                         | median s | ours / it | range        |
    |------------------------------|---------:|----------:|--------------|
    | bare: same requests, unread  | {Row(bare)} |
    | this client, decoded events  | {Row(ours)} |
    | viem getLogs, decoded events | {Row(viem)} |

    Ours is {Median(viem) / Median(ours):0.0} times as fast as viem (wanted: 4) and takes {Median(ours) / Median(bare):0.00} times the bare answers (wanted: at most 2).
    """);
return Median(viem) / Median(ours) >= 4 && Median(ours) / Median(bare) <= 2 ? 0 : 1;

EthereumRpc Rpc(HttpClient client) => new(client, new EthereumRpcOptions { Endpoints = [node.Address] }, TimeProvider.System);

async Task OursAsync(EthereumRpc client)
{
    var options = new LogReaderOptions { InitialRange = BlocksPerRequest, MaxRange = BlocksPerRequest, InFlight = InFlight, TargetLogs = int.MaxValue, TargetTime = TimeSpan.FromHours(1) };
    var sum = BigInteger.Zero;
    await foreach (var block in new LogReader(client, options, TimeProvider.System).ReadAsync(LogFilter.Of([token], MarketToken.TransferEvent.Topic), from, to, null, cancellation))
    {
        foreach (var log in block.Logs)
        {
            sum += log.Decode<MarketToken.TransferEvent>().Value;
        }
    }

    Expect(sum == transfers, $"ours saw {sum} transfers of 1");
}

async Task<long> BareAsync()
{
    var total = 0L;
    await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = 2 * InFlight }, async (body, stop) =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, node.Address) { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        await using var stream = await response.Content.ReadAsStreamAsync(stop);
        var buffer = new byte[64 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, stop)) > 0;)
        {
            Interlocked.Add(ref total, read);
        }
    });
    return total;
}

async Task<double> ViemAsync()
{
    string[] arguments = ["backfill.mjs", node.Address.ToString(), token.ToString(), Text(from), Text(to), Text(BlocksPerRequest), Text(InFlight)];
    using var process = Process.Start(new ProcessStartInfo("node", arguments) { WorkingDirectory = RepositoryFiles.At("tests", "node", "viem"), UseShellExecute = false, RedirectStandardOutput = true })!;
    var answer = (await process.StandardOutput.ReadToEndAsync(cancellation)).Split(' ');
    Expect(answer.Length == 2 && int.Parse(answer[0], CultureInfo.InvariantCulture) == transfers, $"viem saw {answer[0]} transfers; is it installed (npm ci --ignore-scripts in tests/node/viem)?");
    return double.Parse(answer[1], CultureInfo.InvariantCulture);
}

static async Task<double> TimedAsync(Func<Task> work)
{
    var watch = Stopwatch.StartNew();
    await work();
    return watch.Elapsed.TotalSeconds;
}

string Row(List<double> times) => string.Create(CultureInfo.InvariantCulture, $"{Median(times),8:0.00} | {Median(ours) / Median(times),9:0.00} | {times.Min():0.00} – {times.Max():0.00}");

static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

static void Expect(bool condition, string message)
{
    if (!condition)
    {
        throw new InvalidOperationException(message);
    }
}
