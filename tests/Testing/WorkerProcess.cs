using System.Globalization;

namespace Testing;

/// <summary>A worker as an operator runs it: a process of its own, configured by its environment alone.</summary>
public sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly HttpClient Health = new() { Timeout = TimeSpan.FromSeconds(2) };
    private readonly ServerProcess process;

    private WorkerProcess(string name, Uri address, ServerProcess process)
    {
        Name = name;
        Address = address;
        this.process = process;
    }

    /// <summary>For example "owner's encryption".</summary>
    public string Name { get; }

    /// <summary>The same after every restart.</summary>
    public Uri Address { get; }

    /// <summary>Starts a worker's assembly and waits until it answers.</summary>
    /// <param name="assembly">File name, e.g. Workers.Encryption.dll.</param>
    public static async Task<WorkerProcess> StartAsync(string name, string assembly, IEnumerable<KeyValuePair<string, string?>> configuration, CancellationToken cancellationToken)
    {
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{LoopbackPort.Next()}"));
        var environment = configuration.ToDictionary(c => c.Key.Replace(":", "__", StringComparison.Ordinal), c => c.Value!, StringComparer.Ordinal);
        environment["Http__Url"] = address.ToString();
        var command = new ServerCommand(
            name,
            ["dotnet", Find(assembly)],
            User: null,
            environment,
            async token =>
            {
                using var answer = await Health.GetAsync(new Uri(address, "health/live"), token);
                return answer.IsSuccessStatusCode;
            },
            "TERM",
            TimeSpan.FromSeconds(150));
        var process = await ServerProcess.StartNewAsync(command, ServerProcess.NewDirectory(assembly), cancellationToken);
        return new WorkerProcess(name, address, process);
    }

    /// <summary>Everything that it wrote so far.</summary>
    public string Log() => File.ReadAllText(Path.Combine(process.Directory, "log"));

    /// <summary>Whether it says that it is ready.</summary>
    public async Task<bool> IsHealthyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await Health.GetAsync(new Uri(Address, "health/ready"), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>kill -9.</summary>
    public Task KillAsync() => process.KillAsync();

    /// <summary>Starts it again after a kill.</summary>
    public Task RestartAsync(CancellationToken cancellationToken) => process.StartAsync(cancellationToken);

    /// <summary>The worker's own output, built with the same configuration as this test: without what the tests bring along.</summary>
    private static string Find(string assembly)
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        return RepositoryFiles.At("src", Path.GetFileNameWithoutExtension(assembly), "bin", framework.Parent!.Name, framework.Name, assembly);
    }

    public async ValueTask DisposeAsync()
    {
        if (Environment.GetEnvironmentVariable("KEEP_WORKER_LOGS") is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
            File.Copy(Path.Combine(process.Directory, "log"), Path.Combine(folder, $"{Name.Replace(' ', '-')}-{Path.GetFileName(process.Directory)}.log"));
        }

        await process.DisposeAsync();
    }
}
