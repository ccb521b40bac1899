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

/// <summary>A house in the market of personal data: buyer, owner and arbiter as the rows say.</summary>
internal sealed class TradingBench : HouseBench
{
    public const long TradeId = 17;
    public const string Buyer = House;
    public const string Stranger = "0x00000000000000000000000000000000000000b1";

    private IOptions<ChainOptions> chainOptions = null!;

    private TradingBench(AnvilNode node)
        : base(node)
    {
    }

    public BuyingOptions Buying { get; } = new();

    public SellingOptions Selling { get; } = new();

    public Address Trades { get; private set; }

    public Address Token { get; private set; }

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
    public async Task<string> StoreAsync(byte[] blob) => (await Content.PutAsync(new MemoryStream(blob), Cancellation)).Root.ToString();

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
        db => new DeliverPurchaseHandler(db, Chain(db), Vault, Reader, Encryption, Options.Create(Buying)));

    public TradeReference Reference => new(31337, Trades, TradeId);

    /// <summary>Files of blobs that are being opened.</summary>
    public IEnumerable<string> Opening => Directory.EnumerateFiles(Path.Combine(Folder, "opening"), "*.eml", SearchOption.AllDirectories);

    public SealedBlobReader Reader => new(Content, Temporary, Options.Create(Buying));

    private TradeChain Chain(EncryptionDb db) => new(Rpc, chainOptions, db);
}
