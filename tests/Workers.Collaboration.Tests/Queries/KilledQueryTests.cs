using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using Ethereum;
using Ethereum.Abi;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Testing;
using Workers.Collaboration.Queries;
using Workers.Collaboration.Tests.Market;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Queries;
using Workers.Standalone.Fleets;
using Contract = Ethereum.Contracts.Collaboration;

namespace Workers.Collaboration.Tests.Queries;

/// <summary>
/// A querier and its collaborator, each a listener and a worker as processes on RabbitMQ and PostgreSQL, killed with kill -9 all through their queries, and a chain that loses the block of a bond. The service runs in this
/// process. No window ends by itself: the test moves the chain's clock where one has to.
/// </summary>
[Collection(nameof(Alone))]
public sealed class KilledQueryTests(RealServers servers, ITestOutputHelper output)
{
    private const int Seed = 20_261_123, Queries = 6, Kills = 8;

    /// <summary>With this kill the broker dies, too.</summary>
    private const int BrokersKill = 5;

    // As the rows of transactions have them (TransactionState).
    private const string Sent = "1", Final = "3", Ended = "(3, 4)", Transactions = """SELECT string_agg("Key" || ' ' || "State" || coalesce(' ' || "Error", ''), ', ') FROM collaboration.transactions""";
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_is_killed_and_whatever_block_vanishes_each_query_is_paid_once_or_comes_back_whole()
    {
        var random = new Random(Seed);

        // A broker of its own, since it is killed.
        var (brokerStarting, databasesStarting) = (RabbitMqServer.StartAsync(Cancellation), servers.PostgresAsync(Cancellation));
        await using var bench = await QueryBench.StartAsync(members: 0);
        await using var rabbitMq = await brokerStarting;
        var postgres = await databasesStarting;
        var (market, node, service) = (bench.Market, bench.Market.Node, bench.Service.Account);
        var (starting, alsoStarting) = (StartAsync("querier"), StartAsync("collaborator"));
        await using var querier = await starting;
        await using var collaborator = await alsoStarting;
        Organisation[] members = [querier, collaborator];
        foreach (var member in members)
        {
            await market.JoinAsync(member.Client);
        }

        foreach (var member in members)
        {
            await MemberBench.UntilAsync(() => member.AskAsync("""SELECT count(*) FROM collaboration.members WHERE "IsActive" """, Cancellation), n => n == "2", $"both members at the {member.Name}'s");
            await KnownAsync(member, service);
        }

        var before = (Querier: await bench.BalanceAsync(querier.Account), Collaborator: await bench.BalanceAsync(collaborator.Account), Service: await bench.BalanceAsync(service));
        Note("both have joined");

        // One query after the other; each process dies twice, wherever the queries are then.
        WorkerProcess[] victims = [querier.Listener, querier.Worker, collaborator.Listener, collaborator.Worker];
        var paid = new List<Ordered>();
        for (var kill = 0; kill < Kills; kill++)
        {
            if (kill % victims.Length == 0)
            {
                random.Shuffle(victims);
            }

            if (kill < Queries)
            {
                paid.Add(await OrderAsync(service));
            }

            await Task.Delay(random.Next(1_500), Cancellation); // A moment that nobody chose.
            await KillAsync(victims[kill % victims.Length], kill == BrokersKill);
        }

        foreach (var query in paid)
        {
            await EndAsync(query, QueryState.Settled);
        }

        // Everything before is deeper than the two blocks that vanish now: that of a bond, and the one by which both have been told of it. A listener dies meanwhile.
        await node.CallAsync("evm_setIntervalMining", 0);
        var vanishing = await OrderAsync(service);
        await MemberBench.UntilAsync(MineAsync, s => s == TaskState.Bonded, "the bond");
        await node.MineAsync();
        foreach (var member in members)
        {
            await MemberBench.UntilAsync(
                () => member.AskAsync($"""SELECT count(*) FROM collaboration.tasks WHERE "Query" = '{vanishing.Query}' AND "State" = {(int)TaskState.Bonded}""", Cancellation), n => n == "1", $"the bond at the {member.Name}'s");
        }

        var listener = members[random.Next(members.Length)].Listener;
        await listener.KillAsync();
        await node.ReorganiseAsync(2);
        Assert.Equal(TaskState.None, await bench.TaskAsync(vanishing.Query));
        await listener.RestartAsync(Cancellation);
        Note($"the bond's block has vanished, and {listener.Name} was killed meanwhile");
        await node.CallAsync("evm_setIntervalMining", 1);
        await KillAsync(members[random.Next(members.Length)].Worker);

        // This service cannot be reached. In the last minute the collaborator gives everything back, and is killed with that on the way.
        using var key = P256KeyPair.Generate();
        var silent = Address.Parse(AnvilNode.Accounts[0].Address);
        var offer = new Contract.OfferServiceCall(QueryBench.Fee, key.PublicKey.ToArray(), $"https://127.0.0.1:{LoopbackPort.Next()}/#{new string('0', 64)}");
        await market.Sender.SendAsync(market.Contracts.Collaboration, offer.Encode(), 0, Cancellation);
        foreach (var member in members)
        {
            await KnownAsync(member, silent);
        }

        var returned = await OrderAsync(silent);
        await MemberBench.UntilAsync(DutiesAsync, duties => duties.Any(d => d.Query == returned.Query.ToString() && d.State == "Forwarding"), "the payload");
        await EndAsync(vanishing, QueryState.Settled);
        paid.Add(vanishing);
        await DeclineAsync();
        await EndAsync(returned, QueryState.Returned);

        await CheckStepsAsync();
        await CheckMoneyAsync();
        foreach (var member in members)
        {
            await CheckMemberAsync(member);
        }

        async Task<Ordered> OrderAsync(Address from)
        {
            var id = Guid.NewGuid();
            await QueryBench.OrderAsync(querier.Client, id, [collaborator.Account], from);
            return new Ordered(id, Hash32.Parse((await ViewAsync(id)).Query));
        }

        Task<QueryBench.QueryView> ViewAsync(Guid id) => querier.Client.GetAsync<QueryBench.QueryView>($"api/queries/{id}", Cancellation);

        async Task EndAsync(Ordered query, QueryState state)
        {
            var view = await MemberBench.UntilAsync(() => ViewAsync(query.Id), q => Enum.Parse<QueryState>(q.State) >= QueryState.Settled, "the query's end");
            Assert.True(view.State == state.ToString(), view.ToString());
            Assert.Equal(state == QueryState.Settled ? "mill" : null, view.Found?.Single().Name);
            Note($"query {query.Id} is {view.State}");
        }

        Task<QueryBench.DutyView[]> DutiesAsync() => collaborator.Client.GetAsync<QueryBench.DutyView[]>("api/duties", Cancellation);

        static Task<QueryBench.Offer[]> KnownAsync(Organisation member, Address service) =>
            MemberBench.UntilAsync(() => member.Client.GetAsync<QueryBench.Offer[]>("api/services", Cancellation), s => s.Any(o => o.Account == service.ToString()), $"the service's offer at the {member.Name}'s");

        async Task<TaskState> MineAsync()
        {
            await node.MineAsync();
            return await bench.TaskAsync(vanishing.Query);
        }

        async Task KillAsync(WorkerProcess victim, bool withBroker = false)
        {
            await victim.KillAsync();
            var states = await querier.AskAsync("""SELECT string_agg("State"::text, ' ' ORDER BY "OrderedAt") FROM collaboration.queries""", Cancellation);
            if (withBroker)
            {
                await rabbitMq.KillAsync();
                await rabbitMq.RestartAsync(Cancellation);
            }

            await victim.RestartAsync(Cancellation);
            Note($"{victim.Name} was killed{(withBroker ? " with RabbitMQ" : "")}; queries: {string.Join(' ', states.Split(' ').Select(Enum.Parse<QueryState>))}");
        }

        // The chain's clock stands still until the restarted collaborator can send it again.
        async Task DeclineAsync()
        {
            await node.CallAsync("evm_setIntervalMining", 0);
            await node.CallAsync("anvil_setBlockTimestampInterval", 1);
            var task = await market.Rpc.CallAsync(market.Contracts.Collaboration, new Contract.TaskOfCall(returned.Query), Cancellation);
            await node.AdvanceAsync((uint)(task.Deadline - 58 - (await market.Rpc.GetBlockHeaderAsync(BlockTag.Latest, Cancellation))!.Timestamp));
            const string Decline = "FROM collaboration.transactions WHERE \"Key\" LIKE 'duty/%/decline/%'";
            await MemberBench.UntilAsync(() => collaborator.AskAsync($"SELECT \"State\" {Decline}", Cancellation), s => s == Sent, "the broadcast");
            await collaborator.Worker.KillAsync();
            await node.CallAsync("anvil_dropTransaction", await collaborator.AskAsync($"SELECT \"Hashes\" {Decline}", Cancellation));
            await collaborator.Worker.RestartAsync(Cancellation);
            Note("the collaborator was killed while it gave a bond back");
            await node.CallAsync("evm_setIntervalMining", 1);
        }

        // What the contract says happened to each query is what its querier says, and each step happened once.
        async Task CheckStepsAsync()
        {
            var all = paid.Append(returned).Select(q => q.Query).Order().ToList();
            Assert.Equal(all, (await EventsAsync<Contract.BondedEvent>(market.Contracts.Collaboration)).Select(e => e.Query).Order());
            Assert.Equal(paid.Select(q => q.Query).Order(), (await EventsAsync<Contract.AnsweredEvent>(market.Contracts.Collaboration)).Select(e => e.Query).Order());
            var settled = await EventsAsync<Contract.SettledEvent>(market.Contracts.Collaboration);
            Assert.Equal(paid.Select(q => q.Query).Order(), settled.Select(e => e.Query).Order());
            Assert.All(settled, e => Assert.Equal((collaborator.Account, QueryBench.Reward, true), (e.Collaborator, e.Reward, e.Confirmed)));
            Assert.Equal([returned.Query], (await EventsAsync<Contract.DeclinedEvent>(market.Contracts.Collaboration)).Select(e => e.Query));
            Assert.Empty(await EventsAsync<Contract.ExpiredEvent>(market.Contracts.Collaboration));

            // Neither side knows of any other query, and the service was never asked two things under one name.
            Assert.Equal(all, (await querier.Client.GetAsync<QueryBench.QueryView[]>("api/queries", Cancellation)).Select(q => Hash32.Parse(q.Query)).Order());
            var duties = await MemberBench.UntilAsync(DutiesAsync, d => d.All(one => one.State == "Ended"), "the end of the duties");
            Assert.Equal(all, duties.Select(d => Hash32.Parse(d.Query)).Order());
            Assert.Equal(0, await bench.InServiceAsync(db => db.Findings.CountAsync(Cancellation)));
            Assert.Empty(await bench.InServiceAsync(db => db.DeadLetters.Select(d => d.Reason).ToListAsync(Cancellation)));
        }

        async Task CheckMoneyAsync()
        {
            var (reward, fee) = (paid.Count * QueryBench.Reward, paid.Count * QueryBench.Fee);
            Assert.Equal(
                (before.Querier - reward - fee, before.Collaborator + reward, before.Service + fee, BigInteger.Zero),
                (await bench.BalanceAsync(querier.Account), await bench.BalanceAsync(collaborator.Account), await bench.BalanceAsync(service), await bench.BalanceAsync(market.Contracts.Collaboration)));

            // What the contract paid out, payment by payment.
            var payments = (await EventsAsync<MarketToken.TransferEvent>(market.Contracts.MarketToken)).Where(t => t.From == market.Contracts.Collaboration).ToLookup(t => t.To, t => t.Value);
            Assert.Equal(Enumerable.Repeat(QueryBench.Reward, paid.Count), payments[collaborator.Account]);
            Assert.Equal(Enumerable.Repeat(QueryBench.Fee, paid.Count), payments[service]);
            Assert.Equal([QueryBench.Reward + QueryBench.Fee], payments[querier.Account]);
            Assert.Equal(3, payments.Count);
        }

        // Each transaction that it queued is on chain, once and with success, and none of its two processes has dead letters.
        async Task CheckMemberAsync(Organisation member)
        {
            await MemberBench.UntilAsync(() => member.AskAsync($"""{Transactions} WHERE "State" NOT IN {Ended}""", Cancellation), left => left.Length == 0, $"the end of what the {member.Name} sent");
            Assert.Equal("", await member.AskAsync($"""{Transactions} WHERE "State" <> {Final}""", Cancellation));
            var queued = await member.AskAsync("SELECT count(*) FROM collaboration.transactions", Cancellation);
            Assert.Equal(queued, (await market.Rpc.GetTransactionCountAsync(member.Account, BlockTag.Latest, Cancellation)).ToString(CultureInfo.InvariantCulture));
            foreach (var worker in new[] { "collaboration", "listener" })
            {
                Assert.Equal("", await member.AskAsync($"""SELECT string_agg("Handler" || ': ' || "Reason", ', ') FROM {worker}.dead_letters""", Cancellation));
            }

            Note($"the {member.Name} has {queued} transactions on chain, and no dead letters");
        }

        async Task<List<TEvent>> EventsAsync<TEvent>(Address contract)
            where TEvent : IEvent<TEvent> =>
            [.. (await market.Rpc.GetLogsAsync(LogFilter.Of([contract], TEvent.Topic), 0, await market.Rpc.BlockNumberAsync(Cancellation), Cancellation)).Select(l => l.Decode<TEvent>())];

        async Task<Organisation> StartAsync(string name)
        {
            var particular = new Dictionary<string, string>(await Organisation.SettingsAsync(rabbitMq, postgres, Cancellation), StringComparer.Ordinal)
            {
                ["Bookkeeping:Schedule"] = "off",

                // Where it takes envelopes is in its entry on chain, so it is the same after every restart.
                ["Envelopes:Url"] = string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{LoopbackPort.Next()}"),
                ["Envelopes:Member:BreakDuration"] = "00:00:01",
                ["Query:SweepSchedule"] = "00:00:01",
                ["Query:Interval"] = "00:00:01",
                ["Query:AgreementTime"] = "02:00:00",
                ["Query:MaxAgreementTime"] = "12:00:00",
                ["Query:AnswerTime"] = "02:00:00",
                ["Query:ConfirmTime"] = "02:00:00",
            };
            return await Organisation.StartAsync(name, "Workers.Collaboration.dll", new FleetSettings(market.Root, node.Address, market.Contracts, particular), Cancellation);
        }
    }

    private void Note(string line) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_clock.Elapsed.TotalSeconds,6:0.0} s  {line}"));

    private sealed record Ordered(Guid Id, Hash32 Query);
}
