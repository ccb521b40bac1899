using Ethereum;
using Ethereum.Transactions;
using Workers.Encryption.Datasets.Delivering;
using Workers.Encryption.Sealing;
using Workers.Encryption.Tests.Sealing;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Tests.Datasets;

/// <summary>What goes to a token's owner: the sealed file, the receipt, the link.</summary>
public sealed class DeliveryTests : SealingFixture
{
    private const string Token = "0x00000000000000000000000000000000000000000000000000000000000000ff";
    private static readonly Address Market = Address.Parse("0x5fbdb2315678afecb367f032d93f642f64180aa3");
    private static readonly DataRequestReference Request = new(31337, Market, 7);
    private static readonly byte[] LinkKey = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<DataRequestReference> OtherRequests() => [Request with { ChainId = 1 }, Request with { Contract = Address.Zero }, Request with { RequestId = 8 }];

    [Fact]
    public async Task A_delivery_opens_with_the_key_that_asked()
    {
        using var pair = P256KeyPair.Generate();
        var data = Enumerable.Range(0, 700_000).Select(i => (byte)(i * 7)).ToArray();
        var path = await WriteAsync(pair, data);
        Assert.Equal(data, await OpenAsync(pair, Request, await File.ReadAllBytesAsync(path, Cancellation)));
        using var stranger = P256KeyPair.Generate();
        await Assert.ThrowsAsync<HpkeException>(async () => await OpenAsync(stranger, Request, await File.ReadAllBytesAsync(path, Cancellation)));
    }

    [Theory]
    [MemberData(nameof(OtherRequests))]
    public async Task A_delivery_opens_for_its_own_request_only(DataRequestReference other)
    {
        using var pair = P256KeyPair.Generate();
        var bytes = await File.ReadAllBytesAsync(await WriteAsync(pair, [1, 2, 3]), Cancellation);
        await Assert.ThrowsAsync<HpkeException>(() => OpenAsync(pair, other, bytes));

        // Nor does its blob under another request's header.
        await using var second = File.Create(Path.Combine(Folder, "second"));
        var header = Hpke.Seal(pair.PublicKey, other.Info(), [], Hpke.Open(pair, Request.Info(), [], bytes.AsSpan(16, 113)).Reveal());
        byte[] moved = [.. bytes[..16], .. header, .. bytes[129..]];
        Assert.Equal(SealedBlobError.WrongContext, (await Assert.ThrowsAsync<SealedBlobException>(() => OpenAsync(pair, other, moved))).Error);
    }

    [Fact]
    public async Task A_damaged_or_cut_delivery_does_not_open()
    {
        using var pair = P256KeyPair.Generate();
        var bytes = await File.ReadAllBytesAsync(await WriteAsync(pair, new byte[1_000]), Cancellation);
        foreach (var at in new[] { 0, 8, 15 })
        {
            byte[] damaged = [.. bytes];
            damaged[at] ^= 1;
            Assert.Equal(SealedBlobError.NotASealedBlob, (await Assert.ThrowsAsync<SealedBlobException>(() => OpenAsync(pair, Request, damaged))).Error);
        }

        Assert.Equal(SealedBlobError.NotASealedBlob, (await Assert.ThrowsAsync<SealedBlobException>(() => OpenAsync(pair, Request, bytes[..128]))).Error);
        await Assert.ThrowsAsync<SealedBlobException>(() => OpenAsync(pair, Request, bytes[..^1]));
        bytes[^1] ^= 1;
        await Assert.ThrowsAsync<SealedBlobException>(() => OpenAsync(pair, Request, bytes));
    }

    [Fact]
    public async Task A_receipt_bears_its_publishers_signature_over_every_field()
    {
        using var signer = new LocalKeySigner(LinkKey);
        var receipt = await new DeliveryReceipt(31337, Market.ToString(), 7, Token, Address.Zero.ToString(), 12, "0x" + new string('1', 64), "0x04", "0x01").SignAsync(signer, Cancellation);
        Assert.Equal(signer.Address, receipt.Signer());
        foreach (var other in new[]
        {
            receipt with { ChainId = 1 }, receipt with { Contract = Address.Zero.ToString() }, receipt with { RequestId = 8 }, receipt with { TokenId = "0x" + new string('0', 64) },
            receipt with { Owner = Market.ToString() }, receipt with { BlockNumber = 13 }, receipt with { BlockHash = "0x" + new string('2', 64) },
            receipt with { PublicKey = "0x05" }, receipt with { Cid = "0x02" },
        })
        {
            Assert.NotEqual(signer.Address, other.Signer());
        }
    }

    [Fact]
    public void A_link_is_good_for_its_delivery_until_it_expires()
    {
        var link = DownloadLink.Make(7, Now.AddMinutes(15), LinkKey);
        var expires = link.Expires.ToUnixTimeSeconds();
        Assert.Equal($"/deliveries/7?expires={expires}&signature={link.Signature}", link.Path);
        Assert.True(DownloadLink.IsGood(7, expires, link.Signature, Now, LinkKey));
        Assert.True(DownloadLink.IsGood(7, expires, link.Signature, link.Expires.AddSeconds(-1), LinkKey));
        Assert.False(DownloadLink.IsGood(7, expires, link.Signature, link.Expires, LinkKey));
        Assert.False(DownloadLink.IsGood(8, expires, link.Signature, Now, LinkKey));
        Assert.False(DownloadLink.IsGood(7, expires + 1, link.Signature, Now, LinkKey));
        Assert.False(DownloadLink.IsGood(7, expires, link.Signature, Now, [.. LinkKey.Reverse()]));
        foreach (var forged in new[] { "", "!", "AAAA", new string('A', 43), new string('A', 2_000), link.Signature[..^1] })
        {
            Assert.False(DownloadLink.IsGood(7, expires, forged, Now, LinkKey), forged);
        }
    }

    [Fact]
    public void The_data_goes_to_the_owner_at_the_final_block_or_to_nobody()
    {
        var owner = Address.Parse("0x0b8d4eebb6e7ba104155025d61c90e4a41f7298b");
        var request = new DataRequestRow { RequestId = 7, TokenId = Token, Requester = owner.ToString() };
        Assert.Null(DeliveryPolicy.Objection(request, new FinalOwner(owner, 12, default)));
        Assert.Contains("12", DeliveryPolicy.Objection(request, new FinalOwner(Market, 12, default)), StringComparison.Ordinal);
        Assert.NotNull(DeliveryPolicy.Objection(request, new FinalOwner(Address.Zero, 12, default)));
        Assert.True(DeliveryPolicy.IsDue(request, isFinal: true));
        Assert.False(DeliveryPolicy.IsDue(request, isFinal: false));
        request.Cid = [1];
        Assert.False(DeliveryPolicy.IsDue(request, isFinal: true));
        Assert.False(DeliveryPolicy.IsDue(new DataRequestRow { RequestId = 7 }, isFinal: true));
    }

    [Fact]
    public void A_request_is_what_its_facts_add_up_to_whatever_vanished()
    {
        var row = new DataRequestRow { RequestId = 7 };
        var asked = (Fact(3, "0x03"), (DataRequestFact)new DataRequestFact.Requested(Token, "0x01", [4]));
        var answered = (Fact(9, "0x09"), (DataRequestFact)new DataRequestFact.Delivered([1], "0x02"));
        row.Fold([asked, answered]);
        Assert.Equal((Token, "0x01", 3L, "0x03", "0x02"), (row.TokenId, row.Requester, row.BlockNumber, row.BlockHash, row.Receipt));
        Assert.Equal([1], row.Cid);
        row.Fold([asked]);
        Assert.Null(row.Cid);
        row.Fold([]);
        Assert.Equal(("", "", 0L), (row.TokenId, row.Requester, row.BlockNumber));

        static DataRequestFactRow Fact(long block, string hash) => new() { RequestId = 7, BlockNumber = block, BlockHash = hash, LogIndex = 0, Fact = "" };
    }

    private async Task<string> WriteAsync(P256KeyPair pair, byte[] data)
    {
        var path = Path.Combine(Folder, "delivery");
        await DeliveryFile.WriteAsync(path, pair.PublicKey.ToArray(), Request, plain => plain.WriteAsync(data, Cancellation).AsTask(), Cancellation);
        return path;
    }

    private static async Task<byte[]> OpenAsync(P256KeyPair pair, DataRequestReference request, byte[] bytes)
    {
        using var plain = new MemoryStream();
        await DeliveryFile.OpenAsync(pair, request, new MemoryStream(bytes), plain, Cancellation);
        return plain.ToArray();
    }
}
