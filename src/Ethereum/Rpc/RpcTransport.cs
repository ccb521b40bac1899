using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Ethereum.Rpc;

/// <summary>Reads a call's result; the reader stands on its first token and is left on its last.</summary>
internal delegate T ResultParser<out T>(ref Utf8JsonReader reader);

/// <summary>JSON-RPC 2.0 over HTTP POST, one call or a batch, with fail-over between endpoints.</summary>
internal sealed class RpcTransport(HttpClient http, EthereumRpcOptions options, TimeProvider time)
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly RpcEndpoint[] _endpoints = options.Endpoints.Count > 0
        ? [.. options.Endpoints.Select(uri => new RpcEndpoint(uri))]
        : throw new ArgumentException("At least one RPC endpoint is needed.", nameof(options));

    private long _lastId;

    /// <summary>Number of endpoints.</summary>
    public int Endpoints => _endpoints.Length;

    /// <summary>Makes calls of one method, and returns their results in the same order.</summary>
    /// <param name="method">The JSON-RPC method.</param>
    /// <param name="count">Number of calls.</param>
    /// <param name="parameters">Writes the elements of the params array of the call with that number.</param>
    /// <param name="parse">Reads a result.</param>
    /// <param name="endpoint">Only this endpoint (0-based), or null to choose by health and preference.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<T[]> SendAsync<T>(string method, int count, Action<Utf8JsonWriter, int> parameters, ResultParser<T> parse, int? endpoint, CancellationToken cancellation)
    {
        var results = new T[count];
        for (var start = 0; start < count; start += options.MaxBatch)
        {
            var length = Math.Min(options.MaxBatch, count - start);
            var id = Interlocked.Add(ref _lastId, length) - length + 1;
            var body = Body(method, id, start, length, batch: count > 1, parameters);
            await SendAsync(method, body, id, results.AsMemory(start, length), batch: count > 1, parse, endpoint, cancellation);
        }

        return results;
    }

    private async Task SendAsync<T>(string method, ReadOnlyMemory<byte> body, long id, Memory<T> results, bool batch, ResultParser<T> parse, int? only, CancellationToken cancellation)
    {
        RpcException? last = null;
        var candidates = only is { } index ? [_endpoints[index]] : RpcEndpoint.InOrder(_endpoints, time.GetUtcNow()).ToArray();
        foreach (var endpoint in candidates)
        {
            try
            {
                await AskAsync(endpoint, method, body, id, results, batch, parse, cancellation);
                endpoint.Succeeded();
                return;
            }
            catch (RpcException e) when (e.AnotherEndpointMayAnswer)
            {
                endpoint.Failed(time.GetUtcNow(), (e as RpcTransportException)?.RetryAfter, options);
                last = e;
            }
        }

        throw last!;
    }

    private async Task AskAsync<T>(
        RpcEndpoint endpoint, string method, ReadOnlyMemory<byte> body, long id, Memory<T> results, bool batch, ResultParser<T> parse, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(options.RequestTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Address) { Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = Json } } };
        request.Headers.Authorization = endpoint.Authorization;
        var buffer = Array.Empty<byte>();
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw Refused(endpoint, method, response);
            }

            (buffer, var length) = await ReadAsync(endpoint, method, response, linked.Token);
            new RpcReply<T>(endpoint.Name, method, id, parse).Read(buffer.AsSpan(0, length), results.Span, batch);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new RpcTransportException(endpoint.Name, method, $"no answer within {options.RequestTimeout.TotalSeconds:0.###} s", isTransient: true, innerException: e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new RpcTransportException(endpoint.Name, method, $"no connection, or it broke: {e.Message}", isTransient: true, innerException: e);
        }
        finally
        {
            if (buffer.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private async Task<(byte[] Buffer, int Length)> ReadAsync(RpcEndpoint endpoint, string method, HttpResponseMessage response, CancellationToken cancellation)
    {
        var announced = response.Content.Headers.ContentLength ?? 0;
        if (announced > options.MaxResponseBytes)
        {
            throw new RpcResponseTooLargeException(endpoint.Name, method, options.MaxResponseBytes);
        }

        // A hostile length announcement must not decide how much is allocated: at most 1 MiB before bytes arrive.
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(announced, 16 * 1024, 1024 * 1024));
        var length = 0;
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellation);
            int read;
            while ((read = await body.ReadAsync(buffer.AsMemory(length), cancellation)) > 0)
            {
                length += read;
                if (length > options.MaxResponseBytes)
                {
                    throw new RpcResponseTooLargeException(endpoint.Name, method, options.MaxResponseBytes);
                }

                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * length, (long)options.MaxResponseBytes + 1));
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }

            return (buffer, length);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    private RpcTransportException Refused(RpcEndpoint endpoint, string method, HttpResponseMessage response)
    {
        var status = response.StatusCode;
        var header = response.Headers.RetryAfter;
        var retryAfter = header?.Delta ?? (header?.Date is { } date ? date - time.GetUtcNow() : null);
        var transient = status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)status >= 500;
        var advice = status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? "; check the endpoint's key" : "";
        return new RpcTransportException(endpoint.Name, method, $"HTTP {(int)status} {status}{advice}", transient, retryAfter) { IsTooLarge = status == HttpStatusCode.RequestEntityTooLarge };
    }

    private static ReadOnlyMemory<byte> Body(string method, long id, int start, int length, bool batch, Action<Utf8JsonWriter, int> parameters)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        if (batch)
        {
            writer.WriteStartArray();
        }

        for (var i = 0; i < length; i++)
        {
            writer.WriteStartObject();
            writer.WriteString("jsonrpc"u8, "2.0"u8);
            writer.WriteNumber("id"u8, id + i);
            writer.WriteString("method"u8, method);
            writer.WriteStartArray("params"u8);
            parameters(writer, start + i);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        if (batch)
        {
            writer.WriteEndArray();
        }

        writer.Flush();
        return buffer.WrittenMemory;
    }
}
