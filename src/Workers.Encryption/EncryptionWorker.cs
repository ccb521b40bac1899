using ContentStore;
using Ethereum.Contracts;
using Microsoft.Extensions.Options;
using Workers.Encryption.Api;
using Workers.Encryption.Applications;
using Workers.Encryption.Arbitration;
using Workers.Encryption.Buying;
using Workers.Encryption.Communication;
using Workers.Encryption.Datasets.Delivering;
using Workers.Encryption.Datasets.Publishing;
using Workers.Encryption.Datasets.Requesting;
using Workers.Encryption.Market;
using Workers.Encryption.Pseudonyms;
using Workers.Encryption.Sealing;
using Workers.Encryption.Selling;
using Workers.Encryption.Spaces;
using Workers.Hosting;
using Workers.Hosting.Configuration;
using Workers.Hosting.Content;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Transactions;

namespace Workers.Encryption;

/// <summary>The encryption worker as a map: what it listens to, what it does about it, when it looks by itself.</summary>
public static class EncryptionWorker
{
    private const string Trades = "DataTrades";

    public static WebApplicationBuilder AddEncryption(this WebApplicationBuilder builder)
    {
        builder.AddContentStore();
        builder.AddKeyVault();
        builder.AddValidatedOptions<EncryptionOptions>("Encryption");
        builder.AddValidatedOptions<SealingOptions>("Sealing");
        builder.AddValidatedOptions<SellingOptions>("Selling");
        builder.AddValidatedOptions<BuyingOptions>("Buying");
        builder.AddValidatedOptions<PseudonymOptions>("Pseudonyms");
        builder.AddValidatedOptions<DatasetOptions>("Datasets");

        builder.Services
            .AddScoped<PublishApplication>().AddScoped<InstallApplication>()
            .AddScoped<PseudonymRegistry>().AddScoped<ISignerSource>(s => s.GetRequiredService<PseudonymRegistry>()).AddScoped<ChangePseudonym>()
            .AddSingleton(s => new TemporaryArea(s.GetRequiredService<IOptions<EncryptionOptions>>().Value.OpeningFolder))
            .AddScoped<OpenPeriods>().AddScoped<SealedBlobReader>().AddScoped<CommunicationRecorder>()
            .AddScoped<DatasetChain>().AddScoped<PublishDataset>().AddScoped<DatasetSource>().AddScoped<Decoys>().AddSingleton<DatasetProgress>()
            .AddScoped<AskForDataset>().AddScoped<DatasetMarketApi.Orders>()
            .AddScoped<TradeChain>().AddScoped<OrderPurchase>().AddScoped<EvidenceInspector>();

        var worker = builder.AddWorker<EncryptionDb>("encryption").SendTransactions();

        // Spaces are sealed, uploaded, recorded.
        worker.Handle<SealDueSpaces, SealDueSpacesHandler>();
        worker.Handle<SealPeriod, SealPeriodHandler>();
        worker.Handle<UploadPeriod, UploadPeriodHandler>();
        worker.Handle<Contracts.Messages.TransactionOutcome, PeriodRecordedHandler>();
        worker.Every("Sealing:Schedule", "00:00:10", () => new SealDueSpaces());

        // The chain says what there is to buy and where each trade stands.
        worker.FollowEvent<DataTrades.CommissionedEvent, CommissionedHandler>(Trades);
        worker.FollowEvent<DataTrades.SealedEvent, SealedHandler>(Trades);
        FollowTrades<DataTrades.RequestedEvent>(worker);
        FollowTrades<DataTrades.CancelNoticedEvent>(worker);
        FollowTrades<DataTrades.AnsweredEvent>(worker);
        FollowTrades<DataTrades.PaidEvent>(worker);
        FollowTrades<DataTrades.RefundedEvent>(worker);
        FollowTrades<DataTrades.DisputedEvent>(worker);
        FollowTrades<DataTrades.SplitProposedEvent>(worker);
        FollowTrades<DataTrades.SplitAgreedEvent>(worker);
        worker.Handle<Contracts.Messages.ChainFinalised, FinalityHandler>();
        worker.Handle<FinalityAdvanced, FinalityAdvancedHandler>();

        // Whoever we are in a trade, we take its next step.
        worker.Handle<TradeChanged, SellHandler>();
        worker.Handle<TradeChanged, BuyHandler>();
        worker.Handle<TradeChanged, ArbitrateHandler>();
        worker.Handle<JudgeDispute, JudgeDisputeHandler>();
        worker.Handle<SweepTrades, SweepTradesHandler>();
        worker.Every<SweepTrades>("Trading:SweepSchedule", "00:00:30");
        worker.Handle<PurchaseOrdered, PurchaseOrderedHandler>();
        worker.Handle<DeliverPurchase, DeliverPurchaseHandler>();
        worker.Handle<Contracts.Messages.TransactionOutcome, PurchaseRequestOutcomeHandler>();
        worker.Handle<Contracts.Messages.TransactionOutcome, AllowanceOutcomeHandler>();

        // Datasets are mixed, sealed, uploaded, made tokens, and delivered to whoever owns the token.
        worker.Handle<MixDataset, MixDatasetHandler>();
        worker.Handle<UploadDataset, UploadDatasetHandler>();
        worker.Handle<Contracts.Messages.TransactionOutcome, PublishedDatasetHandler>();
        FollowRequests<DatasetMarket.DataRequestedEvent>(worker);
        FollowRequests<DatasetMarket.DataDeliveredEvent>(worker);
        worker.Handle<DataRequestChanged, DataRequestHandler>();
        worker.Handle<DeliverDataset, DeliverDatasetHandler>();
        worker.Handle<Contracts.Messages.TransactionOutcome, DeliveredHandler>();

        // Whoever owns a token asks for its data, and opens the answer.
        worker.Handle<DataRequestChanged, AskedDatasetHandler>();
        worker.Handle<Contracts.Messages.TransactionOutcome, AskedOutcomeHandler>();
        worker.Handle<ReceiveDataset, ReceiveDatasetHandler>();

        worker.MapOpen(DownloadsApi.Map);
        worker.MapApi(EncryptionApi.Map);
        return builder;
    }

    private static void FollowRequests<TEvent>(WorkerModule<EncryptionDb> worker)
        where TEvent : Ethereum.Abi.IEvent<TEvent> => worker.FollowEvent<TEvent, DataRequestEventHandler<TEvent>>("DatasetMarket");

    private static void FollowTrades<TEvent>(WorkerModule<EncryptionDb> worker)
        where TEvent : Ethereum.Abi.IEvent<TEvent> => worker.FollowEvent<TEvent, TradeEventHandler<TEvent>>(Trades);
}
