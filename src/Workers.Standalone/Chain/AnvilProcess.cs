using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Workers.Standalone.Chain;

/// <summary>A development chain as a child of this process: it ends with it, even by kill -9.</summary>
internal sealed class AnvilProcess : IAsyncDisposable
{
    private const string Binary = "contracts/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil";

    // The pipe to this process closes however it ends, and the chain with it.
    private const string UntilInputEnds = """
        exec 3<&0
        "$@" 3<&- </dev/null >/dev/null & chain=$!
        { cat <&3 >/dev/null; kill -9 $chain; } 2>/dev/null &
        wait $chain
        """;

    private readonly Process process;

    private AnvilProcess(Process process, Uri address)
    {
        this.process = process;
        Address = address;
    }

    /// <summary>JSON-RPC over HTTP on a free port of 127.0.0.1.</summary>
    public Uri Address { get; }

    /// <summary>Starts a chain with one block each second and waits until it answers.</summary>
    /// <exception cref="InvalidOperationException">anvil is not installed, or did not start.</exception>
    public static async Task<AnvilProcess> StartAsync(string log, CancellationToken cancellationToken)
    {
        var port = FreePort();
        var start = new ProcessStartInfo("bash")
        {
            UseShellExecute = false,
            ArgumentList =
            {
                "-c", UntilInputEnds, "anvil", Find(), "--host", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture),
                "--block-time", "1", "--slots-in-an-epoch", "4", "--quiet",
            },
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        var output = LogAsync(process, log);
        var chain = new AnvilProcess(process, new Uri($"http://127.0.0.1:{port}"));
        using var socket = new TcpClient();
        while (true)
        {
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return chain;
            }
            catch (SocketException) when (!process.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
            }
            catch (SocketException e)
            {
                await output;
                throw new InvalidOperationException($"anvil ended with {process.ExitCode} at its start; see {log}.", e);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static async Task LogAsync(Process process, string log)
    {
        await using var writer = new StreamWriter(log, append: true) { AutoFlush = true };
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            await writer.WriteLineAsync(line);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Find()
    {
        for (var directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            var candidate = Path.Combine(directory, Binary);
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new InvalidOperationException(
            $"anvil is not installed ({Binary}; this machine is {RuntimeInformation.RuntimeIdentifier}). ./run installs it with npm on linux-x64.");
    }
}
