using Ethereum.Abi;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Workers.Hosting.Data;

namespace Workers.Hosting.Members;

/// <summary>Has a worker follow who is a member.</summary>
public static class MemberFollowing
{
    private const string Contract = "Conduct";

    /// <summary>Keeps <see cref="MemberRow"/>s by the events of the contract Conduct; the model needs <see cref="MapMembers"/>, a migration <see cref="AddMembers"/>.</summary>
    public static WorkerModule<TDb> FollowMembers<TDb>(this WorkerModule<TDb> worker)
        where TDb : WorkerDbContext
    {
        ArgumentNullException.ThrowIfNull(worker);
        return worker.Follow<TDb, Conduct.MemberJoinedEvent>().Follow<TDb, Conduct.MemberLeftEvent>();
    }

    /// <summary>Maps the tables.</summary>
    public static void MapMembers(this ModelBuilder model)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Entity<MemberRow>().ToTable("members").HasKey(r => r.Account);
        model.Entity<MemberFactRow>().ToTable("member_facts").HasKey(r => new { r.Account, r.BlockHash, r.LogIndex });
    }

    /// <summary>Creates the tables.</summary>
    public static void AddMembers(MigrationBuilder migration)
    {
        ArgumentNullException.ThrowIfNull(migration);
        migration.CreateTable(
            "members",
            t => new
            {
                Account = t.Column<string>(),
                PublicKey = t.Column<byte[]>(),
                Endpoint = t.Column<string>(),
                IsActive = t.Column<bool>(),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_members", r => r.Account));
        migration.CreateTable(
            "member_facts",
            t => new
            {
                Account = t.Column<string>(),
                BlockHash = t.Column<string>(),
                LogIndex = t.Column<long>(),
                BlockNumber = t.Column<long>(),
                PublicKey = t.Column<byte[]>(nullable: true),
                Endpoint = t.Column<string>(nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_member_facts", r => new { r.Account, r.BlockHash, r.LogIndex }));
    }

    private static WorkerModule<TDb> Follow<TDb, TEvent>(this WorkerModule<TDb> worker)
        where TDb : WorkerDbContext
        where TEvent : IEvent<TEvent> => worker.FollowEvent<TEvent, MemberEventHandler<TDb, TEvent>>(Contract);
}
