using Contracts.Messages;
using Ethereum.Abi;
using Ethereum.Contracts;
using Workers.Hosting;
using Workers.Hosting.Configuration;
using Workers.Hosting.Content;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Transactions;
using Workers.Penalties.Api;
using Workers.Penalties.Attesting;
using Workers.Penalties.Filing;
using Workers.Penalties.Ratings;
using Workers.Penalties.Verdicts;

namespace Workers.Penalties;

/// <summary>Penalties as a map: where misconduct comes in, and what becomes of it.</summary>
public static class PenaltiesWorker
{
    public static WebApplicationBuilder AddPenalties(this WebApplicationBuilder builder)
    {
        builder.AddContentStore();
        builder.AddEnvelopeClient();
        builder.AddValidatedOptions<FilingOptions>("Filing");
        builder.AddValidatedOptions<RatingOptions>("Ratings");
        builder.AddValidatedOptions<AttestingOptions>("Attesting");
        builder.AddValidatedOptions<VerdictOptions>("Verdicts");
        builder.Services.AddConductChain<PenaltiesDb>().AddScoped<CaseIntake>().AddScoped<PenaltyWatch>().AddScoped<RoundComputation>().AddScoped<Docket>();
        builder.Services.AddSingleton<MemberDirectory<PenaltiesDb>>().AddSingleton<IMemberDirectory, KnownSenders>();

        var worker = builder.AddWorker<PenaltiesDb>("penalties").SendTransactions();

        // Evidence comes from this organisation's workers, over the API, and in envelopes from members and location services.
        worker.Handle<MisconductFound, MisconductHandler>();
        worker.FollowMembers().FollowServices();
        worker.HandleEnvelope<EvidenceHandler>(EvidenceHandler.Kind);
        worker.Handle<SweepCases, SweepCasesHandler>();
        worker.Every<SweepCases>("Filing:SweepSchedule", "00:00:30");
        worker.Handle<FileCase, FileCaseHandler>();
        worker.Handle<TransactionOutcome, FilingOutcomeHandler>();
        worker.FollowEvent<Conduct.PenalisedEvent, PenaltyHandler>("Conduct");
        worker.Handle<ChainFinalised, ConductFinalityHandler>();

        // An attestor asks the agencies about all members, once in a round, and attests what comes of it.
        worker.FollowEvent<Conduct.EpochSettledEvent, EpochSettledHandler>("Conduct");
        worker.Handle<CountEpoch, CountEpochHandler>();
        worker.Handle<SweepRounds, SweepRoundsHandler>();
        worker.Every<SweepRounds>("Ratings:Schedule", "00:00:30");
        worker.Handle<AskAgency, AskAgencyHandler>();
        worker.Handle<ComputeRound, ComputeRoundHandler>();
        worker.Handle<AttestRound, AttestRoundHandler>();
        worker.Handle<TransactionOutcome, AttestOutcomeHandler>();

        // Where more than one has to sign, attestors ask each other, and each signs only what it computes itself.
        worker.Handle<AskSignature, AskSignatureHandler>();
        worker.HandleEnvelope<AttestStandingsHandler>(AttestRequest.Kind);
        worker.HandleEnvelope<CreditAnswerHandler>(CreditAnswerHandler.Kind);

        // Of what other contracts' events show, attestors come to verdicts.
        Follow<Collaboration.ExpiredEvent>(worker, "Collaboration");
        Follow<TradingSessions.SettledEvent>(worker, "TradingSessions");
        Follow<PrivacyOracle.EquivocatedEvent>(worker, "PrivacyOracle");
        Follow<DataTrades.RequestedEvent>(worker, "DataTrades");
        Follow<DataTrades.CancelNoticedEvent>(worker, "DataTrades");
        Follow<DataTrades.AnsweredEvent>(worker, "DataTrades");
        Follow<DataTrades.RefundedEvent>(worker, "DataTrades");
        worker.Handle<SweepVerdicts, SweepVerdictsHandler>();
        worker.Every<SweepVerdicts>("Verdicts:Schedule", "00:00:30");
        worker.Handle<JudgeAccount, JudgeAccountHandler>();
        worker.Handle<PassVerdict, PassVerdictHandler>();
        worker.Handle<AskVerdict, AskVerdictHandler>();
        worker.HandleEnvelope<SignVerdictHandler>(SignVerdictHandler.Kind);

        worker.MapApi(PenaltiesApi.Map);
        worker.MapApi(RatingsApi.Map);
        worker.MapApi(AdmissionsApi.Map);
        return builder;
    }

    private static void Follow<TEvent>(WorkerModule<PenaltiesDb> worker, string contract)
        where TEvent : IEvent<TEvent> => worker.FollowEvent<TEvent, MisdeedHandler<TEvent>>(contract);
}
