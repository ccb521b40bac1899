using Contracts.Messages;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Messaging;
using Workers.Oracle.Asking;

namespace Workers.Oracle.Requests;

/// <summary>Look at every open request: a deadline may have passed without any event. Sent by the schedule.</summary>
public sealed record SweepRequests;

/// <summary>Wakes every open request, and those that are on their way to the chain.</summary>
public sealed class SweepRequestsHandler(OracleDb db) : IHandler<SweepRequests>
{
    /// <inheritdoc/>
    public async Task HandleAsync(SweepRequests message, CancellationToken cancellationToken)
    {
        await foreach (var id in db.Requests.Where(r => r.IsOpen).Select(r => r.RequestId).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            db.Publish(new RequestChanged(id));
        }

        await foreach (var id in db.Orders.Where(o => o.State == OrderState.Asking).Select(o => o.OrderId).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            db.Publish(new OrderChanged(id));
        }
    }
}

/// <summary>The chain became final up to a block, and that is saved.</summary>
/// <param name="After">The last block that was final before; −1 when none was.</param>
/// <param name="Through">The last block that is final now.</param>
public sealed record FinalityAdvanced(long After, long Through);

/// <summary>Remembers how far the chain is final.</summary>
public sealed class RequestFinalityHandler(OracleDb db, OracleChain chain) : IHandler<ChainFinalised>
{
    /// <inheritdoc/>
    public async Task HandleAsync(ChainFinalised message, CancellationToken cancellationToken)
    {
        if (await chain.AdvanceAsync(message, cancellationToken) is { } before)
        {
            db.Publish(new FinalityAdvanced(before, checked((long)message.BlockNumber)));
        }
    }
}

/// <summary>
/// Looks again at the requests that waited for finality, in a unit of work after the one that saved how far it reaches: what was saved before that is found here, and what is saved later finds
/// itself final. Looked for within that unit of work, one that is saved meanwhile would be missed by both.
/// </summary>
public sealed class FinalityAdvancedHandler(OracleDb db) : IHandler<FinalityAdvanced>
{
    /// <inheritdoc/>
    public async Task HandleAsync(FinalityAdvanced message, CancellationToken cancellationToken)
    {
        await foreach (var id in db.RequestFacts.Where(f => f.BlockNumber > message.After && f.BlockNumber <= message.Through)
            .Select(f => f.RequestId).Distinct().AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            db.Publish(new RequestChanged(id));
        }
    }
}

/// <summary>Whatever became of an approval, what waits for it looks again.</summary>
public sealed class RequestAllowanceHandler(OracleDb db) : IHandler<TransactionOutcome>
{
    /// <inheritdoc/>
    public async Task HandleAsync(TransactionOutcome message, CancellationToken cancellationToken)
    {
        if (Hosting.Transactions.Allowance.IsKey(message.Key))
        {
            await new SweepRequestsHandler(db).HandleAsync(new SweepRequests(), cancellationToken);
            db.Publish(new Nodes.MaintainNode());
        }
    }
}
