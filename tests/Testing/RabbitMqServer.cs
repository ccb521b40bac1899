using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;

namespace Testing;

/// <summary>
/// A private RabbitMQ broker on free loopback ports, user and password "guest". Its management interface makes a
/// virtual host in milliseconds.
/// </summary>
public sealed class RabbitMqServer : IAsyncDisposable
{
    private int virtualHosts;

    private RabbitMqServer(ServerProcess process, HttpClient management, int port)
    {
        Process = process;
        Management = management;
        Port = port;
    }

    /// <summary>
    /// How long a new quorum queue needs before it survives kill -9 of a single broker: RabbitMQ 3.10 writes the queue's
    /// registration to disk half a second late, and a queue whose registration is lost never answers again. A test that
    /// kills the broker waits so long after the first declaration of its queues.
    /// </summary>
    public static readonly TimeSpan QuorumQueueSettles = TimeSpan.FromSeconds(2);

    /// <summary>AMQP port on 127.0.0.1; the same after every restart.</summary>
    public int Port { get; }

    /// <summary>The HTTP management interface, signed in; addresses are relative to /api/ (for example "queues/v1").</summary>
    public HttpClient Management { get; }

    /// <summary>The broker's process: pause, resume, pid, log.</summary>
    public ServerProcess Process { get; }

    /// <summary>Makes a new broker without messages and starts it.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>A broker that answers.</returns>
    public static Task<RabbitMqServer> StartAsync(CancellationToken cancellation = default) => StartAsync(definitions: "", "guest", "guest", cancellation);

    /// <summary>Makes a new broker that loads definitions when it boots, and so has no other users than theirs.</summary>
    /// <param name="definitions">JSON as the setting load_definitions takes it; empty for none.</param>
    /// <param name="administrator">A user who may use the management interface.</param>
    /// <param name="password">The administrator's.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>A broker that answers.</returns>
    public static async Task<RabbitMqServer> StartAsync(string definitions, string administrator, string password, CancellationToken cancellation = default)
    {
        int port = LoopbackPort.Next(), managementPort = LoopbackPort.Next(), epmdPort = LoopbackPort.Next(), distributionPort = LoopbackPort.Next();
        var directory = ServerProcess.NewDirectory("rabbitmq");
        var management = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{managementPort}/api/")) };
        management.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{administrator}:{password}")));

        // epmd, Erlang's register of nodes, outlives a broker that started it as a daemon; here it is a child that the
        // kernel ends with the broker, whose process the shell becomes.
        var script = $"""
            echo '[rabbitmq_management].' >enabled_plugins
            printf '%s\n' 'management.tcp.ip = 127.0.0.1' 'management.tcp.port = {managementPort}' >rabbitmq.conf
            if [ -n "$DEFINITIONS" ]; then printf '%s' "$DEFINITIONS" >definitions.json; echo "load_definitions = $PWD/definitions.json" >>rabbitmq.conf; fi
            PATH=$PATH:/usr/lib/erlang/bin
            setpriv --pdeathsig KILL epmd -port {epmdPort} -address 127.0.0.1 &
            exec /usr/lib/rabbitmq/bin/rabbitmq-server
            """;
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = directory,
            ["DEFINITIONS"] = definitions,
            ["ERL_EPMD_PORT"] = epmdPort.ToString(CultureInfo.InvariantCulture),
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODENAME"] = string.Create(CultureInfo.InvariantCulture, $"test{port}@localhost"),
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODE_PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_DIST_PORT"] = distributionPort.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(directory, "data"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(directory, "logs"),
            ["RABBITMQ_LOGS"] = "-",
            ["RABBITMQ_PID_FILE"] = Path.Combine(directory, "pid"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(directory, "enabled_plugins"),
            ["RABBITMQ_CONFIG_FILE"] = Path.Combine(directory, "rabbitmq.conf"),
            ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
            // Without a shell in between: signals reach the broker itself.
            ["RUNNING_UNDER_SYSTEMD"] = "1",
        };
        var command = new ServerCommand(
            "rabbitmq",
            ["bash", "-c", script],
            "rabbitmq",
            environment,
            async token =>
            {
                if (!await LoopbackPort.IsOpenAsync(port, token).ConfigureAwait(false))
                {
                    return false;
                }

                using var answer = await management.GetAsync(new Uri("vhosts", UriKind.Relative), token).ConfigureAwait(false);
                return answer.IsSuccessStatusCode;
            },
            "TERM",
            TimeSpan.FromMinutes(4));
        if (!File.Exists("/usr/lib/rabbitmq/bin/rabbitmq-server"))
        {
            throw new InvalidOperationException("RabbitMQ is not installed: run ./test, which installs it, or apt-get install rabbitmq-server.");
        }

        var process = await ServerProcess.StartNewAsync(command, directory, cancellation).ConfigureAwait(false);
        return new RabbitMqServer(process, management, port);
    }

    /// <summary>Makes an empty virtual host that nobody else uses.</summary>
    /// <param name="cancellation">Ends the request.</param>
    /// <returns>Its name, for example "v1".</returns>
    public async Task<string> CreateVirtualHostAsync(CancellationToken cancellation = default)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"v{Interlocked.Increment(ref virtualHosts)}");
        using var made = await Management.PutAsync(new Uri($"vhosts/{name}", UriKind.Relative), content: null, cancellation).ConfigureAwait(false);
        made.EnsureSuccessStatusCode();
        using var allowed = await Management.PutAsJsonAsync(
            $"permissions/{name}/guest",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["configure"] = ".*", ["write"] = ".*", ["read"] = ".*" },
            cancellation).ConfigureAwait(false);
        allowed.EnsureSuccessStatusCode();
        return name;
    }

    /// <summary>Address of a virtual host.</summary>
    /// <param name="virtualHost">A name from <see cref="CreateVirtualHostAsync"/>, or "/".</param>
    /// <returns>amqp://guest:guest@127.0.0.1:port/host.</returns>
    public Uri Address(string virtualHost = "/") =>
        new(string.Create(CultureInfo.InvariantCulture, $"amqp://guest:guest@127.0.0.1:{Port}/{Uri.EscapeDataString(virtualHost)}"));

    /// <summary>Orderly shutdown (SIGTERM).</summary>
    /// <returns>A task that ends when the processes are gone.</returns>
    public Task StopAsync() => Process.StopAsync();

    /// <summary>kill -9 of the broker and its helpers.</summary>
    /// <returns>A task that ends when the processes are gone.</returns>
    public Task KillAsync() => Process.KillAsync();

    /// <summary>Starts again on the same port and data after a stop or a kill.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>A task that ends when the broker answers.</returns>
    public Task RestartAsync(CancellationToken cancellation = default) => Process.StartAsync(cancellation);

    /// <summary>Kills the broker and removes its data.</summary>
    /// <returns>A task that ends when both are gone.</returns>
    public async ValueTask DisposeAsync()
    {
        Management.Dispose();
        await Process.DisposeAsync().ConfigureAwait(false);
    }
}
