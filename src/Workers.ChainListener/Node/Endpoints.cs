using Ethereum.Rpc;
using Microsoft.Extensions.Options;
using Workers.Hosting.Chain;

namespace Workers.ChainListener.Node;

/// <summary>
/// The configured endpoints of which it is known that they serve the configured chain. One that serves another chain is
/// refused and named; one that does not answer is asked again later.
/// </summary>
internal sealed partial class Endpoints(IHttpClientFactory clients, IOptions<ChainOptions> options, TimeProvider clock, ILogger<Endpoints> logger)
{
    /// <summary>Name of the HTTP client.</summary>
    public const string Client = "chain";

    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(1);

    /// <summary>An endpoint that hangs must not keep the others waiting.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Dictionary<Uri, ulong?> _serves = [];
    private readonly HashSet<Uri> _silent = [];
    private DateTimeOffset _asked = DateTimeOffset.MinValue;
    private EthereumRpc? _rpc;

    /// <summary>A client of the endpoints that serve our chain.</summary>
    /// <exception cref="ChainUnreachableException">None does.</exception>
    public async Task<EthereumRpc> RpcAsync(CancellationToken cancellationToken)
    {
        var unknown = options.Value.Endpoints.Distinct().Where(e => _serves.GetValueOrDefault(e) is null).ToList();
        if (unknown.Count > 0 && (_rpc is null || clock.GetUtcNow() - _asked > AskAgain))
        {
            var answers = await Task.WhenAll(unknown.Select(e => ChainIdAsync(e, cancellationToken)));
            foreach (var (endpoint, (id, problem)) in unknown.Zip(answers))
            {
                _serves[endpoint] = id;
                Tell(endpoint, id, problem);
            }

            _asked = clock.GetUtcNow();
            var usable = options.Value.Endpoints.Where(e => _serves.GetValueOrDefault(e) == (ulong)options.Value.ChainId).Distinct().ToList();
            _rpc = usable.Count > 0 ? Rpc(usable) : throw new ChainUnreachableException(Summary(unknown.Zip(answers, (_, a) => a.Problem)));
        }

        return _rpc ?? throw new ChainUnreachableException(Summary([]));
    }

    /// <summary>Host and port: the rest of an endpoint's address may hold an access key.</summary>
    private static string Name(Uri endpoint) => endpoint.IsDefaultPort ? endpoint.Host : $"{endpoint.Host}:{endpoint.Port}";

    private async Task<(ulong? Id, string? Problem)> ChainIdAsync(Uri endpoint, CancellationToken cancellationToken)
    {
        try
        {
            return (await Rpc([endpoint], Patience).ChainIdAsync(cancellationToken), null);
        }
        catch (RpcException e)
        {
            return (null, e.Message);
        }
    }

    private EthereumRpc Rpc(IReadOnlyList<Uri> endpoints, TimeSpan? timeout = null) =>
        new(clients.CreateClient(Client), new EthereumRpcOptions { Endpoints = endpoints, RequestTimeout = timeout ?? options.Value.RequestTimeout }, clock);

    private void Tell(Uri endpoint, ulong? id, string? problem)
    {
        if (id is null)
        {
            if (_silent.Add(endpoint))
            {
                Log.Silent(logger, Name(endpoint), problem!);
            }

            return;
        }

        _silent.Remove(endpoint);
        if (id != (ulong)options.Value.ChainId)
        {
            Log.OtherChain(logger, Name(endpoint), id.Value, options.Value.ChainId);
        }
    }

    private string Summary(IEnumerable<string?> problems)
    {
        var others = _serves.Where(s => s.Value is { } id && id != (ulong)options.Value.ChainId)
            .Select(s => $"{Name(s.Key)} serves chain {s.Value}, and Chain:ChainId is {options.Value.ChainId}: correct one of them.");
        return string.Join(' ', others.Concat(problems.OfType<string>().Select(p => p + ".")).DefaultIfEmpty("No endpoint serves the chain."));
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Endpoint {Endpoint} is refused: it serves chain {Served}, and Chain:ChainId is {Wanted}")]
        public static partial void OtherChain(ILogger logger, string endpoint, ulong served, long wanted);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Endpoint {Endpoint} is not used until it answers: {Reason}")]
        public static partial void Silent(ILogger logger, string endpoint, string reason);
    }
}

/// <summary>No configured endpoint can be used.</summary>
public sealed class ChainUnreachableException(string message) : Exception(message);
