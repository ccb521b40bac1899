using System.Text.Json;
using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Testing;
using Workers.Encryption.Datasets.Delivering;
using Workers.Encryption.Datasets.Publishing;
using Workers.Encryption.Market;
using Workers.Hosting.Chain;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Tests.Datasets;

/// <summary>A house in the market of datasets; what its transactions would do on chain, a test does itself.</summary>
internal sealed class DatasetBench : HouseBench
{
    private IOptions<ChainOptions> _chain = null!;

    private DatasetBench(AnvilNode node)
        : base(node)
    {
    }

    public Address Token { get; private set; }

    public Address Market { get; private set; }

    public DatasetOptions Settings { get; } = new();

    public DatasetProgress Progress { get; } = new();

    public DatasetSource Source => new(Encryption, Options.Create(Settings));

    public static async Task<DatasetBench> StartAsync()
    {
        var bench = new DatasetBench(await AnvilNode.StartAsync(new AnvilOptions(), Cancellation));
        bench.Token = (await bench.SendAsync(to: null, new MarketToken.Deployment(bench.Account.Address).Encode()))!.Value;
        bench.Market = (await bench.SendAsync(to: null, new DatasetMarket.Deployment(bench.Token, bench.Token).Encode()))!.Value;
        bench._chain = Options.Create(new ChainOptions
        {
            Endpoints = [bench.Node.Address],
            Contracts = { ["DatasetMarket"] = bench.Market.ToString(), ["MarketToken"] = bench.Token.ToString() },
        });
        await bench.WithDbAsync(db => db.Database.MigrateAsync(Cancellation));
        return bench;
    }

    /// <summary>Describes a dataset, uploads it and mixes it.</summary>
    public async Task<DatasetRow> MixAsync(DatasetDraft draft, byte[] file)
    {
        var id = Guid.NewGuid();
        await WithDbAsync(async db =>
        {
            var publish = Publish(db);
            await publish.DescribeAsync(id, draft, Cancellation);
            await publish.AppendAsync(id, 0, new MemoryStream(file), long.MaxValue, Cancellation);
            await publish.PublishAsync(id, Cancellation);
        });
        await MixAsync(id);
        return await DatasetAsync(id);
    }

    public Task MixAsync(Guid id) => HandleAsync(
        new MixDataset(id),
        db => new MixDatasetHandler(
            db, Vault, Source, new Decoys(db, Content, Vault, Options.Create(Settings), NullLogger<Decoys>.Instance), Progress, Temporary, Options.Create(Settings)));

    public Task UploadAsync(Guid id) =>
        HandleAsync(new UploadDataset(id), db => new UploadDatasetHandler(db, Content, Vault, Source, Progress, Account, _chain, Options.Create(Settings)));

    /// <summary>Publishes a dataset to its end: its token is on chain and final.</summary>
    public async Task<DatasetRow> PublishAsync(DatasetDraft draft, byte[] file)
    {
        var dataset = await MixAsync(draft, file);
        await UploadAsync(dataset.Id);
        await MineAsync(PublishedDatasetHandler.Key(await DatasetAsync(dataset.Id)));
        await OutcomeAsync(PublishedDatasetHandler.Key(await DatasetAsync(dataset.Id)), TransactionState.Final);
        return await DatasetAsync(dataset.Id);
    }

    /// <summary>Sends what was queued under a key.</summary>
    public async Task MineAsync(string key)
    {
        var row = await ReadAsync(db => db.Transactions.AsNoTracking().SingleAsync(t => t.Key == key, Cancellation));
        await SendAsync(Address.Parse(row.To!), row.Data);
    }

    public Task OutcomeAsync(string key, TransactionState state, string? error = null)
    {
        var outcome = new TransactionOutcome(key, state, House, null, null, 0, "0", error);
        return key.StartsWith("delivery/", StringComparison.Ordinal)
            ? HandleAsync(outcome, db => new DeliveredHandler(db))
            : HandleAsync(outcome, db => new PublishedDatasetHandler(db, Source));
    }

    public Task<DatasetRow> DatasetAsync(Guid id) => ReadAsync(db => db.Datasets.AsNoTracking().SingleAsync(d => d.Id == id, Cancellation));

    public PublishDataset Publish(EncryptionDb db) => new(db, Source, Account, TimeProvider.System);

    public DatasetChain Chain(EncryptionDb db) => new(Rpc, _chain, db);

    /// <summary>The owner of a token asks on chain, and the house hears of it.</summary>
    /// <returns>The request's number.</returns>
    public async Task<long> RequestAsync(string tokenId, string owner, byte[] publicKey)
    {
        await SendAsync(Market, new DatasetMarket.RequestDataCall(TokenNumber.Parse(tokenId), publicKey).Encode(), owner);
        var requestId = (long)await Rpc.CallAsync(Market, new DatasetMarket.RequestCountCall(), Cancellation);
        var block = await Node.BlockNumberAsync();
        await AddAsync(new DataRequestRow
        {
            RequestId = requestId,
            TokenId = tokenId,
            Requester = owner,
            PublicKey = publicKey,
            BlockNumber = block,
            BlockHash = await HashAsync(block),
        });
        return requestId;
    }

    /// <summary>Tells the house of the request again, as each news about it or about finality does.</summary>
    public Task NoticeAsync(long requestId) => HandleAsync(new DataRequestChanged(requestId), db => new DataRequestHandler(db, Chain(db), TimeProvider.System));

    /// <summary>
    /// The listener says that the chain is final up to a block, and once that is saved, what was published then is handled.
    /// </summary>
    /// <param name="beforeSaved">Takes place after the house heard of it and before it has saved it.</param>
    public async Task FinaliseAsync(long block, Func<Task> beforeSaved)
    {
        var finalised = new ChainFinalised(31337, (ulong)block, "0x" + new string('f', 64));
        await WithDbAsync(async db =>
        {
            await new FinalityHandler(db, new TradeChain(Rpc, _chain, db)).HandleAsync(finalised, Cancellation);
            await beforeSaved();
            await db.SaveChangesAsync(Cancellation);
        });
        foreach (var advanced in await MessagesAsync<FinalityAdvanced>())
        {
            await HandleAsync(advanced, db => new FinalityAdvancedHandler(db));
        }

        foreach (var changed in await MessagesAsync<DataRequestChanged>())
        {
            await NoticeAsync(changed.RequestId);
        }
    }

    public Task DeliverAsync(long requestId) => HandleAsync(
        new DeliverDataset(requestId), db => new DeliverDatasetHandler(db, Chain(db), Vault, Content, Temporary, Account, Encryption, Options.Create(Settings)));

    public Task<DeliveryRow?> DeliveryAsync(long requestId) => ReadAsync(db => db.Deliveries.AsNoTracking().SingleOrDefaultAsync(d => d.RequestId == requestId, Cancellation));

    private async Task<IEnumerable<T>> MessagesAsync<T>() => (await PublishedAsync<T>()).Select(row => JsonSerializer.Deserialize<T>(row.Body, MessageJson.Options)!);
}
