using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;

namespace Workers.Hosting.Queries;

/// <summary>Where a bonded query stands (ICollaboration.State, in its order).</summary>
public enum TaskState
{
    /// <summary>It is not bonded, or no longer in a reorganisation.</summary>
    None,

    /// <summary>Until the answer.</summary>
    Bonded,

    /// <summary>Until the confirmation.</summary>
    Answered,

    /// <summary>The collaborator was paid.</summary>
    Settled,

    /// <summary>By the collaborator; everything went back.</summary>
    Declined,

    /// <summary>No answer in time; everything went back.</summary>
    Expired,
}

/// <summary>A bonded query, as the chain knows it now.</summary>
public sealed class TaskRow : IVersioned
{
    public required Hash32 Query { get; init; }

    public TaskState State { get; set; }

    public Address Querier { get; set; }

    public Address Collaborator { get; set; }

    public Address Service { get; set; }

    public BigInteger Reward { get; set; }

    public BigInteger Fee { get; set; }

    /// <summary>Unix time of the last second for the answer.</summary>
    public long AnswerBy { get; set; }

    /// <summary>Unix time of the last second for the confirmation; 0 until it is answered.</summary>
    public long ConfirmBy { get; set; }

    /// <summary>SHA-256 of the sealed result; null until it is answered.</summary>
    public Hash32? Result { get; set; }

    /// <summary>The block of the bond, whose finality is what others build on.</summary>
    public long BondedBlock { get; set; }

    public string BondedBlockHash { get; set; } = "";

    /// <summary>The block of its end: until that is final, it can be bonded or answered again. 0 while it has none.</summary>
    public long EndedBlock { get; set; }

    public string EndedBlockHash { get; set; } = "";

    public int Version { get; set; }
}

/// <summary>What happened to a bonded query, as it stands in one block.</summary>
public sealed class TaskFactRow : IFactRow
{
    public required Hash32 Query { get; init; }

    public required long BlockNumber { get; init; }

    public required string BlockHash { get; init; }

    public required long LogIndex { get; init; }

    /// <summary>What it became.</summary>
    public required TaskState State { get; init; }

    /// <summary>Of a bond.</summary>
    public Address? Querier { get; init; }

    public Address? Collaborator { get; init; }

    public Address? Service { get; init; }

    public BigInteger? Reward { get; init; }

    public BigInteger? Fee { get; init; }

    /// <summary>Of a bond or an answer.</summary>
    public long? Deadline { get; init; }

    /// <summary>Of an answer.</summary>
    public Hash32? Result { get; init; }
}

/// <summary>Bonded queries in the database of a worker that keeps them.</summary>
public static class TaskTables
{
    private const string Contract = "Collaboration";

    /// <summary>Maps the tables.</summary>
    public static void MapTasks(this ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.Entity<TaskRow>().ToTable("tasks").HasKey(r => r.Query);
        modelBuilder.Entity<TaskFactRow>().ToTable("task_facts").HasKey(r => new { r.Query, r.BlockHash, r.LogIndex });
    }

    /// <summary>Creates them.</summary>
    public static void CreateTasks(this MigrationBuilder migration)
    {
        ArgumentNullException.ThrowIfNull(migration);
        migration.CreateTable(
            "tasks",
            t => new
            {
                Query = t.Column<string>(),
                State = t.Column<int>(),
                Querier = t.Column<string>(),
                Collaborator = t.Column<string>(),
                Service = t.Column<string>(),
                Reward = t.Column<string>(),
                Fee = t.Column<string>(),
                AnswerBy = t.Column<long>(),
                ConfirmBy = t.Column<long>(),
                Result = t.Column<string>(nullable: true),
                BondedBlock = t.Column<long>(),
                BondedBlockHash = t.Column<string>(),
                EndedBlock = t.Column<long>(),
                EndedBlockHash = t.Column<string>(),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_tasks", r => r.Query));
        migration.CreateTable(
            "task_facts",
            t => new
            {
                Query = t.Column<string>(),
                BlockHash = t.Column<string>(),
                LogIndex = t.Column<long>(),
                BlockNumber = t.Column<long>(),
                State = t.Column<int>(),
                Querier = t.Column<string>(nullable: true),
                Collaborator = t.Column<string>(nullable: true),
                Service = t.Column<string>(nullable: true),
                Reward = t.Column<string>(nullable: true),
                Fee = t.Column<string>(nullable: true),
                Deadline = t.Column<long>(nullable: true),
                Result = t.Column<string>(nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_task_facts", r => new { r.Query, r.BlockHash, r.LogIndex }));
    }

    /// <summary>Keeps them as the chain tells it.</summary>
    public static WorkerModule<TDb> FollowTasks<TDb>(this WorkerModule<TDb> worker)
        where TDb : WorkerDbContext
    {
        ArgumentNullException.ThrowIfNull(worker);
        return worker
            .FollowEvent<Collaboration.BondedEvent, TaskEventHandler<TDb, Collaboration.BondedEvent>>(Contract)
            .FollowEvent<Collaboration.AnsweredEvent, TaskEventHandler<TDb, Collaboration.AnsweredEvent>>(Contract)
            .FollowEvent<Collaboration.SettledEvent, TaskEventHandler<TDb, Collaboration.SettledEvent>>(Contract)
            .FollowEvent<Collaboration.DeclinedEvent, TaskEventHandler<TDb, Collaboration.DeclinedEvent>>(Contract)
            .FollowEvent<Collaboration.ExpiredEvent, TaskEventHandler<TDb, Collaboration.ExpiredEvent>>(Contract);
    }
}
