using System.Security.Cryptography;
using Ethereum;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Workers.Collaboration.Queries;
using Workers.Collaboration.Tests.Market;
using Workers.Hosting.Members;
using Workers.Hosting.Queries;
using Workers.Standalone.Chain;

namespace Workers.Collaboration.Tests.Queries;

/// <summary>Members ask a real location service through each other, on a chain of their own.</summary>
public sealed class QueryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_query_is_answered_once_and_everybody_is_paid_what_was_agreed()
    {
        await using var bench = await QueryBench.StartAsync(3);
        var (querier, collaborator) = (bench.Market.Accounts[0], bench.Market.Accounts[1]);
        var before = (await bench.BalanceAsync(querier), await bench.BalanceAsync(collaborator), await bench.BalanceAsync(bench.Service.Account));
        var id = await bench.OrderAsync();
        var settled = await bench.UntilAsync(id, "Settled");
        Assert.Equal(collaborator.ToString(), settled.Collaborator);
        Assert.Equal(["mill"], settled.Found!.Select(p => p.Name));
        Assert.Equal(
            (before.Item1 - QueryBench.Reward - QueryBench.Fee, before.Item2 + QueryBench.Reward, before.Item3 + QueryBench.Fee),
            (await bench.BalanceAsync(querier), await bench.BalanceAsync(collaborator), await bench.BalanceAsync(bench.Service.Account)));
        await bench.DutyUntilAsync(d => d is { State: "Ended", Report: "The reward was paid." }, "the end of the duty");

        // The same id is the same query.
        await bench.OrderAsync(id: id);
        Assert.Single(await bench.InAsync(0, db => db.Queries.ToListAsync(Cancellation)));

        // The same forward again gets the same result, and nothing more goes to the chain.
        var duty = await bench.InAsync(1, db => db.Duties.SingleAsync(Cancellation));
        var forward = await bench.ForwardAsync(1, duty.Query, duty.Payload!);
        var result = await bench.InAsync(1, db => db.Set<TaskRow>().Where(t => t.Query == duty.Query).Select(t => t.Result).SingleAsync(Cancellation));
        Assert.Equal(result, new Hash32(SHA256.HashData((await bench.SendAsync(1, forward)).Reply!.Result!)));
        Assert.Equal(1, await bench.InServiceAsync(db => db.Transactions.CountAsync(t => t.Key.StartsWith("answer/"), Cancellation)));

        // What another one signed, or for another chain or contract, or sends as its own, is no forward.
        await RefusedAsync(1, await bench.ForwardAsync(1, duty.Query, duty.Payload!, signer: new Hand(bench.Market, 2).Identity.Signer));
        await RefusedAsync(1, await bench.ForwardAsync(1, duty.Query, duty.Payload!, new ConductReference(1, bench.Market.Contracts.Conduct)));
        await RefusedAsync(1, await bench.ForwardAsync(1, duty.Query, duty.Payload!, new ConductReference(31337, bench.Market.Contracts.Collaboration)));
        await RefusedAsync(1, forward with { Payload = [.. duty.Payload!, 0] });
        await RefusedAsync(2, forward);
        Assert.Contains("another collaborator", (await bench.SendAsync(2, await bench.ForwardAsync(2, duty.Query, duty.Payload!))).Refusal, StringComparison.Ordinal);

        // Nobody gets an agreement twice, or a result that is not its own.
        var terms = MemberJson.Read<Ethereum.Contracts.Collaboration.Terms>(duty.Terms);
        var (agreed, none) = await new Hand(bench.Market, 0).SendAsync(1, QueryKinds.Agreement, MemberJson.Write(terms));
        Assert.Null(none);
        Assert.Equal(duty.Agreement, MemberJson.Read<QueryAgreement>(agreed).Signature);
        Assert.Contains("before", (await new Hand(bench.Market, 0).SendAsync(1, QueryKinds.Agreement, MemberJson.Write(terms with { Reward = 11 }))).Refusal, StringComparison.Ordinal);
        Assert.Contains("before", (await new Hand(bench.Market, 2).SendAsync(1, QueryKinds.Agreement, MemberJson.Write(terms))).Refusal, StringComparison.Ordinal);
        Assert.Contains("not agreed", (await new Hand(bench.Market, 2).SendAsync(1, QueryKinds.Forward, MemberJson.Write(new HandedQuery(duty.Query, duty.Payload!)))).Refusal, StringComparison.Ordinal);
        Assert.Contains("Another payload", (await new Hand(bench.Market, 0).SendAsync(1, QueryKinds.Forward, MemberJson.Write(new HandedQuery(duty.Query, [1])))).Refusal, StringComparison.Ordinal);

        async Task RefusedAsync(int member, ForwardedQuery body) => Assert.Contains("not signed", (await bench.SendAsync(member, body)).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_dies_between_two_steps_goes_on_where_it_was()
    {
        await using var bench = await QueryBench.StartAsync(2);
        var before = (await bench.BalanceAsync(bench.Market.Accounts[0]), await bench.BalanceAsync(bench.Market.Accounts[1]));
        var id = await bench.OrderAsync();
        await bench.Market.RestartAsync(0);
        await bench.DutyUntilAsync(_ => true, "the agreement");
        await bench.Market.RestartAsync(1);
        await MemberBench.UntilAsync(() => bench.QueryAsync(id), q => q.State != "Agreeing", "the bond");
        await bench.Market.RestartAsync(0);
        await bench.DutyUntilAsync(d => d.State != "Agreed", "the payload");
        await bench.Market.RestartAsync(1);
        await bench.StopServiceAsync();
        await bench.StartServiceAsync();
        await bench.DutyUntilAsync(d => d.State is not "Agreed" and not "Forwarding", "the result");
        await bench.Market.RestartAsync(1);
        await MemberBench.UntilAsync(() => bench.QueryAsync(id), q => q.State is not "Bonding" and not "Forwarding", "the answer");
        await bench.Market.RestartAsync(0);
        Assert.Equal(["mill"], (await bench.UntilAsync(id, "Settled")).Found!.Select(p => p.Name));
        Assert.Equal(
            (before.Item1 - QueryBench.Reward - QueryBench.Fee, before.Item2 + QueryBench.Reward),
            (await bench.BalanceAsync(bench.Market.Accounts[0]), await bench.BalanceAsync(bench.Market.Accounts[1])));
    }

    [Fact]
    public async Task Who_agreed_and_died_before_the_querier_knew_is_asked_the_same_again()
    {
        await using var bench = await QueryBench.StartAsync(2);
        await bench.Market.StopAsync(1);
        var id = await bench.OrderAsync();
        var asked = await MemberBench.UntilAsync(AttemptAsync, a => a.Terms is not null, "an attempt");
        await MemberBench.UntilAsync(AttemptAsync, a => a.Tried > asked.Tried, "its end");

        // As if the collaborator had agreed at this attempt: its querier, which does nothing by itself meanwhile, never got the answer.
        await bench.Market.RestartAsync(0, ("Query:SweepSchedule", "off"));
        await bench.Market.RestartAsync(1);
        Assert.Null((await new Hand(bench.Market, 0).SendAsync(1, QueryKinds.Agreement, asked.Terms!)).Refusal);
        await bench.Market.RestartAsync(0);
        var ended = await MemberBench.UntilAsync(() => bench.QueryAsync(id), q => q.State is "Settled" or "Failed", "the query's end");
        Assert.True(ended.State == "Settled", ended.Problem);

        Task<QueryRow> AttemptAsync() => bench.InAsync(0, db => db.Queries.AsNoTracking().SingleAsync(Cancellation));
    }

    [Fact]
    public async Task Two_forwards_of_one_collaborator_for_one_query_or_one_payload_convict_it()
    {
        await using var bench = await QueryBench.StartAsync(3);
        await bench.StopServiceAsync();
        var running = await bench.OrderAsync(querier: 0);
        await bench.DutyUntilAsync(d => d.State == "Forwarding", "the payload");
        var asked = await bench.InAsync(1, db => db.Duties.AsNoTracking().SingleAsync(Cancellation));

        // An honest member takes no payload for two queries: the second querier has its query bonded, and what to hand over from the first.
        var other = Keccak256.Hash("another query");
        await bench.BondAsync(2, other);
        var stolen = MemberJson.Write(new HandedQuery(other, asked.Payload!));
        Assert.Contains("for another query before", (await new Hand(bench.Market, 2).SendAsync(1, QueryKinds.Forward, stolen)).Refusal, StringComparison.Ordinal);

        // A script in its place signs for both.
        await bench.Market.RestartAsync(1, ("Query:SweepSchedule", "off"));
        await bench.StartServiceAsync();
        await MemberBench.UntilAsync(() => bench.InServiceAsync(db => db.Set<TaskRow>().CountAsync(t => t.State != TaskState.None, Cancellation)), n => n == 2, "the bonds");
        await bench.SendAsync(1, await bench.ForwardAsync(1, asked.Query, asked.Payload!));
        Assert.Contains("this payload for another query", (await bench.SendAsync(1, await bench.ForwardAsync(1, other, asked.Payload!))).Refusal, StringComparison.Ordinal);
        Assert.Contains("another payload", (await bench.SendAsync(1, await bench.ForwardAsync(1, asked.Query, [1]))).Refusal, StringComparison.Ordinal);

        // The house that files penalties has the evidence, once, and the contract convicts by it.
        await MemberBench.UntilAsync(() => bench.InServiceAsync(db => db.Findings.CountAsync(f => f.ReportedAt != null, Cancellation)), n => n > 0, "the report");
        var evidence = Assert.IsType<DoubleClaimEvidence>(Assert.Single(bench.Reported));
        await new AccountSender(bench.Market.Rpc, new Hand(bench.Market, 2).Identity.Signer).SendAsync(bench.Market.Contracts.Conduct, evidence.ToCall(), 0, Cancellation);
        Assert.Equal(1u, (await bench.Market.Rpc.CallAsync(bench.Market.Contracts.Conduct, new Conduct.MemberOfCall(bench.Market.Accounts[1]), Cancellation)).Offences);

        // The lock came while queries run, which it does not touch; but nothing new is bonded with who is locked.
        await bench.UntilAsync(running, "Settled");
        var alone = await bench.OrderAsync(querier: 0);
        Assert.Contains("No member forwards it", (await bench.UntilAsync(alone, "Failed")).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_counts_only_if_the_chain_has_its_hash()
    {
        await using var bench = await QueryBench.StartAsync(2);
        await bench.StopServiceAsync();
        var id = await bench.OrderAsync();
        await bench.DutyUntilAsync(d => d.State == "Forwarding", "the payload");

        // What a collaborator would say that makes a result up.
        await MemberBench.UntilAsync(() => bench.InAsync(0, MakeUpAsync), saved => saved, "the made-up result");

        // The service has one, and gives it to nobody before the chain has its hash: the bond could still be taken back.
        await bench.Market.Node.CallAsync("evm_setIntervalMining", 0);
        await bench.StartServiceAsync();
        await MemberBench.UntilAsync(() => bench.InServiceAsync(db => db.Answers.CountAsync(Cancellation)), n => n == 1, "the service's answer");
        var duty = await bench.InAsync(1, db => db.Duties.AsNoTracking().SingleAsync(Cancellation));
        Assert.Null((await bench.SendAsync(1, await bench.ForwardAsync(1, duty.Query, duty.Payload!))).Reply!.Result);
        await bench.Market.Node.CallAsync("evm_setIntervalMining", 1);
        Assert.Equal(["mill"], (await bench.UntilAsync(id, "Settled")).Found!.Select(p => p.Name));

        static async Task<bool> MakeUpAsync(CollaborationDb db)
        {
            (await db.Queries.SingleAsync(Cancellation)).Result = [1, 2, 3];
            try
            {
                await db.SaveChangesAsync(Cancellation);
                return true;
            }
            catch (DbUpdateConcurrencyException)
            {
                return false;
            }
        }
    }
}
