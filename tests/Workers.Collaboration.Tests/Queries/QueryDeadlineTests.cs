using Ethereum;
using Ethereum.Rpc;
using Microsoft.EntityFrameworkCore;
using Workers.Collaboration.Tests.Market;
using Workers.Hosting.Members;
using Workers.Hosting.Queries;

namespace Workers.Collaboration.Tests.Queries;

/// <summary>What vanishes from the chain again, and what comes too late.</summary>
public sealed class QueryDeadlineTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nobody_forwards_or_answers_what_a_reorganisation_can_still_take_away()
    {
        // Final after 120 blocks, which come in a minute.
        await using var bench = await QueryBench.StartAsync(2, ("Chain:FinalityDepth", "120"));
        var before = (await bench.BalanceAsync(bench.Market.Accounts[0]), await bench.BalanceAsync(bench.Market.Accounts[1]));
        var id = await bench.OrderAsync();
        var query = Hash32.Parse((await bench.QueryAsync(id)).Query);
        await MemberBench.UntilAsync(() => bench.TaskAsync(query), s => s == TaskState.Bonded, "the bond");
        var bonded = await bench.Market.Rpc.BlockNumberAsync(Cancellation);
        await MemberBench.UntilAsync(() => bench.InServiceAsync(db => db.Set<TaskRow>().CountAsync(t => t.State == TaskState.Bonded, Cancellation)), n => n == 1, "the bond at the service");

        // Whoever is in a hurry is told to come again, and nothing comes of it.
        var payload = await bench.InAsync(0, db => db.Queries.Select(q => q.Payload).SingleAsync(Cancellation));
        var (reply, _) = await new Hand(bench.Market, 0).SendAsync(1, QueryKinds.Forward, MemberJson.Write(new HandedQuery(query, payload)));
        Assert.Null(MemberJson.Read<QueryReply>(reply).Result);
        Assert.Null((await bench.SendAsync(1, await bench.ForwardAsync(1, query, payload))).Reply!.Result);
        await bench.Market.Node.ReorganiseAsync((int)(await bench.Market.Rpc.BlockNumberAsync(Cancellation) - bonded) + 3);
        Assert.Null(await bench.InAsync(1, db => db.Duties.Select(d => d.Payload).SingleAsync(Cancellation)));
        Assert.Equal(0, await bench.InServiceAsync(db => db.Answers.CountAsync(Cancellation)));

        // The bond is sent again, and then it all goes its way, once.
        Assert.Equal(["mill"], (await bench.UntilAsync(id, "Settled")).Found!.Select(p => p.Name));
        Assert.Equal(
            (before.Item1 - QueryBench.Reward - QueryBench.Fee, before.Item2 + QueryBench.Reward),
            (await bench.BalanceAsync(bench.Market.Accounts[0]), await bench.BalanceAsync(bench.Market.Accounts[1])));
    }

    [Fact]
    public async Task Deadlines_give_back_or_pay_whatever_the_others_do()
    {
        // Windows that nobody has to hurry in: the test moves the clock.
        await using var bench = await QueryBench.StartAsync(3, ("Query:AnswerTime", "00:10:00"), ("Query:ConfirmTime", "00:06:00"));
        await bench.Market.Node.CallAsync("evm_setIntervalMining", 1);
        var (querier, collaborator) = (bench.Market.Accounts[0], bench.Market.Accounts[1]);
        var before = await bench.BalanceAsync(querier);

        // Nobody reaches the service: the collaborator declines, and everything comes back.
        await bench.StopServiceAsync();
        var declined = await bench.OrderAsync();
        await bench.DutyUntilAsync(d => d.State == "Forwarding", "the payload");
        await ToAsync(bench, declined, before: 58); // It declines in the last minute.
        Assert.Contains("declined", (await bench.UntilAsync(declined, "Returned")).Problem, StringComparison.Ordinal);
        Assert.Equal(before, await bench.BalanceAsync(querier));

        // The collaborator goes away with the bond: the querier takes everything back.
        var expired = await bench.OrderAsync();
        await MemberBench.UntilAsync(() => bench.QueryAsync(expired), q => q.State != "Agreeing", "the agreement");
        await bench.Market.StopAsync(1);
        await UntilAsync(expired, TaskState.Bonded);
        await bench.Market.Node.AdvanceAsync(601);
        Assert.Contains("no answer in time", (await bench.UntilAsync(expired, "Returned")).Problem, StringComparison.Ordinal);
        Assert.Equal(before, await bench.BalanceAsync(querier));

        // Whoever cannot be reached is asked again later.
        var unconfirmed = await bench.OrderAsync();
        await MemberBench.UntilAsync(() => bench.QueryAsync(unconfirmed), q => q.Problem is not null, "the attempt");
        var query = (await bench.QueryAsync(unconfirmed)).Query;
        await bench.Market.RestartAsync(1);

        // The querier goes away before the answer: the collaborator is paid by time.
        var paid = await bench.BalanceAsync(collaborator);
        await bench.DutyUntilAsync(d => d.Query == query && d.State == "Forwarding", "the payload");
        await bench.Market.StopAsync(0);
        await bench.StartServiceAsync();
        await MemberBench.UntilAsync(() => bench.TaskAsync(Hash32.Parse(query)), s => s == TaskState.Answered, "the answer");
        await bench.Market.Node.AdvanceAsync(361);
        await bench.DutyUntilAsync(d => d.Report == "The reward was paid.", "the payment");
        Assert.Equal(paid + QueryBench.Reward, await bench.BalanceAsync(collaborator));
        Assert.Equal(before - QueryBench.Reward - QueryBench.Fee, await bench.BalanceAsync(querier));

        // Back again it has its result all the same.
        await bench.Market.RestartAsync(0);
        Assert.Equal(["mill"], (await bench.UntilAsync(unconfirmed, "Settled")).Found!.Select(p => p.Name));

        async Task UntilAsync(Guid id, TaskState state)
        {
            var task = Hash32.Parse((await bench.QueryAsync(id)).Query);
            await MemberBench.UntilAsync(() => bench.TaskAsync(task), s => s == state, $"{state}");
        }
    }

    [Fact]
    public async Task A_bond_that_was_given_back_in_a_block_that_vanished_comes_back_all_the_same()
    {
        await using var bench = await QueryBench.StartAsync(2, ("Query:AnswerTime", "00:10:00"), ("Chain:FinalityDepth", "30"));
        var (node, before) = (bench.Market.Node, await bench.BalanceAsync(bench.Market.Accounts[0]));
        await bench.StopServiceAsync();
        var id = await bench.OrderAsync();
        await bench.DutyUntilAsync(d => d.State == "Forwarding", "the payload");
        await node.CallAsync("evm_setIntervalMining", 1);
        await ToAsync(bench, id, before: 58);
        var declined = 0L;
        foreach (var member in new[] { 0, 1 })
        {
            declined = await MemberBench.UntilAsync(() => bench.InAsync(member, db => db.Set<TaskRow>().Where(t => t.State == TaskState.Declined).Select(t => t.EndedBlock).SingleOrDefaultAsync(Cancellation)), b => b > 0, "the decline");
        }

        // Both know, and neither takes it for an end.
        await Task.Delay(TimeSpan.FromSeconds(3), Cancellation);
        Assert.Equal("Forwarding", (await bench.QueryAsync(id)).State);
        await bench.DutyUntilAsync(d => d.State == "Forwarding", "the duty");

        // The block vanishes, and what is sent again comes too late.
        await node.CallAsync("evm_setIntervalMining", 0);
        await node.ReorganiseAsync((int)((long)await bench.Market.Rpc.BlockNumberAsync(Cancellation) - declined) + 1);
        await node.AdvanceAsync(60);
        await node.CallAsync("evm_setIntervalMining", 1);
        Assert.Contains("no answer in time", (await bench.UntilAsync(id, "Returned")).Problem, StringComparison.Ordinal);
        Assert.Equal(before, await bench.BalanceAsync(bench.Market.Accounts[0]));
        await bench.DutyUntilAsync(d => d is { State: "Ended", Report: "There was no answer in time." }, "the end of the duty");
    }

    /// <summary>Moves the chain's clock to so many seconds before a query's deadline.</summary>
    private static async Task ToAsync(QueryBench bench, Guid id, uint before)
    {
        var task = await bench.Market.Rpc.CallAsync(bench.Market.Contracts.Collaboration, new Ethereum.Contracts.Collaboration.TaskOfCall(Hash32.Parse((await bench.QueryAsync(id)).Query)), Cancellation);
        await bench.Market.Node.AdvanceAsync((uint)(task.Deadline - before - (await bench.Market.Rpc.GetBlockHeaderAsync(BlockTag.Latest, Cancellation))!.Timestamp));
    }
}
