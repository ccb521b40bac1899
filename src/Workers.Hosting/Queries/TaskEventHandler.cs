using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;

namespace Workers.Hosting.Queries;

/// <summary>Keeps where every bonded query stands.</summary>
public sealed class TaskEventHandler<TDb, TEvent>(TDb db) : FactHandler<TEvent, Hash32, TaskFactRow>(db)
    where TDb : WorkerDbContext
    where TEvent : notnull
{
    /// <inheritdoc/>
    protected override (Hash32 Key, TaskFactRow Row) Read(TEvent contractEvent, LogPosition position)
    {
        ArgumentNullException.ThrowIfNull(position);
        var row = contractEvent switch
        {
            Collaboration.BondedEvent e => Fact(e.Query, TaskState.Bonded, position, e.Querier, e.Terms, e.AnswerBy),
            Collaboration.AnsweredEvent e => Fact(e.Query, TaskState.Answered, position, deadline: e.ConfirmBy, result: e.Result),
            Collaboration.SettledEvent e => Fact(e.Query, TaskState.Settled, position),
            Collaboration.DeclinedEvent e => Fact(e.Query, TaskState.Declined, position),
            Collaboration.ExpiredEvent e => Fact(e.Query, TaskState.Expired, position),
            _ => throw new ArgumentException($"{contractEvent.GetType().Name} says nothing of bonded queries.", nameof(contractEvent)),
        };
        return (row.Query, row);
    }

    /// <inheritdoc/>
    protected override IQueryable<TaskFactRow> FactsOf(Hash32 key) => db.Set<TaskFactRow>().Where(f => f.Query == key);

    /// <inheritdoc/>
    protected override async Task<IVersioned> AddUpAsync(Hash32 key, IReadOnlyList<TaskFactRow> facts, CancellationToken cancellationToken)
    {
        var row = await db.Set<TaskRow>().FindAsync([key], cancellationToken) ?? db.Set<TaskRow>().Add(new TaskRow { Query = key }).Entity;
        var ordered = facts.InChainOrder().ToList();
        var (bond, answer) = (ordered.LastOrDefault(f => f.State == TaskState.Bonded), ordered.LastOrDefault(f => f.State == TaskState.Answered));

        // Facts may come in any order; without its bond nothing else that is told of a query counts yet.
        row.State = bond is null ? TaskState.None : ordered.Max(f => f.State);
        (row.Querier, row.Collaborator, row.Service) = (bond?.Querier ?? default, bond?.Collaborator ?? default, bond?.Service ?? default);
        (row.Reward, row.Fee, row.AnswerBy) = (bond?.Reward ?? 0, bond?.Fee ?? 0, bond?.Deadline ?? 0);
        (row.BondedBlock, row.BondedBlockHash) = (bond?.BlockNumber ?? 0, bond?.BlockHash ?? "");
        var end = ordered.LastOrDefault(f => f.State >= TaskState.Settled);
        (row.EndedBlock, row.EndedBlockHash) = (end?.BlockNumber ?? 0, end?.BlockHash ?? "");
        (row.ConfirmBy, row.Result) = (answer?.Deadline ?? 0, answer?.Result);
        return row;
    }

    private static TaskFactRow Fact(
        Hash32 query, TaskState state, LogPosition position, Address? querier = null, Collaboration.Terms? terms = null, ulong? deadline = null, Hash32? result = null) => new()
        {
            Query = query,
            BlockNumber = checked((long)position.BlockNumber),
            BlockHash = position.BlockHash,
            LogIndex = position.LogIndex,
            State = state,
            Querier = querier,
            Collaborator = terms?.Collaborator,
            Service = terms?.Service,
            Reward = terms?.Reward,
            Fee = terms?.Fee,
            Deadline = deadline is null ? null : checked((long)deadline),
            Result = result,
        };
}
