using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using ContentStore.Embedded;
using Ethereum;
using Ethereum.Abi;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Mechanisms.PrivacyGame.Models;
using Npgsql;
using Testing;
using Workers.Oracle.Asking;
using Workers.Oracle.Profiles;
using Workers.Standalone.Chain;
using Workers.Standalone.Fleets;
using Workers.Standalone.Oracle;

namespace Workers.Oracle.Tests.Market;

/// <summary>A group and three nodes, each a listener and an oracle as processes on RabbitMQ and PostgreSQL, killed with kill -9 all through a request.</summary>
[Collection(nameof(Alone))]
public sealed class KilledOracleTests(RealServers servers, ITestOutputHelper output)
{
    // Every node has to solve or vote, so a step that a kill lost is missed.
    private const int Nodes = 3, Threshold = 3;

    // As the rows of transactions have them (TransactionState).
    private const string Queued = "0", Sent = "1";
    private static readonly BigInteger Ether = BigInteger.Pow(10, 18);
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task When_every_house_is_killed_in_the_middle_of_its_steps_each_step_is_on_chain_once_and_the_model_arrives()
    {
        var root = Directory.CreateTempSubdirectory("killed-oracle-");
        var brokerStarting = servers.RabbitMqAsync(Cancellation);
        await using var anvil = await AnvilNode.StartAsync(new AnvilOptions(TimeSpan.FromMilliseconds(500)), Cancellation);
        using var http = new HttpClient(EthereumRpc.CreateHandler());
        var rpc = new EthereumRpc(http, new EthereumRpcOptions { Endpoints = [anvil.Address] }, TimeProvider.System);
        using var market = new LocalKeySigner(Convert.FromHexString(AnvilNode.Accounts[0].PrivateKey[2..]));
        var deployment = new MarketDeployment(rpc, market);
        var contracts = await deployment.DeployAsync(TimeSpan.FromSeconds(10), Cancellation);
        await using var server = await ProfileServer.StartAsync(root.FullName, TimeProvider.System, Cancellation);
        server.IsOpen = true;
        var (rabbitMq, postgres) = (await brokerStarting, await servers.PostgresAsync(Cancellation));
        var starting = Enumerable.Range(0, Nodes + 1).Select(i => StartAsync(i == 0 ? "group" : $"node{i}", i > 0)).ToList();
        var houses = new List<Organisation>();
        foreach (var start in starting)
        {
            houses.Add(await start);
        }

        try
        {
            foreach (var house in houses)
            {
                await deployment.FundAsync(house.Account, 100 * Ether, Cancellation);
                await deployment.IssueAsync(contracts, house.Account, 1_000 * Ether, Cancellation);
            }

            await PlayAsync(houses[0], houses.Skip(1).ToList());
        }
        finally
        {
            foreach (var house in houses)
            {
                await house.DisposeAsync();
            }
        }

        root.Delete(recursive: true);

        async Task PlayAsync(Organisation group, List<Organisation> nodes)
        {
            var known = await OracleBench.UntilAsync(() => group.Client.NodesAsync(Cancellation), n => n.Length == Nodes, "three nodes");
            var time = DateTimeOffset.FromUnixTimeSeconds((long)(await rpc.GetBlockHeaderAsync(BlockTag.Latest, Cancellation))!.Timestamp);
            using var people = new OracleGroup(3, 3, time);
            var (members, _) = await people.PublishAsync(
                server, new EmbeddedStore(Path.Combine(root.FullName, "ipfs")), [.. known.Select(n => new ProfileRecipient(Address.Parse(n.Node), Hex.Parse(n.PublicKey)))],
                new OracleReference(await rpc.ChainIdAsync(Cancellation), contracts.PrivacyOracle), time, Cancellation);
            var terms = people.Terms(members, 1, 0.2);
            Note("three nodes are registered");

            // Asking: the request is queued, and dies signed.
            var id = Guid.NewGuid();
            await using (var asking = await CloseAsync(group, "transactions", $"""NEW."Key" LIKE 'order/%/request' AND NEW."State" = {Sent}"""))
            {
                await group.Client.OrderModelAsync(id, OracleBench.Order(terms, Nodes, Threshold), Cancellation);
                await KillAtAsync(group, asking, """SELECT "State" FROM oracle.transactions WHERE "Key" LIKE 'order/%/request'""", Queued);
            }

            // Gathering: the profiles are fetched and counted. One of the others is first to submit, and solves.
            var slow = nodes[0];
            await using var gathering = await CloseAsync(slow, "gatherings", """NEW."ProfileDigest" IS NOT NULL""");
            await using var solving1 = await CloseAsync(nodes[1], "solutions", """NEW."Proposal" IS NOT NULL""");
            await using var solving2 = await CloseAsync(nodes[2], "solutions", """NEW."Proposal" IS NOT NULL""");
            await group.RestartAsync(Cancellation);
            await OracleBench.UntilAsync(CountAsync<PrivacyOracle.ProfilesSubmittedEvent>, n => n == Nodes - 1, "the others' marks");
            await KillAtAsync(slow, gathering, """SELECT count(*) FROM oracle.gatherings WHERE "ProfileDigest" IS NOT NULL""", "0");
            await slow.RestartAsync(Cancellation);

            // Solving: the model is sealed and stored; then its proposal is broadcast, and lost with the node that was to send it again.
            var started = (await OracleBench.UntilAsync(EventsAsync<PrivacyOracle.AttemptStartedEvent>, e => e.Count > 0, "the solver's turn"))[0];
            var solver = nodes.Single(n => n.Account == started.Solver);
            var (solving, idle) = solver == nodes[1] ? (solving1, solving2) : (solving2, solving1);
            await solving.ReachedAsync();
            await anvil.CallAsync("evm_setIntervalMining", 0);
            await solver.Listener.KillAsync();
            await KillAtAsync(solver, solving, """SELECT count(*) FROM oracle.solutions WHERE "Proposal" IS NOT NULL""", "0");
            await idle.DisposeAsync();
            await Task.WhenAll(solver.RestartAsync(Cancellation), solver.Listener.RestartAsync(Cancellation));
            const string Proposal = "FROM oracle.transactions WHERE \"Key\" LIKE 'request/%/propose/0'";
            await OracleBench.UntilAsync(() => solver.AskAsync($"SELECT \"State\" {Proposal}", Cancellation), s => s == Sent, "the proposal's broadcast");
            await solver.KillAsync();
            Note($"{solver.Name} is killed with its proposal on the way");
            await anvil.CallAsync("anvil_dropTransaction", await solver.AskAsync($"SELECT \"Hashes\" {Proposal}", Cancellation));
            Assert.Equal(await rpc.GetTransactionCountAsync(solver.Account, BlockTag.Latest, Cancellation), await rpc.GetTransactionCountAsync(solver.Account, BlockTag.Pending, Cancellation));

            // Checking and voting: one dies with its verdict, one with its vote signed.
            var checker = nodes.Single(n => n != solver && n != slow);
            await using var checking = await CloseAsync(checker, "verdicts", """NEW."Accept" IS NOT NULL""");
            await using var voting = await CloseAsync(slow, "transactions", $"""NEW."Key" LIKE 'request/%/vote/%' AND NEW."State" = {Sent}""");
            await using var delivering = await CloseAsync(group, "orders", """NEW."Model" IS NOT NULL""");
            await anvil.CallAsync("evm_setIntervalMining", 1);
            await solver.RestartAsync(Cancellation);
            await KillAtAsync(checker, checking, """SELECT count(*) FROM oracle.verdicts WHERE "Accept" IS NOT NULL""", "0");
            await KillAtAsync(slow, voting, """SELECT "State" FROM oracle.transactions WHERE "Key" LIKE 'request/%/vote/%'""", Queued);
            await Task.WhenAll(checker.RestartAsync(Cancellation), slow.RestartAsync(Cancellation));

            // Delivery: the model is opened and checked.
            await KillAtAsync(group, delivering, """SELECT "State" FROM oracle.orders""", ((int)OrderState.Asked).ToString(CultureInfo.InvariantCulture));
            await group.RestartAsync(Cancellation);
            await OracleBench.UntilAsync(() => group.AskAsync("""SELECT "State" FROM oracle.orders""", Cancellation), s => s == ((int)OrderState.Delivered).ToString(CultureInfo.InvariantCulture), "the model");
            Note("the model is delivered");
            var model = PrivacyModelFile.Read(await group.Client.ModelFileAsync(id, Cancellation));
            Assert.True(model.ToCertificate().Check(OracleGroup.Game(terms, people.Histories).For(terms.Alpha, terms.Beta)).Privacy >= terms.Beta - 1e-4);
            var place = people.Grid.CentreOf(4);
            Assert.InRange((await group.Client.DrawAsync(id, members[0].Account, place.Latitude, place.Longitude, Cancellation)).Cell, 0, 8);

            await OracleBench.UntilAsync(CountAsync<PrivacyOracle.ReleasedEvent>, n => n > 0, "the stakes' release");
            Assert.Equal((2, 2, 2, 1), (group.Kills, slow.Kills, solver.Kills, checker.Kills));
            await CheckStepsAsync();
            await CheckMoneyAsync(group, nodes, solver);
            foreach (var house in nodes.Append(group))
            {
                await CheckHouseAsync(house);
            }
        }

        async Task CheckStepsAsync()
        {
            Assert.Equal(1, await CountAsync<PrivacyOracle.RequestedEvent>());
            Assert.Equal(Nodes, await CountAsync<PrivacyOracle.ProfilesSubmittedEvent>());
            Assert.Equal(1, await CountAsync<PrivacyOracle.AttemptStartedEvent>());
            Assert.Equal(1, await CountAsync<PrivacyOracle.ProposedEvent>());
            Assert.Equal(Nodes - 1, (await EventsAsync<PrivacyOracle.VotedEvent>()).Count(v => v.Accept));
            Assert.Equal(1, await CountAsync<PrivacyOracle.ModelFinalisedEvent>());
            Assert.Equal(1, await CountAsync<PrivacyOracle.ReleasedEvent>());
            Assert.Equal(0, await CountAsync<PrivacyOracle.PenalisedEvent>());
        }

        async Task CheckMoneyAsync(Organisation group, List<Organisation> nodes, Organisation solver)
        {
            var (owed, fee) = (BigInteger.Zero, (BigInteger)OracleBench.Fee);
            foreach (var node in nodes)
            {
                var (stake, reserved, active, _) = await rpc.CallAsync(contracts.PrivacyOracle, new PrivacyOracle.NodeOfCall(node.Account), Cancellation);
                var earned = await rpc.CallAsync(contracts.PrivacyOracle, new PrivacyOracle.SetAsideCall(node.Account), Cancellation);
                Assert.Equal((OracleHouses.Stake, BigInteger.Zero, true, node == solver ? fee / 2 : fee / 4), (stake, reserved, active, earned));
                Assert.Equal((1_000 * Ether) - OracleHouses.Stake, await BalanceAsync(node.Account));
                owed += stake + earned;
            }

            Assert.Equal((Nodes * OracleHouses.Stake) + fee, owed);
            Assert.Equal(owed, await BalanceAsync(contracts.PrivacyOracle));
            Assert.Equal((1_000 * Ether) - fee, await BalanceAsync(group.Account));
        }

        // Each transaction that it queued is on chain, once, and none lies in an error queue.
        async Task CheckHouseAsync(Organisation house)
        {
            var transactions = await OracleBench.UntilAsync(
                () => house.AskAsync("""SELECT string_agg("Key" || ' ' || "State", ', ') FROM oracle.transactions WHERE "State" <> 3""", Cancellation), left => left.Length == 0, $"the end of what {house.Name} sent");
            Assert.Equal("", transactions);
            Assert.Equal(await house.AskAsync("SELECT count(*) FROM oracle.transactions", Cancellation), (await rpc.GetTransactionCountAsync(house.Account, BlockTag.Latest, Cancellation)).ToString(CultureInfo.InvariantCulture));
            Assert.Equal("", await house.AskAsync("""SELECT string_agg("Handler" || ': ' || "Reason", ', ') FROM oracle.dead_letters""", Cancellation));
        }

        async Task<int> CountAsync<TEvent>()
            where TEvent : IEvent<TEvent> => (await EventsAsync<TEvent>()).Count;

        async Task<List<TEvent>> EventsAsync<TEvent>()
            where TEvent : IEvent<TEvent> =>
            [.. (await rpc.GetLogsAsync(LogFilter.Of([contracts.PrivacyOracle], TEvent.Topic), 0, await rpc.BlockNumberAsync(Cancellation), Cancellation)).Select(l => l.Decode<TEvent>())];

        Task<BigInteger> BalanceAsync(Address account) => rpc.CallAsync(contracts.MarketToken, new MarketToken.BalanceOfAddressCall(account), Cancellation);

        async Task<Organisation> StartAsync(string name, bool isNode)
        {
            var particular = await Organisation.SettingsAsync(rabbitMq, postgres, Cancellation);
            foreach (var (key, value) in isNode ? OracleHouses.NodeSettings(server, TimeSpan.FromSeconds(30)) : [])
            {
                particular.Add(key, value);
            }

            // Eight processes look so often.
            particular["Transactions:PollInterval"] = particular["Chain:PollInterval"] = "00:00:00.5";
            return await Organisation.StartAsync(name, "Workers.Oracle.dll", new FleetSettings(root.FullName, anvil.Address, contracts, particular), Cancellation);
        }
    }

    private static Task<CommitGate> CloseAsync(Organisation house, string table, string change) => CommitGate.CloseAsync(house.Rows, table, change);

    /// <summary>Kills a house in front of a commit, and sees that nothing of it was saved.</summary>
    private async Task KillAtAsync(Organisation house, CommitGate gate, string row, string before)
    {
        await gate.ReachedAsync();
        await house.KillAsync();
        await gate.OpenAsync();
        Assert.Equal(before, await house.AskAsync(row, Cancellation));
        Note($"{house.Name} is killed in front of its commit");
    }

    private void Note(string line) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_clock.Elapsed.TotalSeconds,6:0.0} s  {line}"));
}
