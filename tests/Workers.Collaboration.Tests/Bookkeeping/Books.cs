using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Workers.Collaboration.Tests.Market;
using Workers.Hosting.Members;
using Workers.Standalone.Chain;

namespace Workers.Collaboration.Tests.Bookkeeping;

/// <summary>Members with one epoch's bills, on a chain whose clock the test moves.</summary>
internal sealed class Books : IAsyncDisposable
{
    /// <summary>Windows that nobody has to hurry in: the test moves the clock from one to the next.</summary>
    public static readonly Conduct.Rules Rules = MarketDeployment.Rules with { Epoch = 7_200, Collecting = 1_200, Posting = 1_200, Disputing = 1_200, Answering = 300 };

    private Books(MemberBench bench) => Bench = bench;

    public MemberBench Bench { get; }

    public long Epoch { get; private set; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<Books> StartAsync(int members, Dictionary<string, string>? settings = null) => new(await MemberBench.StartAsync(
        members,
        new Dictionary<string, string>(settings ?? [])
        {
            ["Zone:Reuse"] = "00:00:00",
            ["Bookkeeping:Schedule"] = "00:00:01",
            ["Bookkeeping:HandInInterval"] = "00:00:02",
            ["Bookkeeping:Spread"] = "00:00:02",
        },
        Rules,
        zones: 1));

    /// <summary>The last of the members is elected for sure, takes bills and otherwise does what the test does with its key.</summary>
    public static async Task<Books> StartWithPuppetAsync(int members, Dictionary<string, string>? settings = null)
    {
        var books = await StartAsync(members, new Dictionary<string, string>(settings ?? []) { [$"member{members - 1}/Bookkeeping:Schedule"] = "off" });
        await books.Bench.AttestAsync([.. books.Bench.Accounts.Select((a, i) => new Conduct.Standing(a, 500_000, i == members - 1 ? 1_000u : 1))]);
        return books;
    }

    /// <summary>Everybody else's bills have the member's receipt.</summary>
    public async Task ReceiptedAsync(int bookkeeper)
    {
        for (var i = 0; i < Bench.Members.Count; i++)
        {
            if (i != bookkeeper)
            {
                await ReceiptedAsync(bookkeeper, i);
            }
        }
    }

    /// <summary>Another's bills have the member's receipt.</summary>
    public Task ReceiptedAsync(int bookkeeper, int other) =>
        UntilAsync(other, e => e.OwnBills > 0 && e.HandedIn.Any(h => h.Candidate == Bench.Accounts[bookkeeper].ToString() && h.Receipts == e.OwnBills), "receipts");

    /// <summary>Sends a transaction with a member's key, which its worker does not use meanwhile.</summary>
    public Task SendAsync(int member, Ethereum.Abi.ICall call) =>
        new AccountSender(Bench.Rpc, new Hand(Bench, member).Identity.Signer).SendAsync(Bench.Contracts.Conduct, call.Encode(), 0, Cancellation);

    public Task PostAsync(int member, Conduct.Batch batch)
    {
        var account = Bench.Accounts[member];
        return SendAsync(member, new Conduct.PostCall((ulong)Epoch, batch, Bench.Standings.Find(account)!, Bench.Standings.Proof(account)));
    }

    /// <summary>A bill that a member signs, of the epoch unless told otherwise.</summary>
    public async Task<SignedBill> SignAsync(int requester, Address collaborator, string answer, ulong? time = null, int? signer = null)
    {
        var bill = new Conduct.Bill(Bench.Accounts[requester], collaborator, Keccak256.Hash(answer), time ?? Hand.Now, Keccak256.Hash("place"));
        return new SignedBill(bill, await Hand.SignAsync(new Hand(Bench, signer ?? requester).Identity.Signer, Statements.Of(Bench.Market, bill)));
    }

    public ContentStore.IContentStore Content => Bench.Members[0].Services.GetRequiredService<ContentStore.IContentStore>();

    /// <summary>All bills of the epoch that members hold.</summary>
    public async Task<List<SignedBill>> AllBillsAsync()
    {
        Dictionary<Hash32, SignedBill> bills = [];
        foreach (var member in Bench.Members)
        {
            await using var scope = member.Services.CreateAsyncScope();
            foreach (var row in await scope.ServiceProvider.GetRequiredService<CollaborationDb>().Bills.ToListAsync(Cancellation))
            {
                bills[row.Bill] = row.Read();
            }
        }

        return [.. bills.Values];
    }

    /// <summary>A bill of a member with a bookkeeper's receipt.</summary>
    public async Task<(SignedBill Bill, byte[] Receipt)> ReceiptAsync(int member, int bookkeeper)
    {
        await using var scope = Bench.Members[member].Services.CreateAsyncScope();
        var (db, account) = (scope.ServiceProvider.GetRequiredService<CollaborationDb>(), Bench.Accounts[bookkeeper]);
        var receipt = await db.Receipts.FirstAsync(r => r.Bookkeeper == account, Cancellation);
        return ((await db.Bills.SingleAsync(b => b.Bill == receipt.Bill, Cancellation)).Read(), receipt.Signature);
    }

    /// <summary>Closes a member's books early.</summary>
    /// <returns>How many bills its ledger has at that moment.</returns>
    public async Task<int> CloseAsync(int member)
    {
        while (true)
        {
            await using var scope = Bench.Members[member].Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<CollaborationDb>();
            (await db.Epochs.SingleAsync(e => e.Number == Epoch, Cancellation)).IsClosed = true;
            try
            {
                await db.SaveChangesAsync(Cancellation);
                return await LedgerAsync(member);
            }
            catch (DbUpdateException)
            {
                // A bill was taken in between.
            }
        }
    }

    /// <summary>How often an account joined or left, as a member knows it.</summary>
    public async Task<int> FactsAsync(int member, Address account)
    {
        await using var scope = Bench.Members[member].Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<CollaborationDb>().Set<MemberFactRow>().CountAsync(f => f.Account == account, Cancellation);
    }

    /// <summary>Bills in a member's ledger.</summary>
    /// <param name="from">Of whom; null: of everybody.</param>
    public async Task<int> LedgerAsync(int member, Address? from = null)
    {
        await using var scope = Bench.Members[member].Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<CollaborationDb>().Ledger.CountAsync(l => l.Epoch == Epoch && (from == null || l.From == from), Cancellation);
    }

    /// <summary>What was lodged on chain so far.</summary>
    public async Task<List<Log>> LodgedAsync() =>
        await Bench.Rpc.GetLogsAsync(LogFilter.Of([Bench.Contracts.Conduct], Conduct.BillLodgedEvent.Topic), 0, await Bench.Rpc.BlockNumberAsync(Cancellation), Cancellation);

    /// <summary>Waits until a member is convicted of a false batch.</summary>
    /// <returns>Who accused it.</returns>
    public async Task<int> ConvictedAsync(int member)
    {
        await MemberBench.UntilAsync(() => MemberAsync(member), m => m.Offences == 1, "the conviction");
        var filter = LogFilter.Of([Bench.Contracts.Conduct], Conduct.PenalisedEvent.Topic);
        var penalised = Assert.Single(await Bench.Rpc.GetLogsAsync(filter, 0, await Bench.Rpc.BlockNumberAsync(Cancellation), Cancellation)).Decode<Conduct.PenalisedEvent>();
        Assert.Equal((Bench.Accounts[member], (byte)Offence.FalseBatch), (penalised.Offender, penalised.Offence));
        return Bench.Accounts.IndexOf(penalised.Accuser);
    }

    /// <summary>A member forms a zone, and everybody who helped has its bill.</summary>
    /// <returns>How many did.</returns>
    public async Task<int> BillAsync(int requester, int size)
    {
        var zone = await Bench.ZoneAsync(requester, size);
        Assert.True(zone.Zone.State == "Formed", zone.Zone.Report);
        var helped = 0;
        for (var i = 0; i < Bench.Members.Count; i++)
        {
            if (i != requester)
            {
                var member = Bench.Members[i];
                helped += (await MemberBench.UntilAsync(() => member.Client.GetAsync<ZoneTests.ToldView[]>("api/told", Cancellation), t => t.All(x => x.Billed), "the bill")).Length;
            }
        }

        Epoch = (long)await Bench.Rpc.CallAsync(Bench.Contracts.Conduct, new Conduct.EpochAtCall(Hand.Now), Cancellation);
        return helped;
    }

    /// <summary>Moves the chain's clock behind the end of the state that the epoch is in.</summary>
    public async Task EndStateAsync()
    {
        var now = (await Bench.Rpc.GetBlockHeaderAsync(BlockTag.Latest, Cancellation))!.Timestamp;
        await AdvanceAsync((uint)((await EpochAsync()).Deadline + 1 - now));
    }

    public Task AdvanceAsync(uint seconds) => Bench.Node.AdvanceAsync(seconds);

    public Task<Conduct.Epoch> EpochAsync() => Bench.Rpc.CallAsync(Bench.Contracts.Conduct, new Conduct.EpochOfCall((ulong)Epoch), Cancellation);

    public Task<Conduct.Member> MemberAsync(int member) => Bench.Rpc.CallAsync(Bench.Contracts.Conduct, new Conduct.MemberOfCall(Bench.Accounts[member]), Cancellation);

    /// <summary>Members by their scores, as the contract gives them.</summary>
    public async Task<List<int>> RankingAsync()
    {
        List<(int Member, System.Numerics.BigInteger Score)> scores = [];
        for (var i = 0; i < Bench.Accounts.Count; i++)
        {
            var (_, score) = await Bench.Rpc.CallAsync(Bench.Contracts.Conduct, new Conduct.ScoreOfCall((ulong)Epoch, Bench.Standings.Find(Bench.Accounts[i])!), Cancellation);
            scores.Add((i, score));
        }

        return [.. scores.OrderByDescending(s => s.Score).Select(s => s.Member)];
    }

    public async Task<int> ElectedAsync() => (await RankingAsync())[0];

    public async Task<EpochAnswer> ViewAsync(int member) =>
        Array.Find(await Bench.Members[member].Client.GetAsync<EpochAnswer[]>("api/epochs", Cancellation), e => e.Number == Epoch) ?? EpochAnswer.None;

    public Task<EpochAnswer> UntilAsync(int member, Func<EpochAnswer, bool> wanted, string what) => MemberBench.UntilAsync(() => ViewAsync(member), wanted, $"member {member}: {what}");

    /// <summary>The document of the batch that stands, with the places of its bills.</summary>
    public async Task<IReadOnlyList<(int Bill, BillsDocument Document)>> BilledAsync()
    {
        var document = await BillsDocument.FetchAsync(Content, Bench.Market, (await EpochAsync()).Batch, Cancellation);
        return [.. Enumerable.Range(0, document.Bills.Count).Select(i => (i, document))];
    }

    public ValueTask DisposeAsync() => Bench.DisposeAsync();

    internal sealed record HandedIn(string Candidate, int Receipts, string? Problem);

    internal sealed record EpochAnswer(long Number, string State, long Deadline, string? Bookkeeper, string? Pay, string Note, int OwnBills, int Lodged, HandedIn[] HandedIn, int Ledger, string? Root)
    {
        public static readonly EpochAnswer None = new(-1, "none", 0, null, null, "", 0, 0, [], 0, null);
    }
}
