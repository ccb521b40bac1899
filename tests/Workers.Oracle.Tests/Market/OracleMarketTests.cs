using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Mechanisms.PrivacyGame.Models;
using Testing;
using Workers.Oracle.Profiles;
using Workers.Oracle.Solving;
using Workers.Oracle.Terms;
using Workers.Standalone.Chain;
using Workers.Standalone.Oracle;

namespace Workers.Oracle.Tests.Market;

/// <summary>Whole requests: fleets, contract, HTTPS server, content store.</summary>
public sealed class OracleMarketTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_altered_profile_and_a_leaking_model_are_outvoted_and_the_group_has_its_model()
    {
        await using var stage = await StoryStage.SetAsync("oracle", attestors: null, Cancellation);
        Assert.True(await new OracleStory(stage.Root, stage.Chain, stage.Rpc, stage.Contracts, stage.Deployment, stage.Console).PlayAsync(Cancellation), stage.Text);
        Assert.Contains("The best attack errs by", stage.Text, StringComparison.Ordinal);
        Assert.StartsWith("<svg", await File.ReadAllTextAsync(Path.Combine(stage.Root, "query.svg"), Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_solver_restarts_and_a_reorganisation_between_the_rounds_cost_time_but_no_model()
    {
        await using var bench = await OracleBench.StartAsync();
        using var silent = await bench.ScriptAsync("silent");
        var (members, envelopes) = await bench.PublishAsync(OracleBench.Nodes + 1);
        bench.Houses.Server.IsOpen = false;

        // Nobody who is locked is in a group.
        var outlaw = new Address([.. bench.Group.Accounts[0].ToArray()[..19], (byte)(bench.Group.Accounts[0].ToArray()[19] ^ 1)]);
        await bench.LockAsync(outlaw);
        var mixed = bench.Group.Terms(members.SetItem(0, members[0] with { Account = outlaw.ToString() }), 1, 0.2);
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => bench.Client.OrderModelAsync(Guid.NewGuid(), OracleBench.Order(mixed), Cancellation));
        Assert.Contains($"{outlaw} is locked for misconduct", refused.Message, StringComparison.Ordinal);

        var id = Guid.NewGuid();
        var terms = bench.Group.Terms(members, 1, 0.2);
        await bench.Client.OrderModelAsync(id, OracleBench.Order(terms, committee: 4, threshold: 3, solve: 90), Cancellation);
        var asked = await bench.AskedAsync(id);
        var requestId = Hash32.Parse(asked.RequestId!);

        // It is first, so it is first to solve, and says nothing.
        var profiles = new List<(Address Member, ReadOnlyMemory<byte> Content)>();
        foreach (var (account, envelope) in bench.Group.Accounts.Zip(envelopes))
        {
            profiles.Add((account, (await silent.OpenAsync(envelope, await bench.TimeAsync(), Cancellation)).Bytes));
        }

        await silent.SubmitAsync(requestId, ProfileDigest.Of(requestId, profiles), Cancellation);

        // Nobody sends a played node's transactions again.
        await bench.Node.MineAsync(3);
        bench.Houses.Server.IsOpen = true;
        await bench.Houses.RestartAsync("node1", Cancellation);
        await StateAsync(s => s.Submitted >= 3, "three marks");

        // The last marks vanish; whoever sent them sends them again.
        await bench.Node.ReorganiseAsync(2);
        await StateAsync(s => s.Submitted == 4, "four marks");
        await bench.Houses.RestartAsync("node2", Cancellation);
        await StateAsync(s => s.Attempt > 0, "another solver's turn");
        await bench.Houses.RestartAsync("node3", Cancellation);
        var order = await bench.EndAsync(id);
        Assert.Equal(("Delivered", null), (order.State, order.Problem));
        var model = PrivacyModelFile.Read(await bench.Client.ModelFileAsync(id, Cancellation));
        var game = OracleGroup.Game(terms, bench.Group.Histories).For(terms.Alpha, terms.Beta);
        Assert.True(model.ToCertificate().Check(game).Privacy >= terms.Beta - 1e-4);
        var request = (await bench.Client.RequestAsync(asked.RequestId!, Cancellation))!;
        Assert.Empty(request.Penalties);
        Assert.Equal(OracleBench.Fee, request.Payments.Sum(p => p.Amount));
        var drawn = await bench.Client.DrawAsync(id, members[0].Account, bench.Group.Grid.CentreOf(4).Latitude, bench.Group.Grid.CentreOf(4).Longitude, Cancellation);
        Assert.InRange(drawn.Cell, 0, 8);

        Task<PrivacyOracle.Status> StateAsync(Func<PrivacyOracle.Status, bool> wanted, string what) => OracleBench.UntilAsync(
            () => bench.Houses.Rpc.CallAsync(bench.Houses.Contracts.PrivacyOracle, new PrivacyOracle.RequestOfCall(requestId), Cancellation), wanted, what);
    }

    [Fact]
    public async Task Two_requests_at_once_of_one_group_both_end_with_a_model_of_their_own()
    {
        await using var bench = await OracleBench.StartAsync();
        await bench.DrawableAsync();
        var (members, _) = await bench.PublishAsync();

        // Both are asked before anybody can gather: the same nodes then work on both.
        bench.Houses.Server.IsOpen = false;
        (Guid Id, GameTerms Terms)[] orders = [(Guid.NewGuid(), bench.Group.Terms(members, 1, 0.2)), (Guid.NewGuid(), bench.Group.Terms(members, 1, 0.1))];
        await Task.WhenAll(orders.Select(o => bench.Client.OrderModelAsync(o.Id, OracleBench.Order(o.Terms), Cancellation)));
        foreach (var (id, _) in orders)
        {
            await bench.AskedAsync(id);
        }

        var (fee, penalty) = ((BigInteger)OracleBench.Fee, MarketDeployment.OraclePenalty);
        foreach (var node in bench.Houses.Nodes)
        {
            Assert.Equal(2 * penalty, (BigInteger)(await node.Client.NodeAsync(Cancellation)).Reserved);
        }

        bench.Houses.Server.IsOpen = true;
        var (digests, models) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var (id, terms) in orders)
        {
            var order = await bench.EndAsync(id);
            Assert.Equal(("Delivered", null), (order.State, order.Problem));
            var bytes = await bench.Client.ModelFileAsync(id, Cancellation);
            var model = PrivacyModelFile.Read(bytes);
            Assert.Equal(order.RequestId, new Hash32(model.Terms.Request.AsSpan()).ToString());
            Assert.True(model.ToCertificate().Check(OracleGroup.Game(terms, bench.Group.Histories).For(terms.Alpha, terms.Beta)).Privacy >= terms.Beta - 1e-4);
            var request = (await bench.Client.RequestAsync(order.RequestId!, Cancellation))!;
            Assert.Empty(request.Penalties);
            Assert.Equal(OracleBench.Fee, request.Payments.Sum(p => p.Amount));
            var status = await bench.Houses.Rpc.CallAsync(bench.Houses.Contracts.PrivacyOracle, new PrivacyOracle.RequestOfCall(Hash32.Parse(order.RequestId!)), Cancellation);
            var (result, _, _, _) = await bench.Houses.Rpc.CallAsync(bench.Houses.Contracts.PrivacyOracle, new PrivacyOracle.ModelOfCall(Hash32.Parse(order.RequestId!)), Cancellation);
            Assert.Equal(new Hash32(System.Security.Cryptography.SHA256.HashData(bytes)), result);
            Assert.True(digests.Add(status.ProfileDigest.ToString()) && models.Add(result.ToString()), "the requests share a digest");
        }

        // The contract holds what it owes: stakes as they were, and both fees.
        var owed = BigInteger.Zero;
        foreach (var node in bench.Houses.Nodes)
        {
            var own = await node.Client.NodeAsync(Cancellation);
            Assert.Equal(OracleHouses.Stake, (BigInteger)own.Stake);
            owed += (BigInteger)own.Stake + (BigInteger)own.SetAside;
        }

        Assert.Equal((OracleBench.Nodes * OracleHouses.Stake) + (2 * fee), owed);
        Assert.Equal(owed, await bench.Houses.Rpc.CallAsync(bench.Houses.Contracts.MarketToken, new MarketToken.BalanceOfAddressCall(bench.Houses.Contracts.PrivacyOracle), Cancellation));
    }
}
