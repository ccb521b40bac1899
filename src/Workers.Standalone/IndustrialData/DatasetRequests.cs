using System.Net;
using System.Net.Http.Json;
using Workers.Encryption.Datasets.Publishing;
using Workers.Standalone.Fleets;

namespace Workers.Standalone.IndustrialData;

/// <summary>The encryption worker's and the dashboard's HTTP APIs as <c>./run market</c> uses them.</summary>
internal static class DatasetRequests
{
    public static Task<DatasetView> DescribeAsync(this FleetClient client, Guid id, DatasetDraft draft, CancellationToken cancellationToken) =>
        client.SendAsync<DatasetView>(HttpMethod.Put, $"api/datasets/{id}", JsonContent.Create(draft), cancellationToken);

    /// <summary>Sends bytes of the upload from an offset.</summary>
    public static Task<UploadView> AppendAsync(this FleetClient client, Guid id, long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        client.SendAsync<UploadView>(HttpMethod.Patch, $"api/datasets/{id}/file?offset={offset}", new ReadOnlyMemoryContent(bytes), cancellationToken);

    public static Task<DatasetView> PublishDatasetAsync(this FleetClient client, Guid id, CancellationToken cancellationToken) =>
        client.SendAsync<DatasetView>(HttpMethod.Post, $"api/datasets/{id}/publish", content: null, cancellationToken);

    public static Task<DatasetView> DatasetAsync(this FleetClient client, Guid id, CancellationToken cancellationToken) =>
        client.GetAsync<DatasetView>($"api/datasets/{id}", cancellationToken);

    /// <summary>What everybody sees of a token; null while this house's index does not have it.</summary>
    public static async Task<TokenView?> TokenAsync(this FleetClient client, string tokenId, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = client.Address };
        using var response = await http.GetAsync($"market/api/datasets/{tokenId}", cancellationToken);
        return response.StatusCode == HttpStatusCode.NotFound ? null
            : (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<TokenPage>(cancellationToken))!.Dataset;
    }

    /// <summary>Puts an order until its transaction is queued; the first one of a house waits for the approval of its credit.</summary>
    public static Task<OrderView> OrderAsync(this FleetClient client, string kind, Guid id, object order, CancellationToken cancellationToken) =>
        client.SendAsync<OrderView>(HttpMethod.Put, $"api/dataset-market/{kind}/{id}", JsonContent.Create(order), cancellationToken);

    public static Task<AskedView> AskAsync(this FleetClient client, Guid id, string tokenId, CancellationToken cancellationToken) =>
        client.SendAsync<AskedView>(HttpMethod.Put, $"api/asked-datasets/{id}", JsonContent.Create(new { tokenId }), cancellationToken);

    public static async Task<AskedView> AskedAsync(this FleetClient client, Guid id, CancellationToken cancellationToken) =>
        (await client.GetAsync<AskedView[]>("api/asked-datasets", cancellationToken)).Single(a => a.Id == id);

    private sealed record TokenPage(TokenView Dataset);
}

internal sealed record UploadView(long Uploaded);

internal sealed record DatasetView(Guid Id, string Name, string File, string State, long Uploaded, long? Done, long? Total, string? TokenId, string? Cid, string? Problem);

/// <summary>Amounts in the smallest unit.</summary>
internal sealed record TokenView(string TokenId, string? Name, string? Format, long? Units, long? Bytes, string Owner, string Status, ListingView? Listing);

internal sealed record ListingView(long ListingId, string Status, string? Credits, DateTimeOffset? EndsAt, string? Bidder, string? Bid);

internal sealed record OrderView(string Key, string State, string? TransactionHash, long? BlockNumber, string? Error);

internal sealed record AskedView(Guid Id, string TokenId, string State, long? RequestId, string? File, long Bytes, string? Problem);
