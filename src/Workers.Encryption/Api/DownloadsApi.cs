using System.Globalization;
using System.Text.Json;
using Ethereum;
using Ethereum.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Encryption.Datasets.Delivering;
using Workers.Encryption.Datasets.Publishing;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Api;

/// <summary>Downloads of deliveries beside IPFS. Anybody may call these routes: what counts is the requester's signature, then the link's.</summary>
internal static class DownloadsApi
{
    private static readonly TimeSpan DemandAge = TimeSpan.FromMinutes(5);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var deliveries = routes.MapGroup("/deliveries").WithTags("Downloads");
        deliveries.MapPost("/{requestId:long}/link", LinkAsync).WithSummary("A link that is good for a while, for whoever asked on chain and signs for it");
        deliveries.MapGet("/{requestId:long}", DownloadAsync).WithSummary("A delivery, sealed to its requester; ranges are served, so that a download goes on where it broke off");
        deliveries.MapGet("/{requestId:long}/receipt", ReceiptAsync).WithSummary("The publisher's signed receipt, whose hash is on chain");
    }

    private static async Task<IResult> LinkAsync(
        long requestId, Demand demand, EncryptionDb db, DatasetChain chain, KeyVault vault, IOptions<DatasetOptions> options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await FindAsync(db, requestId, cancellationToken) is not { } delivery)
        {
            return NotThere(requestId);
        }

        if (Math.Abs(now.ToUnixTimeSeconds() - (decimal)demand.IssuedAt) > (decimal)DemandAge.TotalSeconds)
        {
            return Results.Problem($"The demand was signed more than {DemandAge} ago, or in the future. Sign a new one.", statusCode: StatusCodes.Status403Forbidden);
        }

        if (SignerOf(demand, chain, requestId) != Address.Parse(delivery.Requester))
        {
            return Results.Problem($"The demand is not signed by {delivery.Requester}, who asked.", statusCode: StatusCodes.Status403Forbidden);
        }

        using var key = LinkKey(vault);
        var link = DownloadLink.Make(requestId, now + options.Value.LinkLifetime, key.Reveal());
        return Results.Ok(new { link.Path, link.Expires });
    }

    private static async Task<IResult> DownloadAsync(
        long requestId, long expires, string signature, EncryptionDb db, KeyVault vault, IOptions<EncryptionOptions> options, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var key = LinkKey(vault);
        if (!DownloadLink.IsGood(requestId, expires, signature, clock.GetUtcNow(), key.Reveal()))
        {
            return Results.Problem("This link was not made here, or has expired. Ask for another one.", statusCode: StatusCodes.Status403Forbidden);
        }

        var file = options.Value.DeliveryFile(requestId);
        return await FindAsync(db, requestId, cancellationToken) is { Cid: { } cid } && File.Exists(file)
            ? Results.File(file, "application/octet-stream", $"request-{requestId.ToString(CultureInfo.InvariantCulture)}.sealed", enableRangeProcessing: true, entityTag: new($"\"{cid}\""))
            : NotThere(requestId);
    }

    private static async Task<IResult> ReceiptAsync(long requestId, EncryptionDb db, CancellationToken cancellationToken) =>
        await FindAsync(db, requestId, cancellationToken) is { Receipt: { } receipt }
            ? Results.Ok(JsonSerializer.Deserialize<DeliveryReceipt>(receipt))
            : NotThere(requestId);

    private static Task<DeliveryRow?> FindAsync(EncryptionDb db, long requestId, CancellationToken cancellationToken) =>
        db.Deliveries.AsNoTracking().SingleOrDefaultAsync(d => d.RequestId == requestId && (d.State == DeliveryState.Sent || d.State == DeliveryState.Delivered), cancellationToken);

    private static Address? SignerOf(Demand demand, DatasetChain chain, long requestId)
    {
        try
        {
            return PersonalMessage.FromBytes(Hex.Parse(demand.Signature ?? "")).Recover(DownloadLink.Demand(chain.ChainId, chain.Contract, requestId, demand.IssuedAt).Hash());
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static Secret LinkKey(KeyVault vault) => vault.Derive("download links", 32);

    private static IResult NotThere(long requestId) => Results.Problem($"No delivery for the request {requestId} is here.", statusCode: StatusCodes.Status404NotFound);

    /// <param name="IssuedAt">Seconds since 1970.</param>
    /// <param name="Signature">r ‖ s ‖ v, 0x hex: see <see cref="DownloadLink.Demand"/>.</param>
    private sealed record Demand(long IssuedAt, string? Signature);
}
