using Ethereum.Contracts;
using Workers.Hosting;
using Workers.Hosting.Configuration;

namespace Workers.Collaboration.Bookkeeping;

/// <summary>Bookkeeping as a map.</summary>
internal static class BookkeepingRegistration
{
    public static void AddBookkeeping(this WorkerModule<CollaborationDb> worker, string contract)
    {
        worker.Builder.AddValidatedOptions<BookkeepingOptions>("Bookkeeping");
        worker.Services.AddScoped(provider => ActivatorUtilities.CreateInstance<EpochChain>(provider)).AddScoped<Candidacy>().AddScoped<Ledger>();

        // Everybody: looks which epochs there is something to do for.
        worker.HandleEvent<Conduct.EpochOpenedEvent, EpochEventHandler>(contract);
        worker.HandleEvent<Conduct.EpochSettledEvent, EpochEventHandler>(contract);
        worker.Handle<SweepEpochs, SweepEpochsHandler>();
        worker.Every<SweepEpochs>("Bookkeeping:Schedule", "00:00:30");
        worker.Handle<TendEpoch, TendEpochHandler>();

        // Who has bills hands them in, and looks through the batch.
        worker.Handle<HandIn, HandInHandler>();
        worker.Handle<CheckBatch, CheckBatchHandler>();

        // A candidate takes bills, posts them, and shows what is demanded.
        worker.HandleEnvelope<HandInEnvelopeHandler>(HandInEnvelopeHandler.Kind);
        worker.Handle<PostBatch, PostBatchHandler>();
        worker.Handle<ShowBills, ShowBillsHandler>();

        worker.MapApi(EpochsApi.Map);
    }
}
