using System.Net;
using System.Text;
using System.Text.Json;
using Ethereum.Rpc;

namespace Ethereum.Tests.Rpc;

/// <summary>An HTTP handler that plays the endpoints: answers a request by host, method and call.</summary>
internal sealed class StubNode(Func<StubNode.Request, HttpResponseMessage> answer) : HttpMessageHandler
{
    public List<string> Asked { get; } = [];

    public static EthereumRpc Rpc(Func<Request, HttpResponseMessage> answer, int endpoints = 1, TimeProvider? time = null, int maxResponse = 1 << 20) => Rpc(new StubNode(answer), endpoints, time, maxResponse);

    public static EthereumRpc Rpc(StubNode node, int endpoints = 1, TimeProvider? time = null, int maxResponse = 1 << 20) => new(
        new HttpClient(node),
        new EthereumRpcOptions
        {
            Endpoints = [.. Enumerable.Range(0, endpoints).Select(i => new Uri($"https://user:pass@node{i}/secret-key"))],
            RequestTimeout = TimeSpan.FromSeconds(3),
            MaxResponseBytes = maxResponse,
        },
        time ?? TimeProvider.System);

    public static HttpResponseMessage Text(string text, HttpStatusCode status = HttpStatusCode.OK) => new(status) { Content = new StringContent(text) };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = JsonDocument.Parse(await request.Content!.ReadAsStringAsync(cancellationToken)).RootElement;
        var calls = body.ValueKind == JsonValueKind.Array ? body.EnumerateArray().ToArray() : [body];
        lock (Asked)
        {
            Asked.Add(request.RequestUri!.Host);
        }

        return answer(new Request(request.RequestUri!.Host, body.ValueKind == JsonValueKind.Array, calls, request, cancellationToken));
    }

    /// <summary>What was asked.</summary>
    internal sealed record Request(string Host, bool IsBatch, JsonElement[] Calls, HttpRequestMessage Http, CancellationToken Cancellation)
    {
        public string Method => Calls[0].GetProperty("method").GetString()!;

        public long Id(int call = 0) => Calls[call].GetProperty("id").GetInt64();

        /// <summary>A right answer with the result of each call as JSON.</summary>
        public HttpResponseMessage Result(Func<JsonElement, string> result)
        {
            var items = Calls.Select(c => $$"""{"jsonrpc":"2.0","id":{{c.GetProperty("id")}},"result":{{result(c.GetProperty("params"))}}}""");
            return Text(IsBatch ? $"[{string.Join(",", items)}]" : items.Single());
        }

        public HttpResponseMessage Error(int code, string message, string data = "null") =>
            Text($$$"""{"jsonrpc":"2.0","id":{{{Id()}}},"error":{"code":{{{code}}},"message":"{{{message}}}","data":{{{data}}}}}""");
    }

    /// <summary>A body that breaks off or never ends.</summary>
    internal sealed class Body(string start, Func<CancellationToken, Task> then) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException();

        protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(new Slow(Encoding.UTF8.GetBytes(start), then));

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        private sealed class Slow(byte[] start, Func<CancellationToken, Task> then) : MemoryStream(start)
        {
            public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            {
                var read = await base.ReadAsync(buffer, cancellationToken);
                if (read == 0)
                {
                    await then(cancellationToken);
                }

                return read;
            }
        }
    }
}
