using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ContentStore.UnixFs;

namespace ContentStore.Kubo;

/// <summary>
/// One HTTP server that has blocks. Everything that it sends is bounded in size and time, and failures come out as
/// <see cref="ContentStoreException"/> with the server's address, never with its credentials.
/// </summary>
internal abstract class BlockSource
{
    /// <summary>Time on top of what the server was told: a busy node says "timed out" later than it was told to.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly Uri _address;
    private readonly AuthenticationHeaderValue? _authorization;

    protected BlockSource(HttpClient http, Uri address, TimeProvider time)
    {
        _http = http;
        _time = time;
        _address = new UriBuilder(address) { UserName = "", Password = "", Path = address.AbsolutePath.TrimEnd('/') + "/" }.Uri;
        if (address.UserInfo.Length > 0)
        {
            var credentials = Encoding.UTF8.GetBytes(Uri.UnescapeDataString(address.UserInfo));
            _authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(credentials));
        }

        Name = $"{address.Scheme}://{address.Authority.Split('@')[^1]}";
    }

    /// <summary>Scheme, host and port.</summary>
    public string Name { get; }

    /// <summary>Fetches one block and checks it against its CID.</summary>
    /// <exception cref="ContentNotFoundException">The server does not have it, or did not find it in time.</exception>
    /// <exception cref="ContentCorruptException">Other bytes came.</exception>
    public async Task<byte[]> GetBlockAsync(Cid cid, bool localOnly, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var request = BlockRequest(cid, localOnly, timeout);
        var answer = await SendAsync(request, UnixFsProfile.MaxBlockSize, timeout, cancellationToken);
        if (answer.Status != HttpStatusCode.OK)
        {
            throw SaysNotThere(answer) ? new ContentNotFoundException(cid, Name) : Failure(answer);
        }

        if (cid.Matches(answer.Body))
        {
            return answer.Body;
        }

        throw answer.MediaType is "text/html" ? Failure(answer) : new ContentCorruptException(cid, Cid.Of(cid.Codec, answer.Body), Name);
    }

    protected abstract HttpRequestMessage BlockRequest(Cid cid, bool localOnly, TimeSpan timeout);

    protected abstract bool SaysNotThere(Answer answer);

    protected Uri Resolve(string relative) => new(_address, relative);

    /// <summary>Sends and reads the whole answer, at most <paramref name="maxBytes"/> of it.</summary>
    protected async Task<Answer> SendAsync(HttpRequestMessage request, int maxBytes, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(timeout + Grace, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        request.Headers.Authorization = _authorization;
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var body = await ReadAsync(response, maxBytes, either.Token);
            return new Answer(response.StatusCode, response.Content.Headers.ContentType?.MediaType, body);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ContentStoreException($"{Name} did not answer within {(timeout + Grace).TotalSeconds:0.#} s.", isTransient: true, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ContentStoreException($"{Name} cannot be reached or broke off: {e.Message}", isTransient: true, e);
        }
    }

    /// <summary>What to throw for an answer that is not what was asked for.</summary>
    protected ContentStoreException Failure(Answer answer)
    {
        var status = (int)answer.Status;
        var transient = status is 408 or 429 or >= 500;
        var said = answer.MediaType is "application/json" ? $": {answer.Message}" : $" with {answer.MediaType ?? "no content type"}";
        var hint = answer.MediaType is "text/html" ? " That is a web page: is the address an IPFS node's?" : "";
        return new ContentStoreException($"{Name} answered {status}{said}.{hint}", transient);
    }

    private async Task<byte[]> ReadAsync(HttpResponseMessage response, int maxBytes, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > maxBytes)
        {
            throw TooLong(maxBytes);
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream((int)(response.Content.Headers.ContentLength ?? 4096));
        var buffer = new byte[64 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (body.Length + read > maxBytes)
            {
                throw TooLong(maxBytes);
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private ContentStoreException TooLong(int maxBytes) =>
        new($"{Name} sent more than the {maxBytes} bytes that the answer may have.", isTransient: false);

    /// <summary>A complete answer of a server.</summary>
    /// <param name="Status">HTTP status.</param>
    /// <param name="MediaType">Content type without parameters.</param>
    /// <param name="Body">At most as long as was allowed.</param>
    protected sealed record Answer(HttpStatusCode Status, string? MediaType, byte[] Body)
    {
        private const string ErrorProperty = "Message";

        /// <summary>The RPC's error text, at most 300 characters; empty when the body is something else.</summary>
        public string Message
        {
            get
            {
                try
                {
                    using var json = JsonDocument.Parse(Body);
                    var text = json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(ErrorProperty, out var message)
                        && message.ValueKind == JsonValueKind.String ? message.GetString()! : "";
                    return text.Length <= 300 ? text : text[..300] + "…";
                }
                catch (JsonException)
                {
                    return "";
                }
            }
        }
    }
}
