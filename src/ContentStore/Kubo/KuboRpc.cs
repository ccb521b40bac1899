using System.Net;
using System.Net.Http.Headers;

namespace ContentStore.Kubo;

/// <summary>
/// The few calls of Kubo's RPC (docs.ipfs.tech/reference/kubo/rpc) that storing and reading blocks need, in the form that js-ipfs
/// answers too.
/// </summary>
internal sealed class KuboRpc(HttpClient http, Uri address, TimeProvider time) : BlockSource(http, address, time)
{
    private const int MaxAnswer = 1 << 20;

    /// <summary>Whether the node has pinned this root recursively, which it does only when it holds every block below it.</summary>
    public async Task<bool> IsPinnedAsync(Cid root, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var answer = await PostAsync($"pin/ls?arg={root}&type=recursive&cid-base=base32&{Timeout(timeout)}", null, timeout, cancellationToken);
        if (answer.Status == HttpStatusCode.OK)
        {
            return Json(answer);
        }

        return Says(answer, "not pinned") ? false : throw Failure(answer);
    }

    /// <summary>Pins a root and all below it, from what the node holds itself. False when a block is missing.</summary>
    public async Task<bool> PinAsync(Cid root, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var answer = await PostAsync($"pin/add?arg={root}&recursive=true&offline=true&cid-base=base32&{Timeout(timeout)}", null, timeout, cancellationToken);
        if (answer.Status == HttpStatusCode.OK)
        {
            return Json(answer);
        }

        return SaysNotThere(answer) ? false : throw Failure(answer);
    }

    /// <summary>Whether the node itself holds a block. False also when it does not know within the time.</summary>
    public async Task<bool> HasBlockAsync(Cid cid, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var answer = await PostAsync($"block/stat?arg={cid}&offline=true&cid-base=base32&{Timeout(timeout)}", null, timeout, cancellationToken);
        if (answer.Status == HttpStatusCode.OK)
        {
            return Json(answer);
        }

        return SaysNotThere(answer) ? false : throw Failure(answer);
    }

    /// <summary>Sends blocks as a CAR, without pinning.</summary>
    public async Task ImportAsync(HttpContent car, TimeSpan timeout, CancellationToken cancellationToken)
    {
        car.Headers.ContentType = new MediaTypeHeaderValue("application/vnd.ipld.car");
        using var form = new MultipartFormDataContent { { car, "file", "blocks.car" } };
        var answer = await PostAsync($"dag/import?pin-roots=false&cid-base=base32&{Timeout(timeout)}", form, timeout, cancellationToken);
        if (answer.Status != HttpStatusCode.OK || answer.MediaType is "text/html")
        {
            throw Failure(answer);
        }
    }

    protected override HttpRequestMessage BlockRequest(Cid cid, bool localOnly, TimeSpan timeout) =>
        new(HttpMethod.Post, Resolve($"api/v0/block/get?arg={cid}&{(localOnly ? "offline=true&" : "")}{Timeout(timeout)}"));

    /// <summary>Kubo says "not found" off line and "context deadline exceeded" on line; js-ipfs "request timed out" for both.</summary>
    protected override bool SaysNotThere(Answer answer) =>
        Says(answer, "not found") || Says(answer, "could not find") || Says(answer, "timed out") || Says(answer, "deadline exceeded");

    private static bool Says(Answer answer, string text) =>
        (int)answer.Status >= 400 && answer.Message.Contains(text, StringComparison.OrdinalIgnoreCase);

    private static string Timeout(TimeSpan timeout) => $"timeout={(long)timeout.TotalMilliseconds}ms";

    private bool Json(Answer answer) => answer.MediaType is "application/json" ? true : throw Failure(answer);

    private async Task<Answer> PostAsync(string call, HttpContent? content, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Resolve("api/v0/" + call)) { Content = content };
        return await SendAsync(request, MaxAnswer, timeout, cancellationToken);
    }
}
