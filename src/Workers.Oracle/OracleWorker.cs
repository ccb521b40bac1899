using Contracts.Messages;
using Ethereum.Abi;
using Ethereum.Contracts;
using Workers.Hosting;
using Workers.Hosting.Configuration;
using Workers.Hosting.Content;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Transactions;
using Workers.Oracle.Api;
using Workers.Oracle.Asking;
using Workers.Oracle.Nodes;
using Workers.Oracle.Requests;
using Workers.Oracle.Retrieval;
using Workers.Oracle.Solving;

namespace Workers.Oracle;

/// <summary>The oracle as a map: what it listens to, what it does about it, when it looks by itself.</summary>
public static class OracleWorker
{
    private const string Contract = "PrivacyOracle";

    public static WebApplicationBuilder AddOracle(this WebApplicationBuilder builder)
    {
        builder.AddContentStore();
        builder.AddKeyVault();
        builder.AddProfileRetrieval();
        builder.AddValidatedOptions<OracleOptions>("Oracle");
        builder.AddValidatedOptions<NodeOptions>("Node");

        builder.Services.AddScoped<OracleChain>().AddScoped<OracleContent>().AddScoped<OrderModel>();

        var worker = builder.AddWorker<OracleDb>("oracle").SendTransactions();

        // The chain says what requests there are and where each stands.
        Follow<PrivacyOracle.RequestedEvent>(worker);
        Follow<PrivacyOracle.ProfilesSubmittedEvent>(worker);
        Follow<PrivacyOracle.AttemptStartedEvent>(worker);
        Follow<PrivacyOracle.ProfilesSettledEvent>(worker);
        Follow<PrivacyOracle.ProposedEvent>(worker);
        Follow<PrivacyOracle.VotedEvent>(worker);
        Follow<PrivacyOracle.ProposalRejectedEvent>(worker);
        Follow<PrivacyOracle.HandedOverEvent>(worker);
        Follow<PrivacyOracle.ModelFinalisedEvent>(worker);
        Follow<PrivacyOracle.RequestRefusedEvent>(worker);
        Follow<PrivacyOracle.RequestExpiredEvent>(worker);
        Follow<PrivacyOracle.PenalisedEvent>(worker);
        Follow<PrivacyOracle.FeePaidEvent>(worker);
        Follow<PrivacyOracle.ReleasedEvent>(worker);
        worker.Handle<ChainFinalised, RequestFinalityHandler>();
        worker.Handle<FinalityAdvanced, FinalityAdvancedHandler>();
        worker.Handle<SweepRequests, SweepRequestsHandler>();
        worker.Every<SweepRequests>("Oracle:SweepSchedule", "00:00:30");
        worker.Handle<TransactionOutcome, RequestAllowanceHandler>();

        // A node fetches, solves, checks and votes.
        worker.FollowEvent<PrivacyOracle.NodeRegisteredEvent, RegistrationHandler>(Contract);
        worker.Handle<MaintainNode, MaintainNodeHandler>();
        worker.Every<MaintainNode>("Node:MaintainSchedule", "00:01:00");
        worker.Handle<RequestChanged, NodeHandler>();
        worker.Handle<GatherProfiles, GatherProfilesHandler>();
        worker.Handle<SolveGame, SolveGameHandler>();
        worker.Handle<CheckProposal, CheckProposalHandler>();

        // A group orders models and opens them.
        worker.Handle<OrderChanged, AskHandler>();
        worker.Handle<TransactionOutcome, AskOutcomeHandler>();
        worker.Handle<RequestChanged, DeliverHandler>();

        worker.MapApi(OracleApi.Map);
        return builder;
    }

    private static void Follow<TEvent>(WorkerModule<OracleDb> worker)
        where TEvent : IEvent<TEvent> => worker.FollowEvent<TEvent, RequestEventHandler<TEvent>>(Contract);
}
