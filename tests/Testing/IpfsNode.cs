using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Testing;

/// <summary>
/// A private js-ipfs node on a free loopback port, with Kubo's RPC and no network, as a stand-in for Kubo. Blocks survive a kill;
/// those it had not written yet are lost.
/// </summary>
public sealed class IpfsNode : IAsyncDisposable
{
    private readonly HttpClient http;

    private IpfsNode(ServerProcess process, HttpClient http)
    {
        Process = process;
        this.http = http;
    }

    /// <summary>The RPC address, http://127.0.0.1:port/.</summary>
    public Uri Address => http.BaseAddress!;

    /// <summary>The node's process: stop, kill, pause, resume, start again on the same repository, log.</summary>
    public ServerProcess Process { get; }

    /// <summary>Makes an empty repository and starts a node on it.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>A node that answers.</returns>
    public static async Task<IpfsNode> StartAsync(CancellationToken cancellation = default)
    {
        var folder = RepositoryFiles.At("tests", "node", "ipfs");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "ipfs-core")))
        {
            throw new InvalidOperationException($"There is no js-ipfs in {folder}: run ./test, which installs it, or npm ci --ignore-scripts there.");
        }

        var port = LoopbackPort.Next();
        var directory = ServerProcess.NewDirectory("ipfs");
        var client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")) };
        var command = new ServerCommand(
            "js-ipfs",
            ["node", Path.Combine(folder, "server.mjs"), Path.Combine(directory, "repo"), port.ToString(CultureInfo.InvariantCulture)],
            User: null,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = directory },
            async token =>
            {
                using var answer = await client.PostAsync(new Uri("api/v0/version", UriKind.Relative), content: null, token).ConfigureAwait(false);
                return answer.IsSuccessStatusCode;
            },
            "TERM",
            TimeSpan.FromSeconds(90));
        try
        {
            return new IpfsNode(await ServerProcess.StartNewAsync(command, directory, cancellation).ConfigureAwait(false), client);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Imports a file as the node itself would, with raw leaves and version 1, and gives the CID it reports.</summary>
    /// <param name="content">The file.</param>
    /// <param name="chunkSize">Bytes per leaf. js-ipfs links 174 leaves per node.</param>
    /// <param name="onlyHash">Compute the CID and keep nothing.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The CID in base32.</returns>
    public async Task<string> AddAsync(byte[] content, int chunkSize, bool onlyHash, CancellationToken cancellation = default)
    {
        var part = new ByteArrayContent(content);
        part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var form = new MultipartFormDataContent { { part, "file", "file" } };
        var call = string.Create(CultureInfo.InvariantCulture, $"api/v0/add?chunker=size-{chunkSize}&raw-leaves=true&cid-version=1&cid-base=base32&pin=false&only-hash={(onlyHash ? "true" : "false")}");
        using var answer = await http.PostAsync(new Uri(call, UriKind.Relative), form, cancellation).ConfigureAwait(false);
        answer.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false));
        return json.RootElement.GetProperty("Hash").GetString()!;
    }

    /// <summary>Reads a file as the node itself puts it together from its blocks.</summary>
    /// <param name="cid">The file's CID.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The content.</returns>
    public async Task<byte[]> CatAsync(string cid, CancellationToken cancellation = default)
    {
        using var answer = await http.PostAsync(new Uri($"api/v0/cat?arg={cid}&timeout=20s", UriKind.Relative), content: null, cancellation).ConfigureAwait(false);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Kills the node and removes its repository.</summary>
    /// <returns>A task that ends when both are gone.</returns>
    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await Process.DisposeAsync().ConfigureAwait(false);
    }
}
