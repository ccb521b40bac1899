using System.Net.Mime;
using MassTransit;
using Microsoft.Extensions.Options;
using Workers.Hosting.Data;
using Workers.Hosting.Messaging.Outbox;

namespace Workers.Hosting.Messaging.RabbitMq;

/// <summary>
/// To a broker, with confirmations and many messages in flight. It has a session of its own: when anything goes wrong in it the
/// session is dropped, every message in flight fails at once, and its row is sent again in a new one.
/// </summary>
internal sealed class RabbitMqPublisher(IOptions<BusOptions> options, RabbitMqReceiver receiver) : IOutboxPublisher, IAsyncDisposable
{
    private static readonly ContentType Json = new("application/json");
    private readonly SemaphoreSlim _opening = new(1, 1);
    private BusSession? _session;

    public Task ReadyAsync(CancellationToken cancellationToken) => receiver.Ready.WaitAsync(cancellationToken);

    public async Task PublishAsync(OutboxRow row, MessageKind? kind, Action settled, CancellationToken cancellationToken)
    {
        var session = await OpenAsync(cancellationToken);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Over);
        try
        {
            var exchange = await session.ExchangeAsync(row.Queue ?? RabbitMqReceiver.ExchangeOf(kind!.Type));
            await exchange.Send(new Saved(), Pipe.Execute<SendContext<Saved>>(context => Fill(context, row, kind)), either.Token);
            return;
        }
        catch (MessageReturnedException e)
        {
            throw new NoTakerException(row.Queue ?? row.MessageType, e);
        }
        catch (OperationCanceledException) when (session.Ended.IsCompleted && !cancellationToken.IsCancellationRequested)
        {
            await DropAsync(session, await session.Ended);
        }
        catch (Exception e)
        {
            await DropAsync(session, e is OperationCanceledException ? "no confirmation in time" : e.GetBaseException().Message);
            throw;
        }

        throw new InvalidOperationException(await session.Ended);
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is { } session)
        {
            await DropAsync(session, "closed");
        }

        _opening.Dispose();
    }

    private static void Fill(SendContext<Saved> context, OutboxRow row, MessageKind? kind)
    {
        context.Serializer = new SavedBody(row.Body);
        context.MessageId = row.MessageId;
        foreach (var (name, value) in Delivery.Headers(row))
        {
            context.Headers.Set(name, value);
        }

        context.GetPayload<RabbitMqSendContext>().Mandatory = row.Queue is not null || kind!.Mandatory;
    }

    private async Task<BusSession> OpenAsync(CancellationToken cancellationToken)
    {
        if (_session is { Ended.IsCompleted: false } open)
        {
            return open;
        }

        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_session is { Ended.IsCompleted: false } meanwhile)
            {
                return meanwhile;
            }

            if (_session is { } old)
            {
                await DropAsync(old, "replaced");
            }

            return _session = await BusSession.OpenAsync(options.Value, "outbox", (_, _) => { }, cancellationToken);
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task DropAsync(BusSession session, string reason)
    {
        await session.EndAsync(reason);
        if (Interlocked.CompareExchange(ref _session, null, session) == session)
        {
            await session.DisposeAsync();
        }
    }

    /// <summary>What MassTransit believes to send; the body is the row's.</summary>
    internal sealed class Saved;

    private sealed class SavedBody(string body) : IMessageSerializer
    {
        public ContentType ContentType => Json;

        public MessageBody GetMessageBody<T>(SendContext<T> context)
            where T : class => new StringMessageBody(body);
    }
}
