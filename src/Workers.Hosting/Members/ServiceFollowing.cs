using Ethereum.Abi;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Workers.Hosting.Data;
using BondedQueries = Ethereum.Contracts.Collaboration;

namespace Workers.Hosting.Members;

/// <summary>Has a worker follow which location services offer themselves.</summary>
public static class ServiceFollowing
{
    private const string Contract = "Collaboration";

    /// <summary>Keeps <see cref="ServiceRow"/>s by the events of the contract Collaboration; the model needs <see cref="MapServices"/>, a migration <see cref="AddServices"/>.</summary>
    public static WorkerModule<TDb> FollowServices<TDb>(this WorkerModule<TDb> worker)
        where TDb : WorkerDbContext
    {
        ArgumentNullException.ThrowIfNull(worker);
        return worker.Follow<TDb, BondedQueries.ServiceOfferedEvent>().Follow<TDb, BondedQueries.ServiceWithdrawnEvent>();
    }

    /// <summary>Maps the tables.</summary>
    public static void MapServices(this ModelBuilder model)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Entity<ServiceRow>().ToTable("services").HasKey(r => r.Account);
        model.Entity<ServiceFactRow>().ToTable("service_facts").HasKey(r => new { r.Account, r.BlockHash, r.LogIndex });
    }

    /// <summary>Creates the tables.</summary>
    public static void AddServices(MigrationBuilder migration)
    {
        ArgumentNullException.ThrowIfNull(migration);
        migration.CreateTable(
            "services",
            t => new
            {
                Account = t.Column<string>(),
                Fee = t.Column<string>(),
                PublicKey = t.Column<byte[]>(),
                Endpoint = t.Column<string>(),
                IsOffered = t.Column<bool>(),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_services", r => r.Account));
        migration.CreateTable(
            "service_facts",
            t => new
            {
                Account = t.Column<string>(),
                BlockHash = t.Column<string>(),
                LogIndex = t.Column<long>(),
                BlockNumber = t.Column<long>(),
                Fee = t.Column<string>(),
                PublicKey = t.Column<byte[]>(nullable: true),
                Endpoint = t.Column<string>(nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_service_facts", r => new { r.Account, r.BlockHash, r.LogIndex }));
    }

    private static WorkerModule<TDb> Follow<TDb, TEvent>(this WorkerModule<TDb> worker)
        where TDb : WorkerDbContext
        where TEvent : IEvent<TEvent> => worker.FollowEvent<TEvent, ServiceEventHandler<TDb, TEvent>>(Contract);
}
