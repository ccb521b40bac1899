using System.Globalization;
using System.Numerics;
using Ethereum.Contracts;
using Workers.Collaboration.Tests.Market;

namespace Workers.Collaboration.Tests.Bookkeeping;

/// <summary>Members have their bills posted.</summary>
public sealed class BookkeepingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_epochs_bills_are_handed_in_posted_looked_through_and_paid_for()
    {
        await using var books = await Books.StartAsync(3);
        var bills = await books.BillAsync(requester: 0, size: 3);
        Assert.Equal(2, bills);
        var before = await books.MemberAsync(0);

        // Somebody opens it, everybody who has bills gets receipts of the others.
        await books.EndStateAsync();
        var opened = await books.UntilAsync(0, e => e.State == "Collecting" && e.HandedIn.Length > 0 && e.HandedIn.All(h => h.Receipts == e.OwnBills), "receipts");
        Assert.Equal(2, opened.OwnBills);
        for (var i = 0; i < 3; i++)
        {
            var view = await books.UntilAsync(i, e => e.Ledger == 2, "the bills of all");
            Assert.Equal(i == 0 ? 2 : 1, view.OwnBills);
        }

        // The elected one posts all of them, and nobody lodged any.
        var elected = await books.ElectedAsync();
        await books.EndStateAsync();
        var posted = await books.UntilAsync(elected, e => e.Bookkeeper is not null, "the post");
        Assert.Equal(books.Bench.Accounts[elected].ToString(), posted.Bookkeeper);
        Assert.Equal(2u, (await books.EpochAsync()).Batch.Bills);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(0, (await books.ViewAsync(i)).Lodged);
            if (i != elected)
            {
                await books.UntilAsync(i, e => e.Note.Contains("no fault was found", StringComparison.Ordinal), "the others' check");
            }
        }

        // After the disputes it is paid a sixteenth of the pot.
        var pot = await books.Bench.Rpc.CallAsync(books.Bench.Contracts.Conduct, new Conduct.PotCall(), Cancellation);
        await books.AdvanceAsync(Books.Rules.Posting);
        await books.AdvanceAsync(Books.Rules.Disputing);
        var settled = await books.UntilAsync(elected, e => e.Pay is not null, "the pay");
        Assert.Equal((pot + 15) / 16, BigInteger.Parse(settled.Pay!, CultureInfo.InvariantCulture));
        Assert.Equal(before.Bond, (await books.MemberAsync(0)).Bond);
        foreach (var (bill, document) in await books.BilledAsync())
        {
            Assert.True(await books.Bench.Rpc.CallAsync(
                books.Bench.Contracts.Conduct, new Conduct.IsBilledCall((ulong)books.Epoch, document.Leaves[bill], document.Proof(bill)), Cancellation));
        }
    }
}
