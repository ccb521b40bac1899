using ContentStore;
using ContentStore.Embedded;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Testing;
using Workers.Encryption.Arbitration;
using Workers.Encryption.Buying;
using Workers.Encryption.Market;
using Workers.Encryption.Pseudonyms;
using Workers.Encryption.Sealing;
using Workers.Encryption.Selling;
using Workers.Hosting.Chain;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Data;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Encryption.Tests.Trading;

/// <summary>
/// One house's database beside a real chain with the market's contracts: a test puts rows in, runs a handler as the host does,
/// with its own unit of work, and looks at what was committed. The house is buyer, owner and arbiter as the rows say.
/// </summary>
internal sealed class TradingBench : IAsyncDisposable
{
    public const long TradeId = 17;
    public const string Buyer = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
    public const string Stranger = "0x00000000000000000000000000000000000000b1";

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("trading-");
    private readonly HttpClient http = new(EthereumRpc.CreateHandler());
    private readonly MasterKey master = MasterKey.Generate();
    private readonly LocalKeySigner signer = new(Convert.FromHexString(AnvilNode.Accounts[0].PrivateKey[2..]));
    private readonly EmbeddedStore store;
    private readonly TemporaryArea opening;
    private readonly string database;
    private IOptions<ChainOptions> chainOptions = null!;

    private TradingBench(AnvilNode node)
    {
        Node = node;
        Rpc = new EthereumRpc(http, new EthereumRpcOptions { Endpoints = [node.Address] }, TimeProvider.System);
        Vault = new KeyVault(master);
        Account = new MainAccount(signer);
        store = new EmbeddedStore(Path.Combine(directory.FullName, "ipfs"));
        opening = new TemporaryArea(Path.Combine(directory.FullName, "opening"));
        database = Path.Combine(directory.FullName, "house.db");
    }

    public AnvilNode Node { get; }

    public EthereumRpc Rpc { get; }

    public KeyVault Vault { get; }

    public MainAccount Account { get; }

    public BuyingOptions Buying { get; } = new();

    public SellingOptions Selling { get; } = new();

    public Address Trades { get; private set; }

    public Address Token { get; private set; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<TradingBench> StartAsync()
    {
        var bench = new TradingBench(await AnvilNode.StartAsync(new AnvilOptions(), Cancellation));
        bench.Token = (await bench.SendAsync(to: null, new MarketToken.Deployment(bench.Account.Address).Encode()))!.Value;
        bench.Trades = (await bench.SendAsync(to: null, new DataTrades.Deployment(bench.Token).Encode()))!.Value;
        await bench.SendAsync(bench.Token, new MarketToken.MintCall(bench.Account.Address, 1_000).Encode());
        await bench.Node.MineAsync(10);
        bench.chainOptions = Options.Create(new ChainOptions
        {
            Endpoints = [bench.Node.Address],
            Contracts = { ["DataTrades"] = bench.Trades.ToString(), ["MarketToken"] = bench.Token.ToString() },
        });
        await bench.WithDbAsync(db => db.Database.MigrateAsync(Cancellation));
        return bench;
    }

    /// <summary>Sends from the house's account, past its sender.</summary>
    /// <returns>The contract that it made, if any.</returns>
    public async Task<Address?> SendAsync(Address? to, byte[] data)
    {
        var sent = await Node.CallAsync("eth_sendTransaction", new { from = Buyer, to = to?.ToString(), data = Hex.ToString(data), gas = "0x5b8d80" });
        while (true)
        {
            if (await Rpc.GetTransactionReceiptAsync(Hash32.Parse(sent.GetString()!), Cancellation) is { } receipt)
            {
                Assert.True(receipt.Succeeded);
                return receipt.ContractAddress;
            }

            await Task.Delay(20, Cancellation);
        }
    }

    public async Task<string> HashAsync(long block) => (await Rpc.GetBlockHeaderAsync((ulong)block, Cancellation))!.Hash.ToString();

    public async Task<DateTimeOffset> TimeAsync() =>
        DateTimeOffset.FromUnixTimeSeconds((long)(await Rpc.GetBlockHeaderAsync(BlockTag.Latest, Cancellation))!.Timestamp);

    /// <summary>As the listener's watermark has it.</summary>
    public async Task FinaliseAsync(long block)
    {
        var hash = await HashAsync(block);
        await WithDbAsync(async db =>
        {
            await db.Finality.ExecuteDeleteAsync(Cancellation);
            db.Finality.Add(new FinalityRow { ChainId = 31337, BlockNumber = block, BlockHash = hash });
            await db.SaveChangesAsync(Cancellation);
        });
    }

    /// <summary>A trade whose last fact stands in a block of the chain; its deadlines are an hour away.</summary>
    public async Task AddTradeAsync(TradeStatus status, long block, Action<TradeRow>? change = null)
    {
        var (hash, by) = (await HashAsync(block), await TimeAsync() + TimeSpan.FromHours(1));
        await WithDbAsync(async db =>
        {
            var trade = new TradeRow
            {
                TradeId = TradeId,
                Status = status,
                Buyer = Buyer,
                Owner = Stranger,
                SealId = "0x05",
                Price = 100,
                AnswerBy = by,
                ConfirmBy = by,
                RulingBy = by,
                BlockNumber = block,
                BlockHash = hash,
            };
            change?.Invoke(trade);
            db.Trades.Add(trade);
            await db.SaveChangesAsync(Cancellation);
        });
    }

    public Task ChangeTradeAsync(Action<TradeRow> change) => WithDbAsync(async db =>
    {
        change((await db.Trades.FindAsync([TradeId], Cancellation))!);
        await db.SaveChangesAsync(Cancellation);
    });

    /// <summary>A purchase, with the key pair that the trade has too.</summary>
    public async Task<PurchaseRow> AddPurchaseAsync(PurchaseState state, string sealId = "0x05", DateTimeOffset orderedAt = default)
    {
        using var pair = P256KeyPair.Generate();
        using var key = pair.ExportPrivateKey();
        var id = Guid.NewGuid();
        var purchase = new PurchaseRow
        {
            Id = id,
            ApplicationId = Keccak256.Hash("application").ToString(),
            Owner = Stranger,
            Tag = SealIdentity.Tag("mail").ToString(),
            TagName = "mail",
            Period = 0,
            SealId = sealId,
            Price = 100,
            PublicKey = pair.PublicKey.ToArray(),
            WrappedPrivateKey = Vault.Wrap(key, PurchaseKey.Purpose(id)),
            OrderedAt = orderedAt == default ? TimeProvider.System.GetUtcNow() : orderedAt,
            State = state,
            TradeId = state == PurchaseState.Ordered ? null : TradeId,
        };
        await AddAsync(purchase);
        return purchase;
    }

    public Task AddAsync(params object[] rows) => WithDbAsync(async db =>
    {
        db.AddRange(rows);
        await db.SaveChangesAsync(Cancellation);
    });

    /// <summary>The owner's pseudonym, a period under it, and the trade's buyer with a good key.</summary>
    public async Task<PeriodRow> AddPeriodAsync()
    {
        using var key = Secret.Random(TradeAnswer.KeyLength);
        var period = new PeriodRow
        {
            Id = Guid.NewGuid(),
            SpaceId = Guid.NewGuid(),
            ApplicationId = "0x01",
            Pseudonym = Stranger,
            Tag = "mail",
            Number = 0,
            SealId = "0x05",
            WrappedKey = Vault.Wrap(key, PeriodKey.Purpose("0x05")),
            From = DateTimeOffset.UnixEpoch,
            State = PeriodState.Recorded,
            Cid = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
        };
        await AddAsync(period, new PseudonymRow { Address = Stranger, ApplicationId = "0x01", WrappedPrivateKey = [], EnabledAt = DateTimeOffset.UnixEpoch });
        return period;
    }

    /// <summary>A listed record of a seal in a block; null: in one that the chain does not have.</summary>
    public async Task AddSealAsync(long? block, string sealId = "0x05", Action<Dictionary<string, string>>? change = null)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["commitment"] = Keccak256.Hash("commitment").ToString(),
            ["hash"] = Keccak256.Hash("hash").ToString(),
            ["cid"] = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
        };
        change?.Invoke(values);
        await AddAsync(new ListedSealRow
        {
            SealId = sealId,
            ApplicationId = Keccak256.Hash("application").ToString(),
            Owner = Stranger,
            Tag = SealIdentity.Tag("mail").ToString(),
            Period = 0,
            KeyCommitment = values["commitment"],
            ContentHash = values["hash"],
            Cid = values["cid"],
            SealedAt = DateTimeOffset.UnixEpoch,
            BlockNumber = block ?? 3,
            BlockHash = block is { } b ? await HashAsync(b) : "0x" + new string('e', 64),
        });
    }

    /// <summary>Puts a blob into the house's content store.</summary>
    /// <returns>Its CID.</returns>
    public async Task<string> StoreAsync(byte[] blob) => (await store.PutAsync(new MemoryStream(blob), Cancellation)).Root.ToString();

    public Task SellAsync() => HandleAsync(new TradeChanged(TradeId), db => new SellHandler(db, Chain(db), Vault, Options.Create(Selling), TimeProvider.System));

    public Task BuyAsync() => HandleAsync(new TradeChanged(TradeId), db => new BuyHandler(db, Chain(db), Vault, Account));

    public Task ArbitrateAsync() => HandleAsync(new TradeChanged(TradeId), db => new ArbitrateHandler(db, Chain(db), Account));

    public async Task JudgeAsync()
    {
        var hash = (await ReadAsync(db => db.Rulings.AsNoTracking().SingleAsync(Cancellation))).DisputeBlockHash;
        await HandleAsync(
            new JudgeDispute(TradeId, hash),
            db => new JudgeDisputeHandler(db, Chain(db), new EvidenceInspector(Chain(db), Reader), Account, Options.Create(Buying), TimeProvider.System));
    }

    public Task RequestAsync(Guid purchase) => HandleAsync(new PurchaseOrdered(purchase), db => new PurchaseOrderedHandler(db, Chain(db), Account));

    public Task DeliverAsync(Guid purchase) => HandleAsync(
        new DeliverPurchase(purchase),
        db => new DeliverPurchaseHandler(db, Chain(db), Vault, Reader, Options.Create(Encryption), Options.Create(Buying)));

    public async Task HandleAsync<T>(T message, Func<EncryptionDb, IHandler<T>> handler)
        where T : class
    {
        await using var db = Open();
        await handler(db).HandleAsync(message, Cancellation);
        await db.SaveChangesAsync(Cancellation);
    }

    public async Task<T> ReadAsync<T>(Func<EncryptionDb, Task<T>> read)
    {
        await using var db = Open();
        return await read(db);
    }

    public Task WithDbAsync(Func<EncryptionDb, Task> use) => ReadAsync(async db =>
    {
        await use(db);
        return 0;
    });

    /// <summary>Keys of everything that was queued for the chain.</summary>
    public Task<List<string>> QueuedAsync() => ReadAsync(db => db.Transactions.OrderBy(t => t.Id).Select(t => t.Key).ToListAsync(Cancellation));

    /// <summary>Messages of a type that were published.</summary>
    public Task<List<OutboxRow>> PublishedAsync<T>() =>
        ReadAsync(db => db.Outbox.AsNoTracking().Where(r => r.MessageType == typeof(T).FullName).OrderBy(r => r.Id).ToListAsync(Cancellation));

    public TradeReference Reference => new(31337, Trades, TradeId);

    private EncryptionOptions Encryption => new() { DataDirectory = directory.FullName };

    /// <summary>Files of blobs that are being opened.</summary>
    public IEnumerable<string> Opening => Directory.EnumerateFiles(Path.Combine(directory.FullName, "opening"), "*.eml", SearchOption.AllDirectories);

    public SealedBlobReader Reader => new(store, opening, Options.Create(Buying));

    private TradeChain Chain(EncryptionDb db) => new(Rpc, chainOptions, db);

    private EncryptionDb Open() => TestDb.On(b => b.UseSqlite($"Data Source={database};Pooling=False"));

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        signer.Dispose();
        master.Dispose();
        store.Dispose();
        opening.Dispose();
        await Node.DisposeAsync();
        directory.Delete(recursive: true);
    }
}
