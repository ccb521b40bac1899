using Workers.Encryption.Datasets.Publishing;
using Workers.Standalone.Fleets;

namespace Workers.Standalone.IndustrialData;

/// <summary>What somebody in the market of datasets does until it is done, through the APIs alone.</summary>
internal static class DatasetSteps
{
    public const decimal Credit = 1_000_000_000_000_000_000m;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200), Patience = TimeSpan.FromMinutes(4);

    /// <summary>Uploads in parts, as after a connection that broke off, and publishes.</summary>
    public static async Task<DatasetView> UploadAndPublishAsync(this FleetClient client, DatasetDraft draft, ReadOnlyMemory<byte> file, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid();
        await client.DescribeAsync(id, draft, cancellationToken);
        await client.AppendAsync(id, 0, file[..(file.Length / 3)], cancellationToken);
        var there = (await client.DatasetAsync(id, cancellationToken)).Uploaded;
        await client.AppendAsync(id, there, file[(int)there..], cancellationToken);
        return await client.PublishDatasetAsync(id, cancellationToken);
    }

    /// <summary>Publishes what is in the folder of sources.</summary>
    public static async Task<DatasetView> PublishSourceAsync(this FleetClient client, DatasetDraft draft, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid();
        await client.DescribeAsync(id, draft, cancellationToken);
        return await client.PublishDatasetAsync(id, cancellationToken);
    }

    /// <summary>Waits for the end of a publication.</summary>
    public static Task<DatasetView> PublishedAsync(this FleetClient client, Guid id, CancellationToken cancellationToken) =>
        UntilAsync(() => client.DatasetAsync(id, cancellationToken), d => d.State is "Published" or "Failed", $"the dataset {id}", cancellationToken);

    /// <summary>Waits until the house's pages show a token as wanted.</summary>
    public static async Task<TokenView> TokenAsync(this FleetClient client, string tokenId, Func<TokenView, bool> wanted, CancellationToken cancellationToken) =>
        (await UntilAsync(() => client.TokenAsync(tokenId, cancellationToken), t => t is not null && wanted(t), $"the token {tokenId}", cancellationToken))!;

    /// <summary>Places an order and waits for its block.</summary>
    public static Task<OrderView> DoAsync(this FleetClient client, string kind, object order, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid();
        return UntilAsync(() => client.OrderAsync(kind, id, order, cancellationToken), o => o.State is "Mined" or "Final" or "Reverted", $"the order {id} ({kind})", cancellationToken);
    }

    /// <summary>Asks for a token's data and waits for it.</summary>
    public static async Task<AskedView> ReceiveAsync(this FleetClient client, string tokenId, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid();
        await client.AskAsync(id, tokenId, cancellationToken);
        return await UntilAsync(() => client.AskedAsync(id, cancellationToken), a => a.State is "Received" or "Failed", $"the request {id}", cancellationToken);
    }

    private static async Task<T> UntilAsync<T>(Func<Task<T>> read, Func<T, bool> wanted, string what, CancellationToken cancellationToken)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var now = await read();
            if (wanted(now))
            {
                return now;
            }

            if (clock.Elapsed > Patience)
            {
                throw new TimeoutException($"After {Patience} nothing became of {what}: {now}. The fleets' logs say more.");
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }
}
