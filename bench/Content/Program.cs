// dotnet run -c Release --project bench/Content [MIB] [DIRECTORY]
// How fast content goes into the embedded store and out of it, beside raw SHA-256 and AES-256-GCM in the same run.
// Figures are medians; a ratio compares neighbours in time, so a busy machine moves both. Default: 1024 MiB on /dev/shm.
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using ContentStore;
using ContentStore.Embedded;
using ContentStore.UnixFs;

const int rounds = 5, mib = 1 << 20;
var size = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1024;
var directory = Path.Combine(args.Length > 1 ? args[1] : "/dev/shm", $"bench-content-{Environment.ProcessId}");
var plain = RandomNumberGenerator.GetBytes(mib);
var sealedChunk = new byte[mib];
using var aes = new AesGcm(RandomNumberGenerator.GetBytes(32), tagSizeInBytes: 16);
var results = new Dictionary<string, List<double>>(StringComparer.Ordinal);
long idle = 0, peak = 0;

try
{
    Directory.CreateDirectory(directory);
    for (var round = 0; round <= rounds; round++) // the first one warms up
    {
        using var store = new EmbeddedStore(Path.Combine(directory, "store"));
        var sha = Measure("raw SHA-256", () => Repeat(() => SHA256.HashData(plain)));
        var gcm = Measure("raw AES-256-GCM", () => Repeat(Encrypt));
        Record("bound: AES-256-GCM, then SHA-256, one core", 1 / (1 / sha + 1 / gcm));

        idle = Environment.WorkingSet;
        var path = Path.Combine(directory, "staged");
        FileDag dag = null!;
        await MeasureAsync("encrypt, hash, CID, write, store", async () =>
        {
            using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
            await using var stream = new DagStream(file);
            Repeat(() =>
            {
                Encrypt();
                stream.Write(sealedChunk);
            });
            dag = await stream.CompleteAsync(CancellationToken.None);
            await store.PutFileAsync(path, new PutFileOptions { Dag = dag, Immutable = true }, CancellationToken.None);
        });
        peak = Math.Max(peak, Environment.WorkingSet - idle);
        await MeasureAsync("read back, every block verified", () => store.VerifyAsync(dag.Root, progress: null, CancellationToken.None));
        await MeasureAsync("store a copy of a foreign file", () => store.PutFileAsync(path, new PutFileOptions(), CancellationToken.None));
        Directory.Delete(Path.Combine(directory, "store", "content"), recursive: true);
    }
}
finally
{
    Directory.Delete(directory, recursive: true);
}

var bound = Median("bound: AES-256-GCM, then SHA-256, one core");
Console.WriteLine($"{size} MiB, median of {rounds}, {Environment.ProcessorCount} cores");
foreach (var name in results.Keys)
{
    Console.WriteLine($"{name,-45} {Median(name),6:0.00} GB/s  {Median(name) / bound,5:0.00} of the bound");
}

Console.WriteLine($"memory above idle while storing: {peak / (double)mib:0} MiB");

void Encrypt()
{
    Span<byte> nonce = stackalloc byte[12], tag = stackalloc byte[16];
    aes.Encrypt(nonce, plain, sealedChunk, tag); // one nonce for all: this measures, it protects nothing
}

void Repeat(Action once)
{
    for (var i = 0; i < size; i++)
    {
        once();
    }
}

double Measure(string name, Action action)
{
    var start = Stopwatch.GetTimestamp();
    action();
    return Record(name, (double)size * mib / 1e9 / Stopwatch.GetElapsedTime(start).TotalSeconds);
}

async Task MeasureAsync(string name, Func<Task> action)
{
    var start = Stopwatch.GetTimestamp();
    await action();
    Record(name, (double)size * mib / 1e9 / Stopwatch.GetElapsedTime(start).TotalSeconds);
}

double Record(string name, double gigabytesPerSecond)
{
    if (!results.TryGetValue(name, out var list))
    {
        results[name] = list = [];
    }

    list.Add(gigabytesPerSecond);
    return gigabytesPerSecond;
}

double Median(string name)
{
    var sorted = results[name].Skip(1).Order().ToList();
    return sorted[sorted.Count / 2];
}
