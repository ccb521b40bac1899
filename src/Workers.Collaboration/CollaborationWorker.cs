using Contracts.Messages;
using Ethereum.Abi;
using Ethereum.Contracts;
using Workers.Collaboration.Api;
using Workers.Collaboration.Joining;
using Workers.Collaboration.Members;
using Workers.Collaboration.Places;
using Workers.Collaboration.Standings;
using Workers.Collaboration.Zones;
using Workers.Hosting;
using Workers.Hosting.Configuration;
using Workers.Hosting.Content;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Transactions;

namespace Workers.Collaboration;

/// <summary>A member's side of zones as a map: what it listens to, whom it answers, when it looks by itself.</summary>
public static class CollaborationWorker
{
    private const string Contract = "Conduct";

    public static WebApplicationBuilder AddCollaboration(this WebApplicationBuilder builder)
    {
        builder.AddContentStore();
        builder.AddEnvelopeClient();
        builder.AddValidatedOptions<PlaceOptions>("Place");
        builder.AddValidatedOptions<ZoneOptions>("Zone");

        builder.Services.AddConductChain<CollaborationDb>().AddScoped<AttestedStandings>().AddScoped<ZoneOrders>();
        builder.Services.AddSingleton<IMemberDirectory, MemberDirectory>();

        var worker = builder.AddWorker<CollaborationDb>("collaboration").SendTransactions();

        // The chain says who is a member and what standing everybody has.
        Follow<Conduct.MemberJoinedEvent>(worker);
        Follow<Conduct.MemberLeftEvent>(worker);
        worker.FollowEvent<Conduct.StandingsAttestedEvent, AttestationHandler>(Contract);
        worker.Handle<FetchStandings, FetchStandingsHandler>();
        worker.Handle<ChainFinalised, ConductFinalityHandler>();

        // The operator joins.
        worker.Handle<Join, JoinHandler>();
        worker.Handle<TransactionOutcome, JoinOutcomeHandler>();

        // Another member asks for a zone; this one does.
        worker.HandleEnvelope<ZoneRequestHandler>(ZoneRequestHandler.Kind);
        worker.Handle<FormZone, FormZoneHandler>();
        worker.Handle<SendBill, SendBillHandler>();
        worker.HandleEnvelope<BillCopyHandler>(BillCopyHandler.Kind);

        worker.MapApi(CollaborationApi.Map);
        return builder;
    }

    private static void Follow<TEvent>(WorkerModule<CollaborationDb> worker)
        where TEvent : IEvent<TEvent> => worker.FollowEvent<TEvent, MemberEventHandler<TEvent>>(Contract);
}
