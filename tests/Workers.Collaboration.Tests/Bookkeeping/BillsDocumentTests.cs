using System.Security.Cryptography;
using ContentStore;
using ContentStore.Embedded;
using Ethereum;
using Ethereum.Contracts;
using Workers.Collaboration.Tests.Zones;
using Workers.Hosting.Members;

namespace Workers.Collaboration.Tests.Bookkeeping;

/// <summary>A batch's document, and what is none.</summary>
public sealed class BillsDocumentTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bills-");
    private readonly EmbeddedStore _content;

    public BillsDocumentTests() => _content = new EmbeddedStore(_directory.FullName);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _content.Dispose();
        _directory.Delete(recursive: true);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(BillsDocument.PerBlock)]
    [InlineData(BillsDocument.PerBlock + 1)]
    [InlineData((2 * BillsDocument.PerBlock) + 3)]
    public async Task A_document_is_read_as_it_was_put_and_its_tree_is_the_contracts(int count)
    {
        var document = BillsDocument.Of(Signed.Market, Bills(count));
        var batch = await document.PutAsync(_content, Cancellation);
        var read = await BillsDocument.FetchAsync(_content, Signed.Market, batch, Cancellation);
        Assert.Equal(((uint)count, document.Root, BillTree.Root(document.Leaves)), (batch.Bills, batch.Root, read.Root));
        Assert.Equal(document.Leaves, read.Leaves);
        Assert.Equal(document.Bills.Select(MemberJson.Write), read.Bills.Select(MemberJson.Write));
        foreach (var i in new[] { 0, count / 2, count - 1 })
        {
            Assert.Equal(BillTree.Proof(document.Leaves, i).Siblings, read.Proof(i).Siblings);
        }

        // The content's hash is that of the bills themselves, or of the list of the parts' hashes.
        var top = await _content.ReadAllAsync(new Cid(CidCodec.Raw, batch.Content.ToArray()), 1 << 20, Cancellation);
        Assert.Equal(count <= BillsDocument.PerBlock ? count * 177 : (count + BillsDocument.PerBlock - 1) / BillsDocument.PerBlock * 32, top!.Length);
    }

    [Fact]
    public async Task What_lies_under_a_hash_and_is_not_the_batch_is_refused()
    {
        var bills = Bills(3);
        var document = BillsDocument.Of(Signed.Market, bills);
        var batch = await document.PutAsync(_content, Cancellation);
        await RefusesAsync("do not have the batch's root", batch with { Root = Hash32.Zero });
        await RefusesAsync("has not the 354 bytes", batch with { Bills = 2 });
        await RefusesAsync("has not the 708 bytes", batch with { Bills = 4 });
        await RefusesAsync("bills, not 0", batch with { Bills = 0 });
        await RefusesAsync($"1 to {BillsDocument.MaxBills} bills", batch with { Bills = BillsDocument.MaxBills + 1 });
        await RefusesAsync("has not the 64 bytes", batch with { Bills = BillsDocument.PerBlock + 1 });
        await Assert.ThrowsAsync<ContentNotFoundException>(() => BillsDocument.FetchAsync(_content, Signed.Market, batch with { Content = Signed.Hash("nothing") }, Cancellation));

        // One bit of a bill or of a signature.
        var bytes = (await _content.ReadAllAsync(new Cid(CidCodec.Raw, batch.Content.ToArray()), 1 << 20, Cancellation))!;
        foreach (var at in new[] { 0, 79, 177 + 112, (3 * 177) - 1 })
        {
            var other = (byte[])bytes.Clone();
            other[at] ^= 1;
            await RefusesAsync("do not have the batch's root", batch with { Content = await PutAsync(other) });
        }

        async Task RefusesAsync(string reason, Conduct.Batch refused) => Assert.Contains(
            reason, (await Assert.ThrowsAsync<FormatException>(() => BillsDocument.FetchAsync(_content, Signed.Market, refused, Cancellation))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bills_out_of_order_or_twice_are_refused_and_seen_by_whoever_looks_for_faults()
    {
        var document = BillsDocument.Of(Signed.Market, Bills(4));
        var batch = await document.PutAsync(_content, Cancellation);
        var bytes = (await _content.ReadAllAsync(new Cid(CidCodec.Raw, batch.Content.ToArray()), 1 << 20, Cancellation))!;
        int[][] orders = [[0, 1, 3, 2], [0, 1, 1, 2], [3, 2, 1, 0]];
        int[] faults = [3, 2, 1];
        foreach (var (order, fault) in orders.Zip(faults))
        {
            var posted = new Conduct.Batch(
                OrderedTree.Root([.. order.Select(i => OrderedTree.Leaf(OrderedTree.Join(document.Leaves[i].Bill, document.Leaves[i].SignatureHash)))]),
                4,
                await PutAsync([.. order.SelectMany(i => bytes[(i * 177)..((i + 1) * 177)])]));
            Assert.Contains($"Bill {fault} does not come after", (await Assert.ThrowsAsync<FormatException>(() => BillsDocument.FetchAsync(_content, Signed.Market, posted, Cancellation))).Message, StringComparison.Ordinal);
            Assert.Equal(fault, (await BillsDocument.FetchAsPostedAsync(_content, Signed.Market, posted, Cancellation)).Disorder);
        }

        Assert.Null((await BillsDocument.FetchAsPostedAsync(_content, Signed.Market, batch, Cancellation)).Disorder);
    }

    [Fact]
    public void What_is_no_list_of_bills_makes_no_document()
    {
        var bills = Bills(2);
        Assert.Throws<FormatException>(() => BillsDocument.Of(Signed.Market, []));
        Assert.Throws<FormatException>(() => BillsDocument.Of(Signed.Market, [.. bills, bills[0]]));
        Assert.Throws<FormatException>(() => BillsDocument.Of(Signed.Market, [bills[0], bills[1] with { Signature = new byte[64] }]));
    }

    private static List<SignedBill> Bills(int count) => [.. Enumerable.Range(0, count).Select(i => new SignedBill(
        new Conduct.Bill(Address.Parse($"0x{i + 1:x40}"), Address.Parse($"0x{i + 2:x40}"), Signed.Hash($"answer {i}"), ulong.MaxValue - (ulong)i, Signed.Hash($"place {i}")),
        [.. SHA256.HashData(BitConverter.GetBytes(i)), .. SHA256.HashData(BitConverter.GetBytes(-i)), 27]))];

    private async Task<Hash32> PutAsync(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        return new Hash32((await _content.PutAsync(stream, Cancellation)).Root.Digest);
    }
}
