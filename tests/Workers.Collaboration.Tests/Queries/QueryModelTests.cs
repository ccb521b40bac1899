using Ethereum;
using Ethereum.Contracts;
using Mechanisms.Mobility;
using Microsoft.EntityFrameworkCore;
using Testing;
using Workers.Collaboration.Tests.Market;
using Workers.Standalone.Chain;

namespace Workers.Collaboration.Tests.Queries;

/// <summary>Members whose queries are disguised by a model of the privacy game (paper 4, §3), on a chain of their own with a real location service.</summary>
public sealed class QueryModelTests
{
    private const int Cells = 4;
    private static readonly AreaTerms Area = new(Grid: [39.90, 116.40, 39.94, 116.44], Side: 2);

    /// <summary>The cell of the place that <see cref="QueryBench.OrderAsync"/> orders for, and another.</summary>
    private static readonly int Own = Area.ToCells().CellOf(new Position(39.9042, 116.4074))!.Value, Other = Cells - 1 - Own;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_groups_model_chooses_who_asks_about_which_place()
    {
        await using var bench = await QueryBench.StartAsync(3);

        // The third member asks for the first about the opposite cell.
        await PutAsync(bench, 0, [0, 1, 2], o => o == Own ? (2 * Cells) + Other : o);
        var settled = await bench.UntilAsync(await bench.OrderAsync(byModel: true), "Settled");
        var centre = Area.ToCells().CentreOf(Other);
        Assert.Equal((bench.Market.Accounts[2].ToString(), "Group"), (settled.Collaborator, settled.DisguisedBy));
        Assert.Equal((centre.Latitude, centre.Longitude), (settled.Places.Single().Latitude, settled.Places.Single().Longitude));
        Assert.Equal(["mill"], settled.Found!.Select(p => p.Name));

        // Who says itself by whom does without the model.
        var given = await bench.UntilAsync(await bench.OrderAsync(collaborators: [1]), "Settled");
        Assert.Equal((bench.Market.Accounts[1].ToString(), null, 39.9042), (given.Collaborator, given.DisguisedBy, given.Places.Single().Latitude));

        // The next model takes its place: now the first member asks itself, and nothing is bonded or paid. The service is away, and comes back.
        await PutAsync(bench, 0, [0, 1, 2], o => o == Own ? Other : o);
        var before = await bench.BalanceAsync(bench.Market.Accounts[0]);
        await bench.StopServiceAsync();
        var itself = await bench.OrderAsync(byModel: true);
        await MemberBench.UntilAsync(() => bench.QueryAsync(itself), q => q.Problem is not null, "the service's absence");
        await bench.Market.RestartAsync(0);
        await bench.StartServiceAsync();
        var answered = await bench.UntilAsync(itself, "Answered");
        Assert.Equal((null, "Group", "0", centre.Latitude), (answered.Collaborator, answered.DisguisedBy, answered.Reward, answered.Places.Single().Latitude));
        Assert.Equal(["mill"], answered.Found!.Select(p => p.Name));
        Assert.Equal(before, await bench.BalanceAsync(bench.Market.Accounts[0]));
    }

    [Fact]
    public async Task Who_is_locked_asks_alone_by_a_model_of_its_own()
    {
        await using var bench = await QueryBench.StartAsync(2);
        await PutAsync(bench, 0, [0, 1], o => o == Own ? Cells + Other : o);
        await bench.Market.LockAsync(0);
        await MemberBench.UntilAsync(() => TryAsync(() => bench.OrderAsync(byModel: true)), refusal => refusal.Contains("is locked and can bond nothing", StringComparison.Ordinal), "the lock");
        await PutAsync(bench, 0, [0], o => o == Own ? Other : o);
        await RefusedAsync("is locked and can bond nothing", () => bench.OrderAsync());
        var answered = await bench.UntilAsync(await bench.OrderAsync(byModel: true), "Answered");
        Assert.Equal((null, "Alone", Area.ToCells().CentreOf(Other).Latitude), (answered.Collaborator, answered.DisguisedBy, answered.Places.Single().Latitude));
        Assert.Equal(["mill"], answered.Found!.Select(p => p.Name));
    }

    [Fact]
    public async Task A_lock_that_begins_or_ends_while_a_query_runs_leaves_that_query_as_it_is()
    {
        await using var bench = await QueryBench.StartAsync(2);
        await PutAsync(bench, 0, [0], o => o == Own ? Other : o);
        await PutAsync(bench, 0, [0, 1], o => o == Own ? Cells + Other : o);

        // Both are locked after the bond: what was agreed is done and paid.
        var (querier, collaborator) = (bench.Market.Accounts[0], bench.Market.Accounts[1]);
        var paid = await bench.BalanceAsync(collaborator);
        await bench.StopServiceAsync();
        var bonded = await bench.OrderAsync(byModel: true);
        await bench.UntilAsync(bonded, "Forwarding");
        await bench.Market.LockAsync(1);
        await bench.Market.LockAsync(0);
        await LockedAsync(true);

        await bench.StartServiceAsync();
        var settled = await bench.UntilAsync(bonded, "Settled");
        Assert.Equal((collaborator.ToString(), "Group"), (settled.Collaborator, settled.DisguisedBy));
        Assert.Equal(["mill"], settled.Found!.Select(p => p.Name));
        Assert.Equal(paid + QueryBench.Reward, await bench.BalanceAsync(collaborator));

        // The querier asks alone now; before the service is back the locks are over.
        await bench.StopServiceAsync();
        var alone = await bench.OrderAsync(byModel: true);
        await MemberBench.UntilAsync(() => bench.QueryAsync(alone), q => q.Problem is not null, "the service's absence");
        await bench.Market.Node.AdvanceAsync((uint)MarketDeployment.Rules.Lock + 1);
        await LockedAsync(false);
        await bench.StartServiceAsync();
        var answered = await bench.UntilAsync(alone, "Answered");
        Assert.Equal((null, "Alone", Area.ToCells().CentreOf(Other).Latitude), (answered.Collaborator, answered.DisguisedBy, answered.Places.Single().Latitude));

        // What is asked from now on goes by the group's model again.
        settled = await bench.UntilAsync(await bench.OrderAsync(byModel: true), "Settled");
        Assert.Equal((collaborator.ToString(), "Group"), (settled.Collaborator, settled.DisguisedBy));

        async Task LockedAsync(bool locked)
        {
            foreach (var account in new[] { querier, collaborator })
            {
                await MemberBench.UntilAsync(
                    () => bench.Market.Rpc.CallAsync(bench.Market.Contracts.Conduct, new Conduct.IsAllowedCall(account), Cancellation), allowed => allowed != locked, $"{account} {(locked ? "locked" : "free")}");
            }
        }
    }

    [Fact]
    public async Task A_model_that_cannot_be_used_is_refused_and_nothing_goes_out_undisguised_for_it()
    {
        await using var bench = await QueryBench.StartAsync(3);
        await RefusedAsync("not among the model's members", () => PutAsync(bench, 0, [1, 2], o => o));
        await RefusedAsync("2 members in 4 cells; the group has 2 in 9", () => PutAsync(bench, 0, [0, 1], o => o, area: Area with { Side = 3 }));
        await RefusedAsync("named twice", () => PutAsync(bench, 0, [0, 0], o => o));
        await RefusedAsync("expired at", () => PutAsync(bench, 0, [0, 1], o => o, TimeProvider.System.GetUtcNow().AddMinutes(-1)));
        await RefusedAsync("The area cannot be used", () => PutAsync(bench, 0, [0, 1], o => o, area: new AreaTerms()));
        await RefusedAsync("are accounts", () => SendAsync(bench, 0, ["0x12"], Area, [1, 2, 3]));
        await RefusedAsync("does not begin with PGM1", () => SendAsync(bench, 0, [bench.Market.Accounts[0].ToString()], Area, [1, 2, 3, 4, 5]));
        await RefusedAsync("does not begin with PGM1", () => SendAsync(bench, 0, [bench.Market.Accounts[0].ToString()], Area, new byte[40 << 20]));
        Assert.Empty(await ModelsAsync(bench));

        // The bytes lie wrapped in the database.
        var end = TimeProvider.System.GetUtcNow().AddSeconds(15);
        await PutAsync(bench, 0, [0, 1], o => Cells + (o % Cells), end);
        Assert.Equal("Group", Assert.Single(await ModelsAsync(bench)).Kind);
        Assert.Equal(-1, (await bench.InAsync(0, db => db.Models.SingleAsync(Cancellation))).Model.AsSpan().IndexOf("PGM1"u8));

        // Expired, and then outside its area: nothing is asked. Forgotten: as it is given.
        await Task.Delay(end.AddSeconds(1) - TimeProvider.System.GetUtcNow(), Cancellation);
        await RefusedAsync("expired at", () => bench.OrderAsync(byModel: true));
        await PutAsync(bench, 0, [0, 1], o => o, area: new AreaTerms(Grid: [40, 116.40, 40.04, 116.44], Side: 2));
        var queries = await bench.InAsync(0, db => db.Queries.CountAsync(Cancellation));
        await RefusedAsync("outside the group's area", () => bench.OrderAsync(byModel: true));
        Assert.Equal(queries, await bench.InAsync(0, db => db.Queries.CountAsync(Cancellation)));
        await bench.Market.Members[0].Client.TellAsync(HttpMethod.Delete, "api/models/Group", new { }, Cancellation);
        var given = await bench.QueryAsync(await bench.OrderAsync(byModel: true));
        Assert.Equal((null, 39.9042), (given.DisguisedBy, given.Places.Single().Latitude));
    }

    private static Task PutAsync(QueryBench bench, int member, int[] group, Func<int, int> release, DateTimeOffset? expires = null, AreaTerms? area = null) =>
        SendAsync(bench, member, [.. group.Select(m => bench.Market.Accounts[m].ToString())], area ?? Area, HandMadeModel.Write(expires ?? TimeProvider.System.GetUtcNow().AddDays(1), group.Length, Cells, release));

    private static Task SendAsync(QueryBench bench, int member, string[] members, AreaTerms area, byte[] model) =>
        bench.Market.Members[member].Client.TellAsync(HttpMethod.Put, "api/model", new { Members = members, Area = area, Model = model }, Cancellation);

    private static Task<ModelView[]> ModelsAsync(QueryBench bench) => bench.Market.Members[0].Client.GetAsync<ModelView[]>("api/models", Cancellation);

    private static async Task RefusedAsync(string why, Func<Task> call) => Assert.Contains(why, await TryAsync(call), StringComparison.Ordinal);

    private static async Task<string> TryAsync(Func<Task> call)
    {
        try
        {
            await call();
            return "";
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
    }

    private sealed record ModelView(string Kind, string[] Members, DateTimeOffset Expires);
}
