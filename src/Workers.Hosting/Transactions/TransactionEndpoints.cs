using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Data;

namespace Workers.Hosting.Transactions;

/// <summary>What became of a worker's transactions, for people and programs.</summary>
internal static class TransactionEndpoints
{
    private const int PageSize = 500;

    public static void Map<TDb>(IEndpointRouteBuilder api)
        where TDb : WorkerDbContext =>
        api.MapGet("/transactions", (HttpContext http, long? after, CancellationToken cancellationToken) => http.RequestServices.GetRequiredService<TDb>().Transactions.AsNoTracking()
                .Where(t => t.Id > (after ?? 0)).OrderBy(t => t.Id).Take(PageSize)
                .Select(t => new TransactionView(
                    t.Id, t.Key, t.State.ToString(), t.From, t.To, t.Nonce, t.TransactionHash, t.BlockNumber, t.GasUsed, t.Fee, t.Error, t.CreatedAt, t.CorrelationId))
                .ToListAsync(cancellationToken))
            .WithTags("Transactions").WithSummary("Queued and sent transactions, oldest first, 500 at a time");

    /// <summary>A transaction without its signed form. Fee in wei.</summary>
    public sealed record TransactionView(
        long Id, string Key, string State, string From, string? To, long? Nonce, string? TransactionHash, long? BlockNumber,
        long GasUsed, decimal Fee, string? Error, DateTimeOffset CreatedAt, string? CorrelationId);
}
