using System.Net;
using System.Net.Http.Headers;

namespace ContentStore.Kubo;

/// <summary>A trustless gateway: GET /ipfs/CID?format=raw gives one block (specs.ipfs.tech/http-gateways/trustless-gateway).</summary>
internal sealed class Gateway(HttpClient http, Uri address, TimeProvider time) : BlockSource(http, address, time)
{
    protected override HttpRequestMessage BlockRequest(Cid cid, bool localOnly, TimeSpan timeout)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Resolve($"ipfs/{cid}?format=raw"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/vnd.ipld.raw"));
        if (localOnly)
        {
            request.Headers.CacheControl = new CacheControlHeaderValue { OnlyIfCached = true };
        }

        return request;
    }

    protected override bool SaysNotThere(Answer answer) =>
        answer.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone or HttpStatusCode.PreconditionFailed or HttpStatusCode.GatewayTimeout;
}
