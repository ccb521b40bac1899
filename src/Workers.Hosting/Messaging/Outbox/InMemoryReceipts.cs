using System.Collections.Concurrent;

namespace Workers.Hosting.Messaging.Outbox;

/// <summary>
/// Tells an outbox when every queue of this process has dealt with a message that it sent through the in-memory bus, which
/// is when its row may go: before that, a kill would lose the message.
/// </summary>
internal sealed class InMemoryReceipts
{
    private readonly ConcurrentDictionary<string, Expected> _expected = new(StringComparer.Ordinal);

    /// <param name="receipt">Unique for the row.</param>
    /// <param name="queues">How many queues take the message; with none it is done at once.</param>
    /// <param name="done">Called once.</param>
    public void Expect(string receipt, int queues, Action done)
    {
        if (queues == 0)
        {
            done();
            return;
        }

        _expected[receipt] = new Expected(queues, done);
    }

    public void Settle(string? receipt)
    {
        if (receipt is not null && _expected.TryGetValue(receipt, out var expected) && Interlocked.Decrement(ref expected.Remaining) == 0)
        {
            _expected.TryRemove(receipt, out _);
            expected.Done();
        }
    }

    private sealed class Expected(int queues, Action done)
    {
        public int Remaining = queues;

        public Action Done { get; } = done;
    }
}
