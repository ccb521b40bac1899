using ContentStore;
using ContentStore.Embedded;
using Ethereum;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Testing;
using Workers.Hosting.Chain;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Data;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Encryption.Tests;

/// <summary>
/// One house's database beside a real chain: a test puts rows in, runs a handler as the host does, with its own unit of work, and looks at what was committed.
/// </summary>
internal abstract class HouseBench : IAsyncDisposable
{
    /// <summary>The house's account.</summary>
    public const string House = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("house-");
    private readonly HttpClient http = new(EthereumRpc.CreateHandler());
    private readonly MasterKey master = MasterKey.Generate();
    private readonly LocalKeySigner signer = new(Convert.FromHexString(AnvilNode.Accounts[0].PrivateKey[2..]));
    private readonly EmbeddedStore store;
    private readonly string database;

    protected HouseBench(AnvilNode node)
    {
        Node = node;
        Rpc = new EthereumRpc(http, new EthereumRpcOptions { Endpoints = [node.Address] }, TimeProvider.System);
        Vault = new KeyVault(master);
        Account = new MainAccount(signer);
        store = new EmbeddedStore(Path.Combine(Folder, "ipfs"));
        Temporary = new TemporaryArea(Path.Combine(Folder, "opening"));
        database = Path.Combine(Folder, "house.db");
    }

    public AnvilNode Node { get; }

    public EthereumRpc Rpc { get; }

    public KeyVault Vault { get; }

    public MainAccount Account { get; }

    public IContentStore Content => store;

    public TemporaryArea Temporary { get; }

    /// <summary>Where the house keeps everything.</summary>
    public string Folder => directory.FullName;

    public IOptions<EncryptionOptions> Encryption => Options.Create(new EncryptionOptions { DataDirectory = Folder });

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Sends from one of the chain's accounts, past the house's sender.</summary>
    /// <returns>The contract that it made, if any.</returns>
    public async Task<Address?> SendAsync(Address? to, byte[] data, string from = House)
    {
        var sent = await Node.CallAsync("eth_sendTransaction", new { from, to = to?.ToString(), data = Hex.ToString(data), gas = "0x5b8d80" });
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

    public Task AddAsync(params object[] rows) => WithDbAsync(async db =>
    {
        db.AddRange(rows);
        await db.SaveChangesAsync(Cancellation);
    });

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

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        signer.Dispose();
        master.Dispose();
        store.Dispose();
        Temporary.Dispose();
        await Node.DisposeAsync();
        directory.Delete(recursive: true);
    }

    private EncryptionDb Open() => TestDb.On(b => b.UseSqlite($"Data Source={database};Pooling=False"));
}
