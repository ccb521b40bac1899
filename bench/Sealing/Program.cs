using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Bench.Shared;
using ContentStore;
using ContentStore.Embedded;
using Ethereum;
using Workers.Encryption.Sealing;
using Workers.Hosting.Cryptography;

// Seals incompressible data from a RAM disk into the embedded store, beside what raw AES-256-GCM followed by raw SHA-256 reach on one core.
// Arguments: mebibytes (default 1024), rounds (default 5), folder (default /dev/shm).
var mebibytes = args.Length > 0 ? int.Parse(args[0]) : 1024;
var rounds = args.Length > 1 ? int.Parse(args[1]) : 5;
var folder = Path.Combine(args.Length > 2 ? args[2] : "/dev/shm", $"bench-sealing-{Environment.ProcessId}");
var bytes = (long)mebibytes << 20;
var space = Directory.CreateDirectory(Path.Combine(folder, "space")).FullName;
try
{
    await WriteRandomAsync(Path.Combine(space, "data"), bytes);
    var files = SpaceSnapshot.Select(SpaceFolder.List(space, CancellationToken.None), new HashSet<SpaceFile>(), DateTimeOffset.MaxValue, new SnapshotLimits { MaxBytes = bytes }).Files;
    var context = new SealContext(Keccak256.Hash("application"), Address.Zero, SealIdentity.Tag("bench"), 0);
    using var key = Secret.Random(32);
    using var peak = new PeakMemory();

    List<double> aes = [], sha = [], sealing = [], ratios = [], rawCpu = [], sealCpu = [], kernel = [];
    for (var round = 0; round <= rounds; round++)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var aesSeconds = RawAes(bytes);
        var shaSeconds = RawSha(bytes);
        var before = Environment.CpuUsage;
        peak.Start();
        var (sealSeconds, after) = await SealIntoStoreAsync(folder, space, files, context, key);
        peak.Stop();
        if (round == 0)
        {
            continue; // warms up code and pages
        }

        aes.Add(bytes / aesSeconds / 1e9);
        sha.Add(bytes / shaSeconds / 1e9);
        sealing.Add(bytes / sealSeconds / 1e9);
        rawCpu.Add((before.TotalTime - cpu).TotalSeconds);
        sealCpu.Add((after.TotalTime - before.TotalTime).TotalSeconds);
        kernel.Add((after.PrivilegedTime - before.PrivilegedTime).TotalSeconds);
        ratios.Add((aesSeconds + shaSeconds) / sealSeconds);
    }

    Console.WriteLine($"{TimeProvider.System.GetUtcNow():yyyy-MM-dd} | {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");
    Console.WriteLine($"load: {(await File.ReadAllTextAsync("/proc/loadavg")).Trim()}");
    Console.WriteLine($"{mebibytes} MiB, median of {rounds} rounds: AES-256-GCM {Median(aes):f2} GB/s, SHA-256 {Median(sha):f2} GB/s, both one after the other {1 / ((1 / Median(aes)) + (1 / Median(sha))):f2} GB/s");
    Console.WriteLine($"sealing into the embedded store {Median(sealing):f2} GB/s = {Median(ratios):f2} of the bound (wanted: 0.70); rounds {string.Join(' ', ratios.Select(ratio => $"{ratio:f2}"))}");
    Console.WriteLine($"processor time: raw {Median(rawCpu):f2} s, sealing {Median(sealCpu):f2} s over two threads ({Median(kernel):f2} s of it in the kernel); two idle cores allow at most {2 * Median(rawCpu) / Median(sealCpu):f2} of the bound");
    Console.WriteLine($"peak memory above the idle process: {peak.AboveIdle / 1048576.0:f0} MiB (allowed: 64)");
    return Median(ratios) >= 0.7 && peak.AboveIdle < 64 << 20 ? 0 : 1;
}
finally
{
    Directory.Delete(folder, recursive: true);
}

static async Task<(double Seconds, Environment.ProcessCpuUsage Cpu)> SealIntoStoreAsync(string folder, string space, IReadOnlyList<SpaceFile> files, SealContext context, Secret key)
{
    var store = Directory.CreateDirectory(Path.Combine(folder, "store")).FullName;
    var blob = Path.Combine(folder, "blob.sealed");
    var watch = Stopwatch.StartNew();
    using (var embedded = new EmbeddedStore(store))
    {
        var result = await Sealer.SealAsync(space, files, context, key, blob, progress: null, CancellationToken.None)
            ?? throw new InvalidOperationException("The data changed while it was sealed.");
        await embedded.PutFileAsync(blob, new PutFileOptions { Dag = result.Dag, Immutable = true }, CancellationToken.None);
    }

    var took = (watch.Elapsed.TotalSeconds, Environment.CpuUsage);
    File.Delete(blob);
    Directory.Delete(store, recursive: true);
    return took;
}

static double RawAes(long bytes)
{
    using var gcm = new AesGcm(RandomNumberGenerator.GetBytes(32), 16);
    byte[] plain = new byte[1 << 20], cipher = new byte[1 << 20], tag = new byte[16], nonce = new byte[12];
    var watch = Stopwatch.StartNew();
    for (long done = 0; done < bytes; done += plain.Length)
    {
        BitConverter.TryWriteBytes(nonce, done);
        gcm.Encrypt(nonce, plain, cipher, tag);
    }

    return watch.Elapsed.TotalSeconds;
}

static double RawSha(long bytes)
{
    using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    var data = new byte[1 << 20];
    var watch = Stopwatch.StartNew();
    for (long done = 0; done < bytes; done += data.Length)
    {
        sha.AppendData(data);
    }

    sha.GetHashAndReset();
    return watch.Elapsed.TotalSeconds;
}

static async Task WriteRandomAsync(string path, long bytes)
{
    var block = new byte[1 << 20];
    await using var file = File.Create(path);
    for (long done = 0; done < bytes; done += block.Length)
    {
        RandomNumberGenerator.Fill(block);
        await file.WriteAsync(block);
    }
}

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
