using System.Text.Json;
using Contracts.Messages;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;

namespace Workers.Oracle.Requests;

/// <summary>Keeps the facts of every request.</summary>
public sealed class RequestEventHandler<TEvent>(OracleDb db) : FactHandler<TEvent, string, RequestFactRow>(db)
    where TEvent : notnull
{
    /// <inheritdoc/>
    protected override (string Key, RequestFactRow Row) Read(TEvent contractEvent, LogPosition position)
    {
        ArgumentNullException.ThrowIfNull(position);
        var (requestId, fact) = RequestFact.Of(contractEvent);
        return (requestId, new RequestFactRow
        {
            RequestId = requestId,
            BlockNumber = checked((long)position.BlockNumber),
            BlockHash = position.BlockHash,
            LogIndex = position.LogIndex,
            Fact = JsonSerializer.Serialize(fact),
        });
    }

    /// <inheritdoc/>
    protected override IQueryable<RequestFactRow> FactsOf(string key) => db.RequestFacts.Where(f => f.RequestId == key);

    /// <inheritdoc/>
    protected override async Task<IVersioned> AddUpAsync(string key, IReadOnlyList<RequestFactRow> facts, CancellationToken cancellationToken)
    {
        var row = await db.Requests.FindAsync([key], cancellationToken) ?? db.Requests.Add(new RequestRow { RequestId = key }).Entity;
        var request = OracleRequest.Of(key, facts);
        row.Requester = request.Asked?.Fact.Requester ?? "";
        row.State = request.State;
        row.IsOpen = request.State != RequestState.None && !request.IsReleased;
        row.Facts = facts.Count;
        db.Publish(new RequestChanged(key));
        return row;
    }
}
