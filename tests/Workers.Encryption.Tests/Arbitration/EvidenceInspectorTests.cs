using ContentStore;
using ContentStore.Embedded;
using Ethereum;
using Ethereum.Rpc;
using Microsoft.Extensions.Options;
using Workers.Encryption.Arbitration;
using Workers.Encryption.Buying;
using Workers.Encryption.Market;
using Workers.Encryption.Sealing;
using Workers.Encryption.Tests.Sealing;
using Workers.Hosting.Chain;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Tests.Arbitration;

/// <summary>Each finding from a real dispute: real keys, a real sealed blob, the real embedded store.</summary>
public sealed class EvidenceInspectorTests(ChainFixture chain) : SealingFixture, IClassFixture<ChainFixture>
{
    private const long TradeId = 17;
    private static readonly ChainOptions Chain = new()
    {
        Contracts = { ["DataTrades"] = "0x00000000000000000000000000000000000000cc" },
    };

    private static readonly TradeReference Reference = new((ulong)Chain.ChainId, Chain.Contract("DataTrades"), TradeId);

    private string StoreFolder => Path.Combine(Folder, "ipfs");

    private string OpeningFolder => Path.Combine(Folder, "opening");

    [Fact]
    public async Task A_good_answer_to_a_good_blob_is_found_good_with_and_without_the_key()
    {
        using var pair = P256KeyPair.Generate();
        var seal = await SealAsync();
        Assert.Equal(Finding.AnswerIsGood, await InspectAsync(seal, pair, TradeAnswer.Seal(pair.PublicKey, Key, Reference), Evidence(pair)));
        Assert.Equal(Finding.AnswerIsGood, await InspectAsync(seal, pair, TradeAnswer.Seal(pair.PublicKey, Key, Reference), []));
    }

    [Fact]
    public async Task A_key_that_is_not_the_trades_proves_nothing_even_of_a_bad_answer()
    {
        using var pair = P256KeyPair.Generate();
        using var another = P256KeyPair.Generate();
        var answer = new byte[TradeAnswer.Length];
        var seal = await SealAsync();
        Assert.Equal(Finding.EvidenceIsNotTheTradesKey, await InspectAsync(seal, pair, answer, Evidence(another)));
        Assert.Equal(Finding.EvidenceIsNotTheTradesKey, await InspectAsync(seal, pair, answer, new byte[P256KeyPair.PrivateKeyLength]));
        Assert.Equal(Finding.EvidenceIsNotTheTradesKey, await InspectAsync(seal, pair, answer, [.. Enumerable.Repeat((byte)0xff, P256KeyPair.PrivateKeyLength)]));
    }

    [Fact]
    public async Task An_answer_sealed_for_another_trade_or_another_buyer_or_changed_does_not_open()
    {
        using var pair = P256KeyPair.Generate();
        using var another = P256KeyPair.Generate();
        var seal = await SealAsync();
        byte[] good = TradeAnswer.Seal(pair.PublicKey, Key, Reference);
        byte[] changed = [.. good];
        changed[^1] ^= 1;
        byte[][] bad =
        [
            TradeAnswer.Seal(pair.PublicKey, Key, Reference with { TradeId = TradeId + 1 }),
            TradeAnswer.Seal(another.PublicKey, Key, Reference),
            changed,
            good[..^1],
            [],
        ];
        foreach (var answer in bad)
        {
            Assert.Equal(Finding.AnswerDoesNotOpen, await InspectAsync(seal, pair, answer, Evidence(pair)));
        }
    }

    [Fact]
    public async Task An_answer_with_another_key_than_the_committed_one_is_found_out()
    {
        using var pair = P256KeyPair.Generate();
        using var wrong = Secret.Random(TradeAnswer.KeyLength);
        Assert.Equal(
            Finding.KeyIsNotTheCommittedOne, await InspectAsync(await SealAsync(), pair, TradeAnswer.Seal(pair.PublicKey, wrong, Reference), Evidence(pair)));
    }

    [Fact]
    public async Task A_blob_that_is_not_in_the_store_or_is_damaged_there_is_missing()
    {
        using var pair = P256KeyPair.Generate();
        var answer = TradeAnswer.Seal(pair.PublicKey, Key, Reference);
        var seal = await SealAsync();
        var stored = Directory.EnumerateFiles(StoreFolder, seal.Cid, SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(stored, Cancellation);
        bytes[bytes.Length / 2] ^= 1;
        File.Delete(stored);
        Assert.Equal(Finding.BlobIsMissing, await InspectAsync(seal, pair, answer, Evidence(pair)));
        Assert.Equal(Finding.BlobIsMissing, await InspectAsync(seal, pair, answer, []));
        await File.WriteAllBytesAsync(stored, bytes, Cancellation);
        Assert.Equal(Finding.BlobIsMissing, await InspectAsync(seal, pair, answer, Evidence(pair)));
        Assert.Equal(Finding.BlobIsMissing, await InspectAsync(seal, pair, answer, []));
    }

    [Fact]
    public async Task A_blob_that_its_owner_uploaded_damaged_does_not_open()
    {
        using var pair = P256KeyPair.Generate();
        var answer = TradeAnswer.Seal(pair.PublicKey, Key, Reference);
        Assert.Equal(Finding.BlobDoesNotOpen, await InspectAsync(await SealAsync(blob => blob[^1] ^= 1), pair, answer, Evidence(pair)));
        Assert.Equal(Finding.BlobDoesNotOpen, await InspectAsync(await SealAsync(blob => blob[^1] ^= 1), pair, answer, []));
    }

    [Fact]
    public async Task A_good_blob_of_another_hash_than_the_recorded_one_does_not_count()
    {
        using var pair = P256KeyPair.Generate();
        var answer = TradeAnswer.Seal(pair.PublicKey, Key, Reference);
        var seal = await SealAsync(contentHash: Keccak256.Hash("something else"));
        Assert.Equal(Finding.BlobDoesNotOpen, await InspectAsync(seal, pair, answer, Evidence(pair)));
        Assert.Equal(Finding.BlobDoesNotOpen, await InspectAsync(seal, pair, answer, []));
    }

    /// <summary>A blob that is larger than this arbiter fetches, and one that opens to more than it writes.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(99_999)]
    public async Task A_blob_beyond_the_arbiters_own_limit_is_not_held_against_its_owner(int maxBytes)
    {
        using var pair = P256KeyPair.Generate();
        Put("zeros", new byte[100_000]);
        var seal = await SealAsync();
        Assert.Equal(
            Finding.BlobIsTooLarge,
            await InspectAsync(seal, pair, TradeAnswer.Seal(pair.PublicKey, Key, Reference), Evidence(pair), new BuyingOptions { MaxBytes = maxBytes }));
        if (maxBytes == 0)
        {
            Assert.Equal(Finding.BlobIsTooLarge, await InspectAsync(seal, pair, TradeAnswer.Seal(pair.PublicKey, Key, Reference), [], new BuyingOptions { MaxBytes = maxBytes }));
        }
    }

    [Fact]
    public async Task A_seal_whose_record_the_chain_no_longer_has_is_judged_by_nobody()
    {
        using var pair = P256KeyPair.Generate();
        var seal = await SealAsync(blockHash: "0x" + new string('e', 64));
        await Assert.ThrowsAsync<TooEarlyException>(() => InspectAsync(seal, pair, TradeAnswer.Seal(pair.PublicKey, Key, Reference), Evidence(pair)));
    }

    [Fact]
    public async Task A_dispute_that_is_known_before_its_seal_or_its_answer_waits()
    {
        using var pair = P256KeyPair.Generate();
        var answer = TradeAnswer.Seal(pair.PublicKey, Key, Reference);
        await Assert.ThrowsAsync<TooEarlyException>(() => InspectAsync(seal: null, pair, answer, Evidence(pair)));
        var seal = await SealAsync();
        await Assert.ThrowsAsync<TooEarlyException>(() => InspectAsync(seal, pair, answer: null, Evidence(pair)));
    }

    private static byte[] Evidence(P256KeyPair pair)
    {
        using var key = pair.ExportPrivateKey();
        return key.Reveal().ToArray();
    }

    /// <summary>Seals a file, changes the blob as an owner could, stores it and lists it.</summary>
    private async Task<ListedSealRow> SealAsync(Action<byte[]>? change = null, Hash32? contentHash = null, string? blockHash = null)
    {
        Put("letter", "dear buyer"u8.ToArray());
        var blob = await Sealer.SealAsync(Space, List(), Context, Key, Blob, progress: null, Cancellation);
        var bytes = await File.ReadAllBytesAsync(Blob, Cancellation);
        change?.Invoke(bytes);
        using var store = new EmbeddedStore(StoreFolder);
        var dag = await store.PutAsync(new MemoryStream(bytes), Cancellation);
        return Listed(contentHash ?? blob!.ContentHash, dag.Root.ToString(), block: 1, blockHash ?? chain.FirstBlock);
    }

    private async Task<Finding> InspectAsync(ListedSealRow? seal, P256KeyPair pair, byte[]? answer, byte[] evidence, BuyingOptions? buying = null)
    {
        await using var db = await TestDb.MigratedAsync(Folder);
        if (seal is not null)
        {
            db.ListedSeals.Add(seal);
            db.Finality.Add(new FinalityRow { ChainId = Chain.ChainId, BlockNumber = 1, BlockHash = chain.FirstBlock });
            await db.SaveChangesAsync(Cancellation);
        }

        using var store = new EmbeddedStore(StoreFolder);
        using var opening = new TemporaryArea(OpeningFolder);
        var reader = new SealedBlobReader(store, opening, Options.Create(buying ?? new BuyingOptions()));
        var inspector = new EvidenceInspector(new TradeChain(chain.Rpc, Options.Create(Chain), db), reader);
        var trade = new TradeRow
        {
            TradeId = TradeId,
            Status = TradeStatus.Disputed,
            SealId = Context.SealId.ToString(),
            PublicKey = pair.PublicKey.ToArray(),
            EncryptedKey = answer,
            Evidence = evidence,
        };
        var finding = await inspector.InspectAsync(trade, Cancellation);
        Assert.Empty(Directory.EnumerateFiles(OpeningFolder, "letter", SearchOption.AllDirectories));
        return finding;
    }
}
