using System.Numerics;
using System.Text.Json;
using Contracts.Messages;
using Ethereum.Contracts;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Datasets.Delivering;

/// <summary>Something about a request for a dataset is new.</summary>
public sealed record DataRequestChanged(long RequestId);

/// <summary>Keeps the facts of every request for a dataset.</summary>
public sealed class DataRequestEventHandler<TEvent>(EncryptionDb db) : FactHandler<TEvent, long, DataRequestFactRow>(db)
    where TEvent : notnull
{
    /// <inheritdoc/>
    protected override (long Key, DataRequestFactRow Row) Read(TEvent contractEvent, LogPosition position)
    {
        ArgumentNullException.ThrowIfNull(position);
        var (requestId, fact) = DataRequestFacts.Of(contractEvent);
        return (requestId, new DataRequestFactRow
        {
            RequestId = requestId,
            BlockNumber = checked((long)position.BlockNumber),
            BlockHash = position.BlockHash,
            LogIndex = position.LogIndex,
            Fact = JsonSerializer.Serialize(fact),
        });
    }

    /// <inheritdoc/>
    protected override IQueryable<DataRequestFactRow> FactsOf(long key) => db.DataRequestFacts.Where(f => f.RequestId == key);

    /// <inheritdoc/>
    protected override async Task<IVersioned> AddUpAsync(long key, IReadOnlyList<DataRequestFactRow> facts, CancellationToken cancellationToken)
    {
        var request = await db.DataRequests.FindAsync([key], cancellationToken) ?? db.DataRequests.Add(new DataRequestRow { RequestId = key }).Entity;
        request.Fold(facts.InChainOrder().Select(f => (f, JsonSerializer.Deserialize<DataRequestFact>(f.Fact)!)));
        db.Publish(new DataRequestChanged(key));
        return request;
    }
}

/// <summary>Reads the market's events as facts about a request.</summary>
public static class DataRequestFacts
{
    /// <summary>The request's number and the fact.</summary>
    /// <exception cref="RejectedException">The event is of another kind, or its number does not fit 63 bits.</exception>
    public static (long RequestId, DataRequestFact Fact) Of(object contractEvent) => contractEvent switch
    {
        DatasetMarket.DataRequestedEvent e => (Number(e.RequestId), new DataRequestFact.Requested(TokenNumber.Text(e.TokenId), e.Requester.ToString(), e.PublicKey)),
        DatasetMarket.DataDeliveredEvent e => (Number(e.RequestId), new DataRequestFact.Delivered(e.Cid, e.Receipt.ToString())),
        _ => throw new RejectedException($"{contractEvent?.GetType().Name} is not an event of a request for a dataset."),
    };

    private static long Number(BigInteger requestId) => requestId <= long.MaxValue
        ? (long)requestId
        : throw new RejectedException($"Request number {requestId} does not fit 63 bits: this contract does not count its requests from 0.");
}
