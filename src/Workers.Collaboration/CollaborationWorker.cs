using Contracts.Messages;
using Ethereum.Contracts;
using Workers.Collaboration.Api;
using Workers.Collaboration.Bookkeeping;
using Workers.Collaboration.Joining;
using Workers.Collaboration.Places;
using Workers.Collaboration.Queries;
using Workers.Collaboration.Reporting;
using Workers.Collaboration.Searches;
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
        builder.AddValidatedOptions<SearchOptions>("Search");
        builder.AddValidatedOptions<ReportingOptions>("Reporting");

        builder.Services.AddConductChain<CollaborationDb>().AddScoped<AttestedStandings>().AddScoped<ZoneOrders>().AddScoped<SearchOrders>();
        builder.Services.AddSingleton<IMemberDirectory, MemberDirectory<CollaborationDb>>();

        var worker = builder.AddWorker<CollaborationDb>("collaboration").SendTransactions();

        // The chain says who is a member and what standing everybody has.
        worker.FollowMembers();
        worker.FollowEvent<Conduct.StandingsAttestedEvent, AttestationHandler>(Contract);
        worker.Handle<FetchStandings, FetchStandingsHandler>();
        worker.Handle<ChainFinalised, ConductFinalityHandler>();

        // It says, too, which location services there are.
        worker.FollowServices();

        // The operator joins.
        worker.Handle<Join, JoinHandler>();
        worker.Handle<TransactionOutcome, JoinOutcomeHandler>();

        // Another member asks for a zone; this one does.
        worker.HandleEnvelope<ZoneRequestHandler>(ZoneRequestHandler.Kind);
        worker.Handle<FormZone, FormZoneHandler>();
        worker.Handle<SendBill, SendBillHandler>();
        worker.HandleEnvelope<BillCopyHandler>(BillCopyHandler.Kind);

        // What it finds goes to its own worker of penalties over the bus, or to another house.
        worker.Handle<MisconductFound, ReportMisconductHandler>();

        // Behind its zone this member asks a location service.
        worker.Handle<AskService, AskServiceHandler>();

        worker.AddBookkeeping(Contract);

        // Through another member it asks one, too, and others through it.
        worker.AddQueries();

        worker.MapApi(CollaborationApi.Map);
        return builder;
    }
}
