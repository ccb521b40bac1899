using Contracts.Messages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Chain;
using Workers.Hosting.Messaging;

namespace Workers.Dashboard.Facts;

/// <summary>
/// Keeps the facts of an event, deletes them when its block leaves the chain, and has whatever they are about added up again. So neither
/// the order of events nor a reorganisation needs a rule of its own.
/// </summary>
public sealed class MarketEventHandler<TEvent>(DashboardDb db, Sums sums, IOptions<ChainOptions> chain) : IHandler<Observed<TEvent>>, IHandler<Retracted<TEvent>>
    where TEvent : notnull
{
    /// <inheritdoc/>
    public async Task HandleAsync(Observed<TEvent> message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (await At(message.Position).AnyAsync(cancellationToken))
        {
            return;
        }

        var market = chain.Value.Contract("DatasetMarket").ToString();
        FactRow[] rows = [.. MarketFact.Of(message.Event).Select((fact, part) => FactRow.Of(fact, part, message.Position, message.BlockTime, market))];
        db.Facts.AddRange(rows);
        await sums.UpdateAsync(rows, added: true, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task HandleAsync(Retracted<TEvent> message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!MarketFact.Of(message.Event).Any())
        {
            return;
        }

        var rows = await At(message.Position).ToArrayAsync(cancellationToken);
        if (rows.Length == 0)
        {
            throw new TooEarlyException($"the event {message.Position} was retracted before it was handled", TimeSpan.FromSeconds(1));
        }

        db.Facts.RemoveRange(rows);
        await sums.UpdateAsync(rows, added: false, cancellationToken);
    }

    private IQueryable<FactRow> At(LogPosition position) => db.Facts.Where(f => f.BlockHash == position.BlockHash && f.LogIndex == position.LogIndex);
}
