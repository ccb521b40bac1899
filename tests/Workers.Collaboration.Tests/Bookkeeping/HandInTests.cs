using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Transactions;
using Workers.Collaboration.Bookkeeping;
using Workers.Collaboration.Tests.Market;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Members;
using Workers.Standalone.Chain;

namespace Workers.Collaboration.Tests.Bookkeeping;

/// <summary>What a candidate takes, and what would convict it. The hostile member is member 2, the candidate member 0.</summary>
public sealed class HandInTests
{
    private const int Limit = 300, Flood = 10_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_is_handed_in_receipts_are_given_for_bills_alone_and_never_too_late()
    {
        // What meets the closing of the books comes as fast as this machine sends it, so the limits of envelopes are not what ends it.
        await using var books = await Books.StartWithPuppetAsync(3, new()
        {
            ["member0/Bookkeeping:BillsPerSender"] = "300",
            ["member0/Envelopes:Limits:RatePerSender"] = "10000",
            ["member0/Envelopes:Limits:RatePerAddress"] = "10000",
        });
        await books.BillAsync(requester: 0, size: 3);
        var (hostile, collaborator) = (new Hand(books.Bench, 2), books.Bench.Accounts[1]);
        var alias = await AliasAsync(books);
        var good = await books.SignAsync(2, collaborator, "good");

        // Before its time.
        Assert.Contains("are not collected now", (await HandInAsync(books.Epoch, good)).Refusal, StringComparison.Ordinal);
        await books.EndStateAsync();
        await books.ReceiptedAsync(0);

        // Not for this, or no bills.
        Assert.Contains("are not collected now", (await HandInAsync(books.Epoch + 1, good)).Refusal, StringComparison.Ordinal);
        Assert.Contains("at once", (await HandInAsync(books.Epoch)).Refusal, StringComparison.Ordinal);
        Assert.Contains("at once", (await HandInAsync(books.Epoch, [null!])).Refusal, StringComparison.Ordinal);
        Assert.Contains("at once", (await HandInAsync((long)uint.MaxValue + 1, good)).Refusal, StringComparison.Ordinal);
        Assert.Contains("at once", (await HandInAsync(books.Epoch, [.. Enumerable.Repeat(good, 201)])).Refusal, StringComparison.Ordinal);
        Assert.Contains("It is no", (await hostile.SendAsync(0, HandInEnvelopeHandler.Kind, "{}"u8.ToArray())).Refusal, StringComparison.Ordinal);

        // Each of these in the batch, or a receipt for it and not in the batch, would convict the bookkeeper.
        const string None = "It is no bill of the epoch";
        (string Problem, SignedBill Bill)[] bad =
        [
            (None, await books.SignAsync(2, collaborator, "foreign signature", signer: 1)),
            (None, good with { Signature = new byte[65] }),
            (None, good with { Signature = [] }),
            (None, await books.SignAsync(2, collaborator, "the next epoch", time: Hand.Now + Books.Rules.Epoch)),
            (None, await books.SignAsync(2, collaborator, "before all epochs", time: 1)),
            (None, await books.SignAsync(2, collaborator, "after all epochs", time: ulong.MaxValue)),
            (None, await books.SignAsync(2, alias, "oneself")),
            (None, await books.SignAsync(2, books.Bench.Accounts[2], "the same account")),
            (None, await books.SignAsync(2, books.Bench.Contracts.Conduct, "who never joined")),
            ("Only its requester", await books.SignAsync(1, books.Bench.Accounts[0], "others'")),
        ];
        var answers = (await HandInAsync(books.Epoch, [.. bad.Select(b => b.Bill), good])).Items;
        foreach (var ((problem, _), item) in bad.Zip(answers))
        {
            Assert.Null(item.Receipt);
            Assert.StartsWith(problem, item.Problem, StringComparison.Ordinal);
        }

        var receipt = answers[^1].Receipt!;
        Assert.True(Statements.Receipt(books.Bench.Market, (ulong)books.Epoch, Statements.Of(books.Bench.Market, good.Bill).Hash()).IsSignedBy(books.Bench.Accounts[0], receipt));

        // The same again is the same; a flood ends at the limit, and others are still served.
        Assert.Equal(3, (await books.ViewAsync(0)).Ledger);
        Assert.NotNull((await HandInAsync(books.Epoch, good)).Items[0].Receipt);

        // Its worker may have handed in the bill that the zone gave it before the bookkeeper's own did.
        var (before, taken) = (await books.LedgerAsync(0, books.Bench.Accounts[2]), 0);
        Assert.InRange(before, 1, 2);
        for (var i = 0; i < Flood; i += HandInHandler.PerEnvelope)
        {
            var flood = await Task.WhenAll(Enumerable.Range(i, HandInHandler.PerEnvelope).Select(n => books.SignAsync(2, collaborator, $"flood {n}")));
            taken += (await HandInAsync(books.Epoch, flood)).Items.Count(item => item.Receipt is not null);
        }

        Assert.Equal(Limit - before, taken);
        var full = 3 + taken;
        Assert.Equal(full, (await books.ViewAsync(0)).Ledger);
        var served = await books.SignAsync(1, books.Bench.Accounts[2], "another sender");
        var (body, _) = await new Hand(books.Bench, 1).SendAsync(0, HandInEnvelopeHandler.Kind, MemberJson.Write(new HandInBody((ulong)books.Epoch, [served])));
        Assert.NotNull(MemberJson.Read<HandInAnswer>(body).Items[0].Receipt);

        // What meets the closing of the books gets no receipt: nothing comes into the ledger behind it. Three go on while one closes.
        const int Meeting = 150;
        var meeting = await Task.WhenAll(Enumerable.Range(0, Meeting).Select(n => books.SignAsync(1, books.Bench.Accounts[2], $"meeting {n}")));
        var other = new Hand(books.Bench, 1);
        var (asked, closed, receipts) = (0, new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously), 0);
        await Parallel.ForEachAsync(meeting, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Cancellation }, async (bill, _) =>
        {
            if (Interlocked.Increment(ref asked) == 20)
            {
                closed.SetResult(await books.CloseAsync(0));
            }

            var (reply, refusal) = await other.SendAsync(0, HandInEnvelopeHandler.Kind, MemberJson.Write(new HandInBody((ulong)books.Epoch, [bill])));
            Assert.True(refusal is null || refusal.Contains("are closed", StringComparison.Ordinal), refusal);
            Interlocked.Add(ref receipts, refusal is null ? MemberJson.Read<HandInAnswer>(reply).Items.Count(i => i.Receipt is not null) : 0);
        });
        var inLedger = await closed.Task;
        Assert.InRange(receipts, 1, Meeting - 1);
        Assert.Equal(inLedger, await books.LedgerAsync(0));
        Assert.Equal(full + 1 + receipts, inLedger);

        // Too late. What was taken is all in its batch, and none of it can be refuted.
        await books.EndStateAsync();
        Assert.Contains("are not collected now", (await HandInAsync(books.Epoch, good)).Refusal, StringComparison.Ordinal);
        await books.AdvanceAsync(Books.Rules.Posting / 2);
        await books.UntilAsync(0, e => e.Root is not null || e.Bookkeeper is not null, "the batch");
        await MemberBench.UntilAsync(books.EpochAsync, e => !e.Bookkeeper.IsZero, "the post");
        Assert.Equal(inLedger, (await books.ViewAsync(0)).Ledger);

        async Task<(IReadOnlyList<HandInItem> Items, string? Refusal)> HandInAsync(long epoch, params SignedBill[] bills)
        {
            var (answer, refusal) = await hostile.SendAsync(0, HandInEnvelopeHandler.Kind, MemberJson.Write(new HandInBody((ulong)epoch, bills)));
            return (refusal is null ? MemberJson.Read<HandInAnswer>(answer).Items : [], refusal);
        }
    }

    /// <summary>Another account of the hostile member's, with which it joined for a moment.</summary>
    private static async Task<Address> AliasAsync(Books books)
    {
        var (bench, account) = (books.Bench, books.Bench.Accounts[2]);
        using var signer = new LocalKeySigner(System.Security.Cryptography.SHA256.HashData("alias"u8));
        using var key = P256KeyPair.Generate();
        var subject = Keccak256.Hash($"subject of {account}");
        await bench.Deployment.EndowAsync(bench.Contracts, [signer.Address], 1_000, Cancellation);
        var sender = new AccountSender(bench.Rpc, signer);
        await sender.SendAsync(bench.Contracts.MarketToken, new MarketToken.ApproveCall(bench.Contracts.Conduct, BigInteger.Pow(10, 21)).Encode(), 0, Cancellation);
        var admission = await bench.AdmitAsync(signer.Address, subject);
        await sender.SendAsync(bench.Contracts.Conduct, new Conduct.JoinCall(Books.Rules.Bond, key.PublicKey.ToArray(), "https://alias.example:8443/", subject, [admission]).Encode(), 0, Cancellation);
        var endpoint = (await bench.Members[2].Client.GetAsync<MemberBench.Account>("api/account", Cancellation)).Endpoint;
        await books.SendAsync(2, new Conduct.JoinCall(0, new Hand(bench, 2).Identity.KeyPair.PublicKey.ToArray(), endpoint, subject, [await bench.AdmitAsync(account, subject)]));
        await MemberBench.UntilAsync(() => books.FactsAsync(0, account), facts => facts == 3, "that it joined, left and joined");
        return signer.Address;
    }
}
