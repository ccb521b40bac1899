using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MassTransit;
using RabbitMQ.Client;

namespace Workers.Hosting.Messaging.RabbitMq;

/// <summary>
/// A MassTransit bus for the life of one connection. MassTransit 8.4's own reconnection can leave an endpoint without a consumer and
/// call it healthy, and a stopped bus can come back as a second consumer. So it never reconnects here: whatever ends the connection
/// or one endpoint's consumer, or refuses a message, ends the session, which closes its sockets and allows no others; its owner opens a new one.
/// </summary>
internal sealed class BusSession : IReceiveEndpointObserver, ISendObserver, IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30), StopTimeout = TimeSpan.FromMilliseconds(500);
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _over = new();
    private readonly ConcurrentQueue<Socket> _sockets = new();
    private readonly IBusControl _bus;
    private int _connections;
    private string _refused = "no connection";

    private BusSession(BusOptions options, string name, Action<IRabbitMqBusFactoryConfigurator, CancellationToken> endpoints)
    {
        Over = _over.Token;
        _bus = Bus.Factory.CreateUsingRabbitMq(rabbit =>
        {
            rabbit.Host(options.Host, (ushort)options.Port, options.VirtualHost, name, host =>
            {
                host.Username(options.UserName);
                host.Password(options.Password);
                host.Heartbeat(TimeSpan.FromSeconds(15));
                host.PublisherConfirmation = true;
                host.OnRefreshConnectionFactory = factory => PrepareAsync(factory, options);
            });
            endpoints(rabbit, Over);
        });
        _bus.ConnectReceiveEndpointObserver(this);
        _bus.ConnectSendObserver(this);
    }

    /// <summary>The reason, once the connection or a consumer is gone.</summary>
    public Task<string> Ended => _ended.Task;

    /// <summary>Cancelled at the same time, for what is still under way in this session.</summary>
    public CancellationToken Over { get; }

    /// <summary>Opens a session; returns when all its endpoints consume.</summary>
    /// <param name="name">Of the connection, for the broker's operator.</param>
    /// <param name="endpoints">Adds receive endpoints; the token is <see cref="Over"/>.</param>
    public static async Task<BusSession> OpenAsync(
        BusOptions options, string name, Action<IRabbitMqBusFactoryConfigurator, CancellationToken> endpoints, CancellationToken cancellationToken)
    {
        var session = new BusSession(options, name, endpoints);
        try
        {
            var starting = session._bus.StartAsync(session.Over);
            await Task.WhenAny(starting, session.Ended).WaitAsync(StartTimeout, cancellationToken);
            if (session.Ended.IsCompleted)
            {
                throw new InvalidOperationException(await session.Ended);
            }

            await starting;
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>An endpoint that sends to a durable fanout exchange, which it declares.</summary>
    public Task<ISendEndpoint> ExchangeAsync(string name) => _bus.GetSendEndpoint(new Uri($"exchange:{name}"));

    public Task Ready(ReceiveEndpointReady ready) => Task.CompletedTask;

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => EndAsync($"the consumer of {completed.InputAddress.AbsolutePath} ended");

    public Task Faulted(ReceiveEndpointFaulted faulted) => EndAsync(faulted.Exception?.GetBaseException().Message ?? "a consumer failed");

    public Task PreSend<T>(SendContext<T> context)
        where T : class => Task.CompletedTask;

    public Task PostSend<T>(SendContext<T> context)
        where T : class => Task.CompletedTask;

    /// <summary>MassTransit would try again until the sender gives up, also what the broker forbids. A returned message harms nobody.</summary>
    public Task SendFault<T>(SendContext<T> context, Exception exception)
        where T : class => exception is MessageReturnedException or OperationCanceledException ? Task.CompletedTask : EndAsync(exception.GetBaseException().Message);

    /// <summary>Ends the session; the first reason counts.</summary>
    public async Task EndAsync(string reason)
    {
        if (_ended.TrySetResult(reason))
        {
            await _over.CancelAsync();
            while (_sockets.TryDequeue(out var socket))
            {
                socket.Dispose();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync("closed");
        using var patience = new CancellationTokenSource(StopTimeout);
        // The sockets are gone, so this only ends loops; one that does not listen can no longer reach a broker.
        await Task.WhenAny(_bus.StopAsync(patience.Token), Task.Delay(StopTimeout, CancellationToken.None));
    }

    /// <summary>MassTransit calls this before it connects.</summary>
    private async Task PrepareAsync(ConnectionFactory factory, BusOptions options)
    {
        if (Interlocked.Increment(ref _connections) > 1)
        {
            await EndAsync(_refused);
        }

        Over.ThrowIfCancellationRequested();
        factory.AutomaticRecoveryEnabled = false;
        factory.Ssl = new SslOption(options.Host, enabled: options.Tls);
        factory.SocketFactory = family => new SessionSocket(this, new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
    }

    /// <summary>Tells the session when its connection is closed, by whichever side.</summary>
    private sealed class SessionSocket(BusSession session, Socket socket) : ITcpClient
    {
        private readonly TcpClientAdapter _tcp = new(socket);
        private volatile bool _connected;

        public bool Connected => _tcp.Connected;

        public Socket Client => _tcp.Client;

        public TimeSpan ReceiveTimeout
        {
            get => _tcp.ReceiveTimeout;
            set => _tcp.ReceiveTimeout = value;
        }

        public async Task ConnectAsync(IPAddress host, int port, CancellationToken cancellationToken = default)
        {
            session._sockets.Enqueue(socket);
            try
            {
                await _tcp.ConnectAsync(host, port, cancellationToken);
            }
            catch (SocketException e)
            {
                session._refused = e.Message;
                throw;
            }

            _connected = true;
            if (session.Over.IsCancellationRequested)
            {
                socket.Dispose();
            }
        }

        public NetworkStream GetStream() => _tcp.GetStream();

        public void Close()
        {
            _tcp.Close();
            if (_connected)
            {
                _ = session.EndAsync("the connection was closed");
            }
        }

        public void Dispose() => Close();
    }
}
