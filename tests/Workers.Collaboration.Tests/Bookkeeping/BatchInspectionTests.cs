using System.Numerics;
using ContentStore.Embedded;
using Ethereum;
using Ethereum.Abi;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Testing;
using Workers.Collaboration.Bookkeeping;
using Workers.Hosting.Members;
using Workers.Standalone.Chain;

namespace Workers.Collaboration.Tests.Bookkeeping;

/// <summary>What is found in a batch here convicts on chain, and what is not found does not.</summary>
public sealed class BatchInspectionTests : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("batches-");
    private ConductBench _bench = null!;
    private EmbeddedStore _content = null!;
    private StandingsDocument _standings = null!;
    private EpochClock _clock = null!;
    private long _epoch;
    private ulong _time;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ConductReference Market => _bench.Market;

    public async ValueTask InitializeAsync()
    {
        _bench = await ConductBench.StartAsync();
        _content = new EmbeddedStore(_directory.FullName);
        _standings = new StandingsDocument([.. new[] { _bench.Requester.Address, _bench.Collaborator.Address }.OrderBy(a => a.ToTopic()).Select(a => new Conduct.Standing(a, 600_000, 5))]);
        await _bench.AttestAsync(_standings);
        _time = await _bench.TimeAsync();
        _epoch = (long)await _bench.Rpc.CallAsync(_bench.Contracts.Conduct, new Conduct.EpochAtCall(_time), Cancellation);
        var deadline = (await _bench.Rpc.CallAsync(_bench.Contracts.Conduct, new Conduct.EpochOfCall((ulong)_epoch), Cancellation)).Deadline;
        _clock = new EpochClock(deadline + 1 - ((ulong)(_epoch + 1) * MarketDeployment.Rules.Epoch), MarketDeployment.Rules.Epoch);
        await _bench.AdvanceAsync(MarketDeployment.Rules.Epoch);
        await _bench.SendAsync(_bench.Operator, new Conduct.OpenCall((ulong)_epoch));
        await _bench.AdvanceAsync(MarketDeployment.Rules.Collecting + 1);
    }

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        _content.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Every_fault_that_is_found_convicts_the_bookkeeper_and_nothing_is_found_in_an_honest_batch()
    {
        var honest = await BillsAsync(5);
        var owed = honest.Select(b => new OwedBill(Digest(b), b, [])).ToList();
        List<OwedBill> receipted = [];
        foreach (var bill in await BillsAsync(40, "owed"))
        {
            var data = Statements.Receipt(Market, (ulong)_epoch, Digest(bill));
            receipted.Add(new OwedBill(Digest(bill), bill, await ConductBench.SignAsync(_bench.Collaborator, data)));
        }

        // Nothing is found: the batch has what it owes.
        Assert.Null(await FindAsync(BillsDocument.Of(Market, honest), owed));

        // An owed bill is missing: before the first, after the last, between two.
        var sorted = receipted.OrderBy(r => r.Digest).ToList();
        foreach (var missing in new[] { sorted[0], sorted[20], sorted[^1] })
        {
            var document = BillsDocument.Of(Market, sorted.Where(r => r != missing).Select(r => r.Own));
            await ConvictsAsync("omission", document, [missing]);
        }

        await ConvictsAsync("omission", BillsDocument.Of(Market, [honest[0]]), [sorted[0]]);

        // A bill that is none: of another epoch, with a foreign signature, with somebody who never joined, with oneself.
        var bill0 = honest[0].Bill;
        SignedBill[] none =
        [
            await SignAsync(bill0 with { Time = _time + MarketDeployment.Rules.Epoch }),
            await SignAsync(bill0 with { Time = 0 }),
            await SignAsync(bill0 with { Time = ulong.MaxValue }),
            await SignAsync(bill0 with { Collaborator = _bench.Operator.Address }),
            await SignAsync(bill0 with { Collaborator = _bench.Requester.Address }),
            new SignedBill(bill0, await ConductBench.SignAsync(_bench.Collaborator, Statements.Of(Market, bill0))),
            new SignedBill(bill0, Malleable(honest[0].Signature)),
            new SignedBill(bill0, [.. honest[0].Signature[..64], (byte)(honest[0].Signature[64] - 27)]),
        ];
        foreach (var wrong in none)
        {
            await ConvictsAsync("bill", BillsDocument.Of(Market, [.. honest.Skip(1), wrong]), []);
        }

        // Out of order, and twice.
        var ordered = BillsDocument.Of(Market, honest).Bills;
        await ConvictsAsync("order", await PostedAsync([ordered[0], ordered[2], ordered[1]]), []);
        await ConvictsAsync("order", await PostedAsync([ordered[0], ordered[1], ordered[1], ordered[2]]), []);
    }

    private static byte[] Malleable(byte[] signature)
    {
        var order = BigInteger.Parse("0FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141", System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
        var s = (order - new BigInteger(signature.AsSpan(32, 32), isUnsigned: true, isBigEndian: true)).ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. signature[..32], .. new byte[32 - s.Length], .. s, (byte)(55 - signature[64])];
    }

    private Hash32 Digest(SignedBill bill) => Statements.Of(Market, bill.Bill).Hash();

    private async Task<SignedBill> SignAsync(Conduct.Bill bill) => new(bill, await ConductBench.SignAsync(_bench.Requester, Statements.Of(Market, bill)));

    private async Task<List<SignedBill>> BillsAsync(int count, string name = "answer")
    {
        List<SignedBill> bills = [];
        for (var i = 0; i < count; i++)
        {
            bills.Add(await SignAsync(new Conduct.Bill(_bench.Requester.Address, _bench.Collaborator.Address, Keccak256.Hash($"{name} {i}"), _time, Keccak256.Hash($"place {i}"))));
        }

        return bills;
    }

    /// <summary>A document in whatever order, as it would be fetched.</summary>
    private async Task<BillsDocument> PostedAsync(SignedBill[] bills)
    {
        List<Hash32> leaves = [];
        List<byte> bytes = [];
        foreach (var bill in bills)
        {
            var one = BillsDocument.Of(Market, [bill]);
            leaves.Add(OrderedTree.Leaf(OrderedTree.Join(one.Leaves[0].Bill, one.Leaves[0].SignatureHash)));
            var content = (await one.PutAsync(_content, Cancellation)).Content;
            bytes.AddRange((await ContentStore.ContentReading.ReadAllAsync(_content, new ContentStore.Cid(ContentStore.CidCodec.Raw, content.ToArray()), 1_000, Cancellation))!);
        }

        using var stream = new MemoryStream([.. bytes]);
        var hash = new Hash32((await _content.PutAsync(stream, Cancellation)).Root.Digest);
        return await BillsDocument.FetchAsPostedAsync(_content, Market, new Conduct.Batch(OrderedTree.Root(leaves), (uint)bills.Length, hash), Cancellation);
    }

    private async Task<BatchFault?> FindAsync(BillsDocument document, IReadOnlyList<OwedBill> owed)
    {
        Dictionary<Address, Hash32> subjects = [];
        foreach (var account in document.Bills.SelectMany(b => new[] { b.Bill.Requester, b.Bill.Collaborator }).Distinct())
        {
            subjects[account] = (await _bench.MemberAsync(account)).Subject;
        }

        return BatchInspection.Find(Market, _clock, _epoch, document, owed, a => subjects[a]);
    }

    /// <summary>The collaborator posts this; the fault is found, and the contract convicts by it. Then the chain is as before.</summary>
    private async Task ConvictsAsync(string kind, BillsDocument document, IReadOnlyList<OwedBill> owed)
    {
        var snapshot = await _bench.Node.CallAsync("evm_snapshot");
        var fault = Assert.IsType<BatchFault>(await FindAsync(document, owed));
        Assert.Equal(kind, fault.Kind);
        var batch = new Conduct.Batch(document.Root, (uint)document.Bills.Count, Keccak256.Hash("content"));
        await _bench.SendAsync(_bench.Collaborator, new Conduct.PostCall((ulong)_epoch, batch, _standings.Find(_bench.Collaborator.Address)!, _standings.Proof(_bench.Collaborator.Address)));
        await _bench.SendAsync(_bench.Operator, fault.Call);
        Assert.Equal(1u, (await _bench.MemberAsync(_bench.Collaborator.Address)).Offences);
        await _bench.Node.CallAsync("evm_revert", snapshot);
    }
}
