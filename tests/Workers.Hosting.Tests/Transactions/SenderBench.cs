using System.Diagnostics;
using System.Numerics;
using System.Text.Json;
using Contracts.Messages;
using Ethereum;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Testing;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;
using Workers.Hosting.Health;
using Workers.Hosting.Messaging;
using Workers.Hosting.Probe;
using Workers.Hosting.Telemetry;
using Workers.Hosting.Transactions;

namespace Workers.Hosting.Tests.Transactions;

/// <summary>A database, an anvil chain and senders over them whose turns a test takes one by one, by a clock of its own.</summary>
internal sealed class SenderBench : IAsyncDisposable
{
    public const int FinalityDepth = 3;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("sender-");
    private readonly ServiceProvider _services;
    private readonly HookedHandler _handler = new();
    private readonly HttpClient _http;
    private readonly LocalKeySigner _signer = new(Convert.FromHexString(AnvilNode.Accounts[0].PrivateKey[2..]));

    private SenderBench(AnvilNode node, TransactionOptions options)
    {
        (Node, Options, _http) = (node, options, new HttpClient(_handler));
        Rpc = new EthereumRpc(_http, new EthereumRpcOptions { Endpoints = [node.Address] }, TimeProvider.System);
        var file = Path.Combine(_directory.FullName, "probe.db");
        _services = new ServiceCollection()
            .AddSingleton<TimeProvider>(Clock)
            .AddMetrics()
            .AddSingleton(p => new WorkerTelemetry<ProbeDb>(ProbeModule.Name, p.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()))
            .AddDbContext<ProbeDb>(o => o.UseSqlite($"Data Source={file};Default Timeout=30;Pooling=False")
                .ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning, RelationalEventId.ModelSnapshotNotFound)))
            .BuildServiceProvider();
    }

    public AnvilNode Node { get; }

    public TransactionOptions Options { get; }

    public EthereumRpc Rpc { get; }

    public ManualClock Clock { get; } = new();

    public Address Account => _signer.Address;

    public LocalKeySigner Signer => _signer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Runs once, before the next request of this method goes to the node.</summary>
    public void Before(string method, Func<Task> hook) => _handler.Hook = (method, hook);

    public static async Task<SenderBench> StartAsync(bool mining = true, TransactionOptions? options = null)
    {
        var bench = new SenderBench(await AnvilNode.StartAsync(new AnvilOptions(Mining: mining), Cancellation), options ?? new TransactionOptions());
        await bench.ReadAsync(async db =>
        {
            await db.Database.MigrateAsync(Cancellation);
            return await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", Cancellation);
        });
        return bench;
    }

    /// <summary>A sender as a process that has just started has it: it remembers nothing but the database.</summary>
    public TransactionSender<ProbeDb> NewSender()
    {
        var chain = Microsoft.Extensions.Options.Options.Create(new ChainOptions { Endpoints = [Node.Address], Confirmations = 1, FinalityDepth = FinalityDepth });
        return new TransactionSender<ProbeDb>(
            _services.GetRequiredService<IServiceScopeFactory>(),
            new SenderChain(Rpc, chain, new MainAccount(_signer)),
            Microsoft.Extensions.Options.Options.Create(Options),
            _services.GetRequiredService<WorkerTelemetry<ProbeDb>>(),
            new Outages(Clock, NullLogger<Outages>.Instance),
            Clock,
            NullLogger<TransactionSender<ProbeDb>>.Instance);
    }

    public async Task<T> ReadAsync<T>(Func<ProbeDb, Task<T>> use)
    {
        await using var scope = _services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<ProbeDb>());
    }

    public Task QueueAsync(string key, Address to, byte[]? data = null, decimal value = 0, Address? from = null, long leastGas = 0) => ReadAsync(async db =>
    {
        await db.SubmitAsync(key, from ?? Account, to, data ?? [], Cancellation, value, leastGas);
        return await db.SaveChangesAsync(Cancellation);
    });

    /// <summary>Transactions of another account that stand in a block and wait until it is final.</summary>
    public async Task AddMinedAsync(int count, long block)
    {
        var header = await Rpc.GetBlockHeaderAsync((ulong)block, Cancellation);
        await AddAsync(count, i => new TransactionRow
        {
            Key = $"mined/{i}",
            From = AnvilNode.Accounts[3].Address.ToLowerInvariant(),
            To = null,
            Value = 0,
            Data = [],
            CorrelationId = null,
            CreatedAt = Clock.GetUtcNow(),
            State = TransactionState.Mined,
            Nonce = i,
            BlockNumber = block,
            BlockHash = header!.Hash.ToString(),
        });
    }

    /// <summary>Takes them away before their turn to end comes, which no receipt could tell.</summary>
    public Task<int> RemoveMinedAsync() => ReadAsync(db => db.Transactions.Where(t => t.Key.StartsWith("mined/")).ExecuteDeleteAsync(Cancellation));

    /// <summary>Transactions of the sender's account that simulation has refused and will refuse.</summary>
    public Task AddRefusedAsync(int count, Address to, byte[] data) => AddAsync(count, i => new TransactionRow
    {
        Key = $"refused/{i}",
        From = Account.ToString(),
        To = to.ToString(),
        Value = 0,
        Data = data,
        CorrelationId = null,
        CreatedAt = Clock.GetUtcNow(),
        RefusedSince = Clock.GetUtcNow(),
    });

    private Task<int> AddAsync(int count, Func<int, TransactionRow> row) => ReadAsync(async db =>
    {
        db.Transactions.AddRange(Enumerable.Range(0, count).Select(row));
        return await db.SaveChangesAsync(Cancellation);
    });

    public Task<TransactionRow> RowAsync(string key) => ReadAsync(db => db.Transactions.AsNoTracking().SingleAsync(t => t.Key == key, Cancellation));

    public Task<List<TransactionRow>> RowsAsync() => ReadAsync(db => db.Transactions.AsNoTracking().OrderBy(t => t.Id).ToListAsync(Cancellation));

    /// <summary>What was told of a transaction, in order.</summary>
    public async Task<List<TransactionOutcome>> OutcomesAsync(string key)
    {
        var bodies = await ReadAsync(db => db.Outbox.AsNoTracking().OrderBy(o => o.Id)
            .Where(o => o.MessageType == typeof(TransactionOutcome).FullName).Select(o => o.Body).ToListAsync(Cancellation));
        return [.. bodies.Select(b => JsonSerializer.Deserialize<TransactionOutcome>(b, MessageJson.Options)!).Where(o => o.Key == key)];
    }

    public async Task<ulong> SentCountAsync() => await Rpc.GetTransactionCountAsync(Account, BlockTag.Latest, Cancellation);

    /// <summary>Waits until the node has mined what it took: that comes a little after its answer, later on a busy machine.</summary>
    public async Task UntilMinedAsync(ulong transactions)
    {
        var waiting = Stopwatch.StartNew();
        while (await SentCountAsync() is var mined && mined < transactions)
        {
            Assert.True(waiting.Elapsed < TimeSpan.FromSeconds(30), $"{mined} of {transactions} transactions are mined after {waiting.Elapsed}.");
            await Task.Delay(20, Cancellation);
        }
    }

    public Task<BigInteger> BalanceAsync(Address account) => Rpc.GetBalanceAsync(account, BlockTag.Latest, Cancellation);

    /// <summary>Another account's transaction, which the node signs; mined at once where the node mines.</summary>
    /// <returns>The contract that it made, if any.</returns>
    public async Task<Address?> SendFromElsewhereAsync(Address? to, byte[] data)
    {
        var hash = await Node.CallAsync("eth_sendTransaction", new { from = AnvilNode.Accounts[5].Address, to = to?.ToString(), data = Hex.ToString(data), gas = "0x5b8d80" });
        while (true)
        {
            if (await Rpc.GetTransactionReceiptAsync(Hash32.Parse(hash.GetString()!), Cancellation) is { } receipt)
            {
                Assert.True(receipt.Succeeded);
                return receipt.ContractAddress;
            }

            await Task.Delay(20, Cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _http.Dispose();
        _signer.Dispose();
        await Node.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}

/// <summary>Lets something happen at a certain moment of a sender's turn.</summary>
internal sealed class HookedHandler() : DelegatingHandler(EthereumRpc.CreateHandler())
{
    public (string Method, Func<Task> Run)? Hook { get; set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Hook is { } hook && (await request.Content!.ReadAsStringAsync(cancellationToken)).Contains($"\"{hook.Method}\"", StringComparison.Ordinal))
        {
            Hook = null;
            await hook.Run();
        }

        return await base.SendAsync(request, cancellationToken);
    }
}

/// <summary>A clock that stands until it is moved.</summary>
internal sealed class ManualClock : TimeProvider
{
    private DateTimeOffset _now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan by) => _now += by;
}
