using System.Globalization;
using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Workers.Collaboration.Tests.Market;
using Workers.Hosting.Members;

namespace Workers.Collaboration.Tests.Bookkeeping;

/// <summary>An elected bookkeeper that is silent or cheats, and what the others do. The puppet is member 2.</summary>
public sealed class BookkeeperTests
{
    private const int Puppet = 2;

    private static readonly uint Turn = Books.Rules.Posting / 4;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_silent_bookkeeper_is_replaced_in_turn_and_what_was_lodged_is_in_the_batch()
    {
        await using var books = await Books.StartWithPuppetAsync(3);
        await books.BillAsync(requester: 0, size: 3);
        await books.EndStateAsync();
        await books.ReceiptedAsync(Puppet);
        var lodged = await books.SignAsync(0, books.Bench.Accounts[1], "lodged");
        await books.Bench.Sender.SendAsync(books.Bench.Contracts.Conduct, new Conduct.LodgeCall(lodged.Bill, lodged.Signature).Encode(), 0, Cancellation);
        Assert.Equal(Puppet, await books.ElectedAsync());
        var next = (await books.RankingAsync())[1];
        await books.ReceiptedAsync(next, next == 0 ? 1 : 0);

        // The next one waits for its turn.
        await books.EndStateAsync();
        await books.UntilAsync(next, e => e.State == "Posting", "the posting");
        await Task.Delay(TimeSpan.FromSeconds(5), Cancellation);
        Assert.True((await books.EpochAsync()).Bookkeeper.IsZero);
        await books.AdvanceAsync(Turn);
        await books.UntilAsync(next, e => e.Bookkeeper is not null, "the post");
        var epoch = await books.EpochAsync();
        Assert.Equal((books.Bench.Accounts[next], 3u), (epoch.Bookkeeper, epoch.Batch.Bills));
        var document = (await books.BilledAsync())[0].Document;
        Assert.Contains(document.Bills, b => b.Bill == lodged.Bill);

        await books.AdvanceAsync(Books.Rules.Posting + Books.Rules.Disputing);
        await books.UntilAsync(next, e => e.Pay is not null, "the pay");
    }

    [Fact]
    public async Task A_bookkeeper_that_omits_a_bill_is_convicted_by_whose_it_is_and_the_next_one_shows_what_is_demanded()
    {
        await using var books = await Books.StartWithPuppetAsync(3);
        await books.BillAsync(requester: 0, size: 3);
        await books.EndStateAsync();
        await books.ReceiptedAsync(Puppet);
        var next = (await books.RankingAsync())[1];
        var other = next == 0 ? 1 : 0;
        await books.ReceiptedAsync(next, other);
        await books.EndStateAsync();

        // Its own bill is there, the other's is not.
        var own = (await books.AllBillsAsync()).Where(b => b.Bill.Collaborator == books.Bench.Accounts[Puppet]);
        await books.PostAsync(Puppet, await BillsDocument.Of(books.Bench.Market, own).PutAsync(books.Content, Cancellation));
        Assert.Contains(await books.ConvictedAsync(Puppet), new[] { 0, 1 });

        // The posting begins again, without it.
        await books.UntilAsync(next, e => e.State == "Posting" && e.Bookkeeper != books.Bench.Accounts[Puppet].ToString(), "the posting again");
        await books.AdvanceAsync(Turn);
        await books.UntilAsync(next, e => e.Bookkeeper == books.Bench.Accounts[next].ToString(), "the next one's post");
        Assert.Equal(2u, (await books.EpochAsync()).Batch.Bills);

        // Who demands pays, for a place as for a bill.
        var bond = (await books.MemberAsync(Puppet)).Bond;
        await books.SendAsync(Puppet, new Conduct.DemandCall((ulong)books.Epoch, 1));
        await MemberBench.UntilAsync(books.EpochAsync, e => e.Demands == 0, "the bill");
        Assert.Equal(bond - Books.Rules.Fine, (await books.MemberAsync(Puppet)).Bond);
        bond = (await books.MemberAsync(other)).Bond;
        var (owed, receipt) = await books.ReceiptAsync(other, next);
        await books.SendAsync(other, new Conduct.DemandBillCall(owed.Bill, owed.Signature, receipt));
        await MemberBench.UntilAsync(books.EpochAsync, e => e.Demands == 0, "the demanded bill");
        Assert.Equal(bond - Books.Rules.Fine, (await books.MemberAsync(other)).Bond);
        Assert.Equal(0u, (await books.MemberAsync(next)).Offences);

        await books.AdvanceAsync(Books.Rules.Posting + Books.Rules.Disputing);
        await books.UntilAsync(next, e => e.Pay is not null, "the pay");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_bookkeeper_that_keeps_its_batch_to_itself_is_convicted_by_its_silence(bool somethingElse)
    {
        await using var books = await Books.StartWithPuppetAsync(3);
        await books.BillAsync(requester: 0, size: 3);
        await books.EndStateAsync();
        await books.ReceiptedAsync(Puppet);
        await books.EndStateAsync();
        var honest = await BillsDocument.Of(books.Bench.Market, await books.AllBillsAsync()).PutAsync(books.Content, Cancellation);
        await books.PostAsync(Puppet, somethingElse ? honest with { Root = Keccak256.Hash("root") } : honest with { Content = Keccak256.Hash("nowhere") });
        await books.UntilAsync(0, e => e.Note.Contains("cannot be looked through", StringComparison.Ordinal), "the search");
        if (!somethingElse)
        {
            Assert.Equal(0u, (await books.EpochAsync()).Demands);
            await books.AdvanceAsync(Books.Rules.Disputing / 4);
        }

        await MemberBench.UntilAsync(books.EpochAsync, e => e.Demands > 0, "a demand");
        await books.AdvanceAsync(Books.Rules.Answering + 1);
        Assert.Contains(await books.ConvictedAsync(Puppet), new[] { 0, 1 });
    }

    [Fact]
    public async Task A_bookkeeper_that_is_away_keeps_nobody_from_being_billed()
    {
        await using var books = await Books.StartWithPuppetAsync(3, new() { ["Bookkeeping:Candidates"] = "1" });
        await books.BillAsync(requester: 0, size: 3);
        await books.Bench.StopAsync(Puppet);
        await books.EndStateAsync();
        await books.UntilAsync(1, e => e.State == "Collecting" && e.HandedIn.Any(h => h.Problem is not null), "the failure");
        Assert.Equal(0, (await books.ViewAsync(1)).Lodged);

        // Late in the window the collaborator lodges its bill; the requester does not pay for that.
        await books.AdvanceAsync(Books.Rules.Collecting / 2);
        await books.UntilAsync(1, e => e.Lodged == 1, "the lodging");
        await MemberBench.UntilAsync(async () => (await books.LodgedAsync()).Count, c => c == 1, "the bill on chain");
        Assert.Equal(0, (await books.ViewAsync(0)).Lodged);
        await books.EndStateAsync();
        var next = (await books.RankingAsync())[1];
        await books.UntilAsync(next, e => e.State == "Posting", "the posting");
        await books.AdvanceAsync(Turn);
        await books.UntilAsync(next, e => e.Bookkeeper is not null, "the post");
        Assert.Contains((await books.BilledAsync())[0].Document.Bills, b => b.Bill.Collaborator == books.Bench.Accounts[1]);
    }

    [Fact]
    public async Task Whoever_is_stopped_at_any_step_and_when_the_post_vanishes_the_books_are_kept_and_nobody_is_fined()
    {
        await using var books = await Books.StartAsync(3);
        await books.BillAsync(requester: 0, size: 3);
        await books.Bench.RestartAsync(0);
        await books.EndStateAsync();
        await books.Bench.RestartAsync(1);
        await MemberBench.UntilAsync(books.EpochAsync, e => e.State == 1, "the opening");
        var elected = await books.ElectedAsync();
        await books.Bench.RestartAsync(elected);
        await books.ReceiptedAsync(elected);
        await books.Bench.RestartAsync(elected);
        await books.EndStateAsync();
        await MemberBench.UntilAsync(books.EpochAsync, e => !e.Bookkeeper.IsZero, "the post");
        var batch = (await books.EpochAsync()).Batch;

        // The block of the post leaves the chain, and the member is stopped.
        await books.Bench.Node.ReorganiseAsync(2);
        await books.Bench.RestartAsync(elected);
        await MemberBench.UntilAsync(books.EpochAsync, e => e.Bookkeeper == books.Bench.Accounts[elected], "the post again");
        Assert.Equal(batch, (await books.EpochAsync()).Batch);
        var other = elected == 0 ? 1 : 0;
        await books.Bench.RestartAsync(other);
        await books.UntilAsync(other, e => e.Note.Contains("no fault was found", StringComparison.Ordinal), "the check");
        var before = (await books.MemberAsync(other)).Bond;
        await books.AdvanceAsync(Books.Rules.Posting + Books.Rules.Disputing);
        await books.Bench.RestartAsync(elected);
        var settled = await books.UntilAsync(elected, e => e.Pay is not null, "the pay");
        Assert.True(BigInteger.Parse(settled.Pay!, CultureInfo.InvariantCulture) > 0);
        Assert.Equal(before, (await books.MemberAsync(other)).Bond);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(0u, (await books.MemberAsync(i)).Offences);
        }
    }
}
