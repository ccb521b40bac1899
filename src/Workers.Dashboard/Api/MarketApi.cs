using Ethereum.Rpc;
using Microsoft.Extensions.Options;
using Workers.Dashboard.Publishing;
using Workers.Dashboard.Requests;
using Workers.Hosting.Chain;

namespace Workers.Dashboard.Api;

/// <summary>What is on chain is public: this API takes no token. It changes nothing but sign-ins, and what this house publishes.</summary>
internal static class MarketApi
{
    public const int PageSize = 24;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/market/api");
        DatasetsApi.Map(api);
        AccountsApi.Map(api);
        SessionApi.Map(api);
        PublishingApi.Map(api);
        DeliveriesApi.Map(api);
        api.MapGet("/config", Config).WithTags("Market").WithSummary("What a page needs to speak to the chain");
        api.MapGet("/head", HeadAsync).WithTags("Market").WithSummary("The chain's newest block, by whose time offers end");
    }

    private static object Config(IOptions<DashboardOptions> dashboard, IOptions<ChainOptions> chain) => new
    {
        chain.Value.ChainId,
        dashboard.Value.ChainName,
        WalletRpc = dashboard.Value.WalletRpc?.AbsoluteUri,
        Explorer = dashboard.Value.Explorer?.AbsoluteUri.TrimEnd('/'),
        DatasetMarket = chain.Value.Contract("DatasetMarket").ToChecksumString(),
        MarketToken = chain.Value.Contract("MarketToken").ToChecksumString(),
        chain.Value.Confirmations,
    };

    private static async Task<IResult> HeadAsync(ChainHead head, CancellationToken cancellationToken)
    {
        try
        {
            return Results.Ok(await head.ReadAsync(cancellationToken));
        }
        catch (RpcException)
        {
            return Results.Problem("The chain's node does not answer. Try again in a few seconds.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    /// <summary>A page's number within bounds, so that a skipped count stays a number.</summary>
    public static int Bounded(int? page) => Math.Clamp(page ?? 1, 1, 1_000_000);
}
