using Contracts.Messages;
using Microsoft.EntityFrameworkCore;
using Workers.Collaboration.Models;
using Workers.Hosting;
using Workers.Hosting.Configuration;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Queries;

namespace Workers.Collaboration.Queries;

/// <summary>Bonded queries as a map, as querier and as collaborator.</summary>
internal static class QueryWorker
{
    public static void AddQueries(this WorkerModule<CollaborationDb> worker)
    {
        worker.Builder.AddKeyVault();
        worker.Builder.AddValidatedOptions<QueryOptions>("Query");
        worker.Services.AddQueryChain<CollaborationDb>().AddScoped<QueryOrders>().AddScoped<MemberModels>();
        worker.FollowTasks();

        // Another member asks this one to forward, and hands over what.
        worker.HandleEnvelope<AgreementHandler>(QueryKinds.Agreement).HandleEnvelope<HandedQueryHandler>(QueryKinds.Forward);
        worker.Handle<AdvanceDuty, AdvanceDutyHandler>();
        worker.Handle<ForwardDuty, ForwardDutyHandler>();

        // This member asks.
        worker.Handle<AdvanceQuery, AdvanceQueryHandler>();
        worker.Handle<TransactionOutcome, QueryOutcomeHandler>();

        worker.Handle<SweepQueries, SweepQueriesHandler>();
        worker.Every<SweepQueries>("Query:SweepSchedule", "00:00:05");
        worker.MapApi(QueryApi.Map);
        worker.MapApi(ModelApi.Map);
    }

    public static void MapQueries(this ModelBuilder modelBuilder)
    {
        modelBuilder.MapTasks();
        modelBuilder.Entity<QueryRow>(e =>
        {
            e.ToTable("queries");
            e.HasKey(r => r.QueryId);
            e.HasIndex(r => r.Query).IsUnique();
            e.HasIndex(r => r.NextAt);
        });
        modelBuilder.Entity<DutyRow>(e =>
        {
            e.ToTable("duties");
            e.HasKey(r => r.Query);
            e.HasIndex(r => r.Number).IsUnique();
            e.HasIndex(r => r.PayloadHash).IsUnique();
            e.HasIndex(r => r.NextAt);
        });
    }
}
