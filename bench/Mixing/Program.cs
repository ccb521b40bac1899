using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Bench.Shared;
using Ethereum;
using Mechanisms.Trifork;
using Workers.Encryption.Datasets;
using Workers.Encryption.Datasets.Publishing;
using Workers.Hosting.Cryptography;

// Mixing, sealing and the CID of a dataset in blocks of 4 KiB, and the way back, on one core; beside the same algorithm in JavaScript on Node.
// Arguments: mebibytes (default 1024), rounds (default 3), folder (default /dev/shm).
const double DecoyShare = 0.25, WantedRate = 200e6, PaperSecondsPerByte = 0.004;
const long AllowedMemory = 256L << 20;
var mebibytes = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1024;
var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
var folder = Path.Combine(args.Length > 2 ? args[2] : "/dev/shm", $"bench-mixing-{Environment.ProcessId}");
if (!OperatingSystem.IsLinux())
{
    Console.Error.WriteLine("This measurement needs Linux.");
    return 2;
}

// One core for all threads of this process, and of Node.
Process.GetCurrentProcess().ProcessorAffinity = 1;
var bytes = (long)mebibytes << 20;
Directory.CreateDirectory(folder);
try
{
    var (data, blob, back) = (Path.Combine(folder, "data"), Path.Combine(folder, "blob"), Path.Combine(folder, "back"));
    // A virtual machine gets memory from its host at the first touch, at a third of the rate: that is not to be measured.
    await WriteAsync(blob, 5 * bytes);
    File.Delete(blob);
    await WriteAsync(data, bytes);
    using var key = Secret.Random(32);
    using var seed = Secret.Random(32);
    using var peak = new PeakMemory();
    var context = new DatasetContext(Address.Zero, Guid.NewGuid());
    var format = new UnitFormat.Blocks(4096);
    var mixing = new Mixing(format, DecoyShare, BucketFiles.BitsFor(bytes, DecoyShare), TriforkParameters.Default());
    List<double> forth = [], ways = [];
    for (var round = 0; round <= rounds; round++)
    {
        peak.Start();
        var clock = Stopwatch.StartNew();
        SealedDataset sealedData;
        await using (var source = File.OpenRead(data))
        {
            sealedData = await MixedBlob.SealAsync(
                mixing, new UnitReader("data", source, format), LookAlikes.OfAsync("data", () => File.OpenRead(data), format, CancellationToken.None), context, key, seed, blob, folder, CancellationToken.None);
        }

        var sealing = clock.Elapsed.TotalSeconds;
        clock.Restart();
        await using (var source = File.OpenRead(blob))
        await using (var target = File.Create(back))
        {
            await MixedBlob.RecoverAsync(sealedData.Plan, source, context, key, seed, target, folder, CancellationToken.None);
        }

        var recovering = clock.Elapsed.TotalSeconds;
        peak.Stop();
        if (!await SameAsync(data, back))
        {
            throw new InvalidOperationException("What came back is something else.");
        }

        if (round > 0)
        {
            forth.Add(bytes / sealing);
            ways.Add(bytes / recovering);
        }
    }

    Console.WriteLine($"{TimeProvider.System.GetUtcNow():yyyy-MM-dd} | one of {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");
    Console.WriteLine($"load: {(await File.ReadAllTextAsync("/proc/loadavg")).Trim()}");
    Console.WriteLine($"{mebibytes} MiB in blocks of 4 KiB, {DecoyShare:p0} decoys, {1 << mixing.BucketBits} buckets, median of {rounds} rounds:");
    Console.WriteLine($"mixing, sealing and CID {Figures.Median(forth) / 1e6:f0} MB/s of the dataset (wanted: 200), back {Figures.Median(ways) / 1e6:f0} MB/s");
    Console.WriteLine($"that is {PaperSecondsPerByte * Figures.Median(forth):n0} times the paper's 4 ms for a byte");
    Console.WriteLine($"peak memory above the idle process: {peak.AboveIdle / 1048576.0:f0} MiB (allowed: {AllowedMemory >> 20})");
    var node = await NodeAsync();
    Console.WriteLine($"the same in JavaScript on Node (64 MiB in memory, one bucket): {node / 1e6:f0} MB/s: {Figures.Median(forth) / node:f1} times as fast as that");
    return Figures.Median(forth) >= WantedRate && Figures.Median(ways) >= WantedRate && peak.AboveIdle <= AllowedMemory ? 0 : 1;
}
finally
{
    Directory.Delete(folder, recursive: true);
}

// Decoys as they come from an earlier dataset: read from a file.
static async Task<double> NodeAsync()
{
    var script = Path.Combine(SourceTree.Root(), "bench", "Mixing", "node", "mix.mjs");
    using var node = Process.Start(new ProcessStartInfo("node", [script, "64"]) { RedirectStandardOutput = true })!;
    var line = await node.StandardOutput.ReadToEndAsync();
    await node.WaitForExitAsync();
    return double.Parse(line, CultureInfo.InvariantCulture);
}

static async Task WriteAsync(string path, long length)
{
    await using var file = File.Create(path);
    var buffer = new byte[1 << 20];
    var random = new Random(1);
    for (long written = 0; written < length; written += buffer.Length)
    {
        random.NextBytes(buffer);
        await file.WriteAsync(buffer);
    }
}

static async Task<bool> SameAsync(string left, string right)
{
    await using var a = File.OpenRead(left);
    await using var b = File.OpenRead(right);
    return Convert.ToHexString(await SHA256.HashDataAsync(a)) == Convert.ToHexString(await SHA256.HashDataAsync(b));
}
