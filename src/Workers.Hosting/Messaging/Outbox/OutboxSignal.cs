using System.Threading.Channels;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Workers.Hosting.Data;

namespace Workers.Hosting.Messaging.Outbox;

/// <summary>Wakes the dispatcher when this process committed outbox rows.</summary>
public sealed class OutboxSignal<TDb> : SaveChangesInterceptor
    where TDb : WorkerDbContext
{
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>For rows that were saved past the change tracker, or in a transaction: call it after the commit.</summary>
    public void Set() => _wake.Writer.TryWrite(true);

    /// <summary>Returns when it was set since the last call, or after <paramref name="atMost"/>.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(atMost, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await _wake.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody woke it within the time: the caller looks anyway.
        }
    }

    /// <inheritdoc/>
    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context?.ChangeTracker.Entries<OutboxRow>().Any() == true)
        {
            Set();
        }

        return new(result);
    }
}
