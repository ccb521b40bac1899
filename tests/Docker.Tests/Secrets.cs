using System.Diagnostics;
using Testing;

namespace Docker.Tests;

/// <summary>What docker/make-secrets makes, in a directory of its own.</summary>
internal sealed class Secrets : IDisposable
{
    private Secrets(string directory) => Path = directory;

    public string Path { get; }

    public string this[string name] => File.ReadAllText(System.IO.Path.Combine(Path, name)).TrimEnd('\n');

    public IReadOnlySet<string> Names => Directory.GetFiles(Path).Select(f => System.IO.Path.GetFileName(f)).ToHashSet(StringComparer.Ordinal);

    public static async Task<Secrets> MakeAsync(CancellationToken cancellation)
    {
        var directory = ServerProcess.NewDirectory("secrets");
        await RunAsync(RepositoryFiles.At("docker", "make-secrets"), [directory], new Dictionary<string, string>(StringComparer.Ordinal), cancellation);
        return new Secrets(directory);
    }

    /// <summary>Runs a script of docker/ and shows what it wrote when it fails.</summary>
    public static async Task RunAsync(string script, string[] arguments, IReadOnlyDictionary<string, string> variables, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(script, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = await process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        Assert.True(process.ExitCode == 0, await output + errors);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
