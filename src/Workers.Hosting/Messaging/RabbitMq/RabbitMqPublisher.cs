using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Workers.Hosting.Data;
using Workers.Hosting.Messaging.Outbox;

namespace Workers.Hosting.Messaging.RabbitMq;

/// <summary>
/// To a broker, with confirmations and many messages in flight. It has a connection of its own without automatic recovery: when
/// anything goes wrong on it the connection is dropped, every message in flight fails at once, and its row is sent again
/// on a new one.
/// </summary>
internal sealed class RabbitMqPublisher(IOptions<BusOptions> options, RabbitMqReceiver receiver) : IOutboxPublisher, IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private Link? _link;

    public Task ReadyAsync(CancellationToken cancellationToken) => receiver.Ready.WaitAsync(cancellationToken);

    public async Task PublishAsync(OutboxRow row, MessageKind? kind, Action settled, CancellationToken cancellationToken)
    {
        var link = await OpenAsync(cancellationToken);
        var exchange = row.Queue ?? RabbitMqTopology.ExchangeOf(kind!.Type);
        await link.DeclareAsync(exchange);
        var properties = new BasicProperties
        {
            Persistent = true,
            ContentType = "application/json",
            MessageId = row.MessageId.ToString(),
            Headers = Delivery.Headers(row).ToDictionary(h => h.Name, h => (object?)h.Value, StringComparer.Ordinal),
        };
        try
        {
            await link.Channel.BasicPublishAsync(exchange, string.Empty, row.Queue is not null || kind!.Mandatory, properties, Encoding.UTF8.GetBytes(row.Body), cancellationToken);
        }
        catch (PublishException e) when (e.IsReturn)
        {
            throw new NoTakerException(row.Queue ?? row.MessageType, e);
        }
        catch
        {
            await DropAsync(link);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_link is { } link)
        {
            await DropAsync(link);
        }

        _opening.Dispose();
    }

    private async Task<Link> OpenAsync(CancellationToken cancellationToken)
    {
        if (_link is { Channel.IsOpen: true } open)
        {
            return open;
        }

        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_link is { Channel.IsOpen: true } meanwhile)
            {
                return meanwhile;
            }

            if (_link is { } old)
            {
                await DropAsync(old);
            }

            return _link = await Link.OpenAsync(options.Value, cancellationToken);
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task DropAsync(Link link)
    {
        if (Interlocked.CompareExchange(ref _link, null, link) == link)
        {
            await link.DisposeAsync();
        }
    }

    private sealed class Link(IConnection connection, IChannel channel) : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<string, Lazy<Task>> _exchanges = new(StringComparer.Ordinal);

        public IChannel Channel => channel;

        public static async Task<Link> OpenAsync(BusOptions options, CancellationToken cancellationToken)
        {
            var connection = await RabbitMqTopology.Factory(options, "outbox").CreateConnectionAsync(cancellationToken);
            try
            {
                // The outbox bounds what is in flight; the client's own limiter would slow it down at half of that.
                var confirmed = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, outstandingPublisherConfirmationsRateLimiter: null);
                return new Link(connection, await connection.CreateChannelAsync(confirmed, cancellationToken));
            }
            catch
            {
                await RabbitMqTopology.DropAsync(connection);
                throw;
            }
        }

        /// <summary>Declared once per connection: publishing to an exchange that is not there would close the channel.</summary>
        public async Task DeclareAsync(string exchange)
        {
            var declaring = _exchanges.GetOrAdd(exchange, name => new Lazy<Task>(() => DeclareOnceAsync(name)));
            try
            {
                await declaring.Value;
            }
            catch
            {
                _exchanges.TryRemove(new(exchange, declaring));
                throw;
            }
        }

        public async ValueTask DisposeAsync() => await RabbitMqTopology.DropAsync(connection);

        /// <summary>On a channel of its own: a refusal closes it.</summary>
        private async Task DeclareOnceAsync(string exchange)
        {
            await using var once = await connection.CreateChannelAsync();
            await RabbitMqTopology.DeclareExchangeAsync(once, exchange, CancellationToken.None);
        }
    }
}
