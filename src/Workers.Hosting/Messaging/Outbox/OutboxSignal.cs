using System.Threading.Channels;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Workers.Hosting.Data;

namespace Workers.Hosting.Messaging.Outbox;

/// <summary>Wakes the dispatcher when this process committed outbox rows.</summary>
internal sealed class OutboxSignal<TDb> : SaveChangesInterceptor
    where TDb : WorkerDbContext
{
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Set() => _wake.Writer.TryWrite(true);

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

    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context?.ChangeTracker.Entries<OutboxRow>().Any() == true)
        {
            Set();
        }

        return new(result);
    }
}
