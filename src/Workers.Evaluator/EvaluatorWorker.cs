using Contracts.Messages;
using Ethereum.Abi;
using Ethereum.Contracts;
using Workers.Evaluator.Agreements;
using Workers.Evaluator.Api;
using Workers.Evaluator.Arbitrating;
using Workers.Evaluator.Collecting;
using Workers.Evaluator.Providing;
using Workers.Evaluator.Sessions;
using Workers.Hosting;
using Workers.Hosting.Configuration;
using Workers.Hosting.Content;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Transactions;

namespace Workers.Evaluator;

/// <summary>The evaluator as a map: what it listens to, what it does about it, when it looks by itself.</summary>
public static class EvaluatorWorker
{
    private const string Contract = "TradingSessions";

    public static WebApplicationBuilder AddEvaluator(this WebApplicationBuilder builder)
    {
        builder.AddContentStore();
        builder.AddKeyVault();
        builder.AddValidatedOptions<EvaluatorOptions>("Evaluator");
        builder.AddValidatedOptions<CollectingOptions>("Collecting");
        builder.AddValidatedOptions<ProvidingOptions>("Providing");

        builder.Services
            .AddScoped<SessionChain>().AddScoped<AgreementReader>().AddScoped<ReviewInspection>().AddScoped<FeatureReader>()
            .AddSingleton<CollectorFiles>().AddScoped<OpenSession>();

        var worker = builder.AddWorker<EvaluatorDb>("evaluator").SendTransactions();

        // The chain says what sessions there are and where each stands.
        Follow<TradingSessions.SessionCreatedEvent>(worker);
        Follow<TradingSessions.RegisteredEvent>(worker);
        Follow<TradingSessions.DataSampledEvent>(worker);
        Follow<TradingSessions.FeaturesSubmittedEvent>(worker);
        Follow<TradingSessions.CandidateSetEvent>(worker);
        Follow<TradingSessions.ReviewSubmittedEvent>(worker);
        Follow<TradingSessions.OptimalSetEvent>(worker);
        Follow<TradingSessions.RewardClaimedEvent>(worker);
        Follow<TradingSessions.SettledEvent>(worker);
        Follow<TradingSessions.DepositClaimedEvent>(worker);
        worker.Handle<ChainFinalised, SessionFinalityHandler>();
        worker.Handle<FinalityAdvanced, FinalityAdvancedHandler>();
        worker.Handle<SweepSessions, SweepSessionsHandler>();
        worker.Every<SweepSessions>("Evaluator:SweepSchedule", "00:00:30");
        worker.Handle<TransactionOutcome, SessionAllowanceHandler>();

        // Whoever we are in a session, we take its next step.
        worker.Handle<SessionChanged, CollectHandler>();
        worker.Handle<ScoreFeatures, ScoreFeaturesHandler>();
        worker.Handle<InspectReview, InspectReviewHandler>();
        worker.Handle<FetchDataset, FetchDatasetHandler>();
        worker.Handle<TransactionOutcome, CreationOutcomeHandler>();

        worker.Handle<SessionChanged, ProvideHandler>();
        worker.Handle<PrepareShards, PrepareShardsHandler>();
        worker.Handle<ComputeFeatures, ComputeFeaturesHandler>();

        worker.HandleEvent<CommunicationLog.RecordedEvent, AccusedHandler>("CommunicationLog");
        worker.Handle<JudgeAccusation, JudgeAccusationHandler>();

        worker.MapApi(SessionsApi.Map);
        return builder;
    }

    private static void Follow<TEvent>(WorkerModule<EvaluatorDb> worker)
        where TEvent : IEvent<TEvent> => worker.FollowEvent<TEvent, SessionEventHandler<TEvent>>(Contract);
}
