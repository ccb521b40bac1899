using Contracts.Messages;
using Workers.Hosting;
using Workers.Hosting.Configuration;
using Workers.Hosting.Members;
using Workers.Hosting.Transactions;
using Workers.Penalties.Api;
using Workers.Penalties.Filing;

namespace Workers.Penalties;

/// <summary>Penalties as a map: where misconduct comes in, and what becomes of it.</summary>
public static class PenaltiesWorker
{
    public static WebApplicationBuilder AddPenalties(this WebApplicationBuilder builder)
    {
        builder.AddValidatedOptions<FilingOptions>("Filing");
        builder.Services.AddConductChain<PenaltiesDb>().AddScoped<CaseIntake>();

        var worker = builder.AddWorker<PenaltiesDb>("penalties").SendTransactions();

        // Evidence comes from this organisation's workers and, over the API, from outside.
        worker.Handle<MisconductFound, MisconductHandler>();
        worker.Handle<SweepCases, SweepCasesHandler>();
        worker.Every<SweepCases>("Filing:SweepSchedule", "00:00:30");
        worker.Handle<FileCase, FileCaseHandler>();
        worker.Handle<TransactionOutcome, FilingOutcomeHandler>();
        worker.Handle<ChainFinalised, ConductFinalityHandler>();

        worker.MapApi(PenaltiesApi.Map);
        return builder;
    }
}
