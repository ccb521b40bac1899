using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.Json;

namespace Testing;

/// <summary>How an anvil chain behaves.</summary>
/// <param name="BlockTime">Interval between blocks, whole seconds; null mines one block per transaction at once.</param>
/// <param name="Mining">False: blocks come only from <see cref="AnvilNode.MineAsync"/>.</param>
/// <param name="SlotsInAnEpoch">The block tag "finalized" is 2 epochs behind the head: 2 × this many blocks.</param>
/// <param name="ChainId">EIP-155 chain id.</param>
public sealed record AnvilOptions(TimeSpan? BlockTime = null, bool Mining = true, int SlotsInAnEpoch = 32, long ChainId = 31337);

/// <summary>An account that anvil gives 10,000 ether at genesis; its key is public (mnemonic "test test … junk").</summary>
/// <param name="Address">EIP-55 address.</param>
/// <param name="PrivateKey">0x and 64 hexadecimal digits.</param>
public sealed record DevAccount(string Address, string PrivateKey);

/// <summary>
/// A private anvil chain on a free loopback port. A kill keeps every mined block, as a chain of many nodes would;
/// what waited in the memory pool is lost.
/// </summary>
public sealed class AnvilNode : IAsyncDisposable
{
    private readonly HttpClient http;

    private AnvilNode(ServerProcess process, HttpClient http)
    {
        Process = process;
        this.http = http;
    }

    /// <summary>The accounts that have money from the start.</summary>
    public static IReadOnlyList<DevAccount> Accounts { get; } =
    [
        new("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"),
        new("0x70997970C51812dc3A010C7d01b50e0d17dc79C8", "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"),
        new("0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC", "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a"),
        new("0x90F79bf6EB2c4f870365E785982E1f101E93b906", "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6"),
        new("0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65", "0x47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a"),
        new("0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc", "0x8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba"),
    ];

    /// <summary>The JSON-RPC address, http://127.0.0.1:port/; WebSocket at the same port.</summary>
    public Uri Address => http.BaseAddress!;

    /// <summary>The node's process: pause, resume, pid, log.</summary>
    public ServerProcess Process { get; }

    /// <summary>Makes a new chain and starts its node.</summary>
    /// <param name="options">Null: one block per transaction, at once.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>A node that answers.</returns>
    public static async Task<AnvilNode> StartAsync(AnvilOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new AnvilOptions();
        var port = LoopbackPort.Next();
        var directory = ServerProcess.NewDirectory("anvil");
        string[] mining = options switch
        {
            { Mining: false } => ["--no-mining"],
            { BlockTime: { } time } => ["--block-time", time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)],
            _ => [],
        };
        string[] arguments =
        [
            FindBinary(), "--host", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--quiet",
            "--chain-id", options.ChainId.ToString(CultureInfo.InvariantCulture),
            "--slots-in-an-epoch", options.SlotsInAnEpoch.ToString(CultureInfo.InvariantCulture), .. mining,
        ];
        // KillAsync writes state.json; the first start has none.
        string[] bash = ["bash", "-c", "if [ -s state.json ]; then set -- \"$@\" --load-state state.json; fi; exec \"$@\"", "anvil"];
        var client = new HttpClient
        {
            BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")),
            Timeout = TimeSpan.FromSeconds(60),
        };
        var command = new ServerCommand(
            "anvil",
            [.. bash, .. arguments],
            User: null,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = directory },
            async token => (await CallAsync(client, "eth_chainId", [], token).ConfigureAwait(false)).ValueKind == JsonValueKind.String,
            "TERM",
            TimeSpan.FromMinutes(2));
        var process = await ServerProcess.StartNewAsync(command, directory, cancellation).ConfigureAwait(false);
        return new AnvilNode(process, client);
    }

    /// <summary>Calls a JSON-RPC method.</summary>
    /// <param name="method">For example "anvil_reorg".</param>
    /// <param name="parameters">Its positional parameters; each is serialised as JSON.</param>
    /// <returns>The "result" member.</returns>
    /// <exception cref="InvalidOperationException">The node answered with an error, whose text is in the message.</exception>
    public Task<JsonElement> CallAsync(string method, params object?[] parameters) => CallAsync(http, method, parameters, CancellationToken.None);

    /// <summary>Mines blocks now.</summary>
    /// <param name="blocks">How many.</param>
    /// <returns>A task that ends when the head has moved.</returns>
    public Task MineAsync(int blocks = 1) => CallAsync("anvil_mine", blocks);

    /// <summary>
    /// Lets time go by: the next block is so much later than the newest. <c>evm_increaseTime</c> would add to the machine's clock instead, before which a chain runs that has several blocks a second.
    /// </summary>
    /// <param name="seconds">At least 1.</param>
    /// <returns>A task that ends when the head has that time.</returns>
    public async Task AdvanceAsync(uint seconds)
    {
        var latest = await CallAsync("eth_getBlockByNumber", "latest", false).ConfigureAwait(false);
        var now = Convert.ToUInt64(latest.GetProperty("timestamp").GetString(), 16);
        await CallAsync("evm_setNextBlockTimestamp", now + seconds).ConfigureAwait(false);
        await MineAsync().ConfigureAwait(false);
    }

    /// <summary>Replaces the last blocks by as many empty ones with other hashes; their transactions are gone.</summary>
    /// <param name="depth">How many blocks.</param>
    /// <returns>A task that ends when the new blocks are the head.</returns>
    public Task ReorganiseAsync(int depth) => CallAsync("anvil_reorg", depth, Array.Empty<object>());

    /// <summary>Number of the newest block.</summary>
    /// <returns>0 for a fresh chain.</returns>
    public async Task<long> BlockNumberAsync() =>
        Convert.ToInt64((await CallAsync("eth_blockNumber").ConfigureAwait(false)).GetString(), 16);

    /// <summary>Keeps the chain and ends the node.</summary>
    /// <returns>A task that ends when the process is gone.</returns>
    public Task StopAsync() => KillAsync();

    /// <summary>Takes a copy of the chain as it is now, then kill -9.</summary>
    /// <returns>A task that ends when the process is gone.</returns>
    public async Task KillAsync()
    {
        if (Process.Pid == 0)
        {
            return;
        }

        var dump = (await CallAsync("anvil_dumpState", true).ConfigureAwait(false)).GetString()!;
        await Process.KillAsync().ConfigureAwait(false);
        await using var packed = new GZipStream(new MemoryStream(Convert.FromHexString(dump.AsSpan(2))), CompressionMode.Decompress);
        await using var file = File.Create(Path.Combine(Process.Directory, "state.json"));
        await packed.CopyToAsync(file).ConfigureAwait(false);
    }

    /// <summary>Starts again on the same port and chain after a stop or a kill.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>A task that ends when the node answers.</returns>
    public Task RestartAsync(CancellationToken cancellation = default) => Process.StartAsync(cancellation);

    /// <summary>Kills the node and removes its chain.</summary>
    /// <returns>A task that ends when both are gone.</returns>
    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await Process.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<JsonElement> CallAsync(HttpClient client, string method, object?[] parameters, CancellationToken cancellation)
    {
        var request = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["jsonrpc"] = "2.0",
            ["id"] = 1,
            ["method"] = method,
            ["params"] = parameters,
        };
        using var answer = await client.PostAsJsonAsync("", request, cancellation).ConfigureAwait(false);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation).ConfigureAwait(false);
        return body.TryGetProperty("result", out var result)
            ? result
            : throw new InvalidOperationException($"anvil answered {method} with {body.GetProperty("error").GetRawText()}");
    }

    private static string FindBinary()
    {
        var packages = RepositoryFiles.At("contracts", "node_modules", "@foundry-rs");
        var binary = Directory.Exists(packages)
            ? Directory.GetDirectories(packages, "anvil-*").Select(path => Path.Combine(path, "bin", "anvil")).FirstOrDefault(File.Exists)
            : null;
        return binary ?? throw new InvalidOperationException($"There is no anvil in {packages}: run ./test, which installs it, or npm ci --ignore-scripts in contracts.");
    }
}
