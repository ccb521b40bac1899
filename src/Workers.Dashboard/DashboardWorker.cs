using Ethereum.Abi;
using Ethereum.Contracts;
using Workers.Dashboard.Accounts;
using Workers.Dashboard.Api;
using Workers.Dashboard.Datasets;
using Workers.Dashboard.Facts;
using Workers.Dashboard.Pages;
using Workers.Dashboard.Publishing;
using Workers.Hosting;
using Workers.Hosting.Chain;
using Workers.Hosting.Configuration;
using Workers.Hosting.Content;

namespace Workers.Dashboard;

/// <summary>The dashboard as a map: what it listens to, what it keeps of it, what it shows. It sends no transaction: people's wallets do.</summary>
public static class DashboardWorker
{
    private const string Market = "DatasetMarket", Token = "MarketToken";

    public static WebApplicationBuilder AddDashboard(this WebApplicationBuilder builder)
    {
        builder.AddContentStore();
        builder.AddChain();
        builder.AddValidatedOptions<DashboardOptions>("Dashboard");
        builder.Services.AddScoped<Sums>().AddScoped<SignIns>().AddSingleton<ChainHead>().AddSingleton<PageFiles>().AddSingleton<PublishingWorker>();
        builder.Services.AddHttpClient(nameof(PublishingWorker), client => client.Timeout = Timeout.InfiniteTimeSpan);

        var worker = builder.AddWorker<DashboardDb>("dashboard");

        // The chain says what datasets there are, whose they are and what they cost.
        Follow<DatasetMarket.PublishedEvent>(worker, Market);
        Follow<DatasetMarket.ListedEvent>(worker, Market);
        Follow<DatasetMarket.BidPlacedEvent>(worker, Market);
        Follow<DatasetMarket.SoldEvent>(worker, Market);
        Follow<DatasetMarket.UnlistedEvent>(worker, Market);
        Follow<DatasetMarket.TokenKeptEvent>(worker, Market);
        Follow<DatasetMarket.TokenCollectedEvent>(worker, Market);
        Follow<DatasetMarket.RateSetEvent>(worker, Market);
        Follow<DatasetMarket.DataRequestedEvent>(worker, Market);
        Follow<DatasetMarket.DataDeliveredEvent>(worker, Market);
        Follow<MarketToken.TransferSingleEvent>(worker, Token);
        Follow<MarketToken.TransferBatchEvent>(worker, Token);

        // IPFS says what they are about.
        worker.Handle<ReadMetadata, ReadMetadataHandler>();
        worker.Handle<FindMissingMetadata, FindMissingMetadataHandler>();
        worker.Every<FindMissingMetadata>("Dashboard:MissingSchedule", "06:00:00");

        worker.Handle<ForgetSignIns, ForgetSignInsHandler>();
        worker.Every<ForgetSignIns>("Dashboard:ForgetSchedule", "00:10:00");

        worker.MapOpen(MarketApi.Map);
        worker.MapOpen(PageFiles.Map);
        return builder;
    }

    private static void Follow<TEvent>(WorkerModule<DashboardDb> worker, string contract)
        where TEvent : IEvent<TEvent> => worker.FollowEvent<TEvent, MarketEventHandler<TEvent>>(contract);
}
