using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Transactions;
using Testing;
using Workers.Oracle.Profiles;
using Workers.Standalone.Chain;
using Workers.Standalone.Oracle;

namespace Workers.Oracle.Tests.Market;

/// <summary>Requests that come to nothing: the fee goes back with a reason.</summary>
public sealed class FailedRequestTests(SharedOracle shared) : IClassFixture<SharedOracle>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wish_that_cannot_be_met_is_answered_with_the_most_that_can_be_and_a_document_that_nobody_can_use_with_why()
    {
        var bench = await shared.BenchAsync();
        var before = await bench.SetAsideAsync();
        await bench.DrawableAsync();
        var (members, _) = await bench.PublishAsync();
        var terms = bench.Group.Terms(members, 1, beta: 50);
        var highest = OracleGroup.Game(terms, bench.Group.Histories).HighestPrivacy;
        var order = await bench.RunAsync(OracleBench.Order(terms));
        Assert.Equal("Refused", order.State);
        Assert.Contains($"no more than {highest.ToString("G6", System.Globalization.CultureInfo.InvariantCulture)} km", order.Problem, StringComparison.Ordinal);
        Assert.Equal((BigInteger)OracleBench.Fee, await bench.SetAsideAsync() - before);

        // Past the group's own checks, straight to the contract: a document that is none.
        using var stranger = new LocalKeySigner(Convert.FromHexString(AnvilNode.Accounts[4].PrivateKey[2..]));
        var garbage = "no document"u8.ToArray();
        using (var stream = new MemoryStream(garbage))
        {
            await bench.Houses.Content.PutAsync(stream, Cancellation);
        }

        var ordered = order.Terms with { Document = new Hash32(System.Security.Cryptography.SHA256.HashData(garbage)).ToString() };
        using var issuer = new LocalKeySigner(Convert.FromHexString(AnvilNode.Accounts[0].PrivateKey[2..]));
        await new MarketDeployment(bench.Houses.Rpc, issuer).IssueAsync(bench.Houses.Contracts, stranger.Address, (BigInteger)OracleBench.Fee, Cancellation);
        var sender = new AccountSender(bench.Houses.Rpc, stranger);
        await sender.SendAsync(bench.Houses.Contracts.MarketToken, new MarketToken.ApproveCall(bench.Houses.Contracts.PrivacyOracle, (BigInteger)OracleBench.Fee).Encode(), 0, Cancellation);
        await sender.SendAsync(bench.Houses.Contracts.PrivacyOracle, new PrivacyOracle.RequestCall(ordered.ToCall()).Encode(), 0, Cancellation);
        var owed = await OracleBench.UntilAsync(
            () => bench.Houses.Rpc.CallAsync(bench.Houses.Contracts.PrivacyOracle, new PrivacyOracle.SetAsideCall(stranger.Address), Cancellation), a => a > 0, "the fee of an unusable request");
        Assert.Equal((BigInteger)OracleBench.Fee, owed);
    }

    [Fact]
    public async Task A_profile_that_changes_gives_the_fee_back_and_the_nodes_that_were_silent_come_back_for_the_next_request()
    {
        var bench = await shared.BenchAsync();
        var before = await bench.SetAsideAsync();
        await bench.DrawableAsync();
        var (members, _) = await bench.PublishAsync();
        var (changed, _) = await bench.PublishAsync();
        Assert.Equal(members[0].Profile, changed[0].Profile);
        var nodes = await bench.Client.NodesAsync(Cancellation);
        using var member = new LocalKeySigner(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        var other = ProfileContent.Create(bench.Group.Contents[0].ToTrajectory().Fixes.Skip(1));
        var envelope = await ProfileEnvelope.SealAsync(
            other, member, nodes.Select(n => new ProfileRecipient(Address.Parse(n.Node), Hex.Parse(n.PublicKey))), await bench.TimeAsync() - TimeSpan.FromSeconds(1), await bench.TimeAsync() + TimeSpan.FromDays(1),
            await bench.OracleAsync(), Cancellation);
        var source = bench.Houses.Server.Put("profiles/changed", envelope.Write());
        var moved = members[0] with { Account = member.Address.ToString(), Sources = [source, members[0].Sources[1]] };
        var id = Guid.NewGuid();
        await bench.Client.OrderModelAsync(id, OracleBench.Order(bench.Group.Terms([moved, .. members.Skip(1)], 1, 0.2)), Cancellation);
        var asked = await bench.AskedAsync(id);
        foreach (var node in bench.Houses.Nodes)
        {
            var request = await OracleBench.UntilAsync(() => node.Client.RequestAsync(asked.RequestId!, Cancellation), r => r?.Gathered?.Problem is not null, $"what {node.Name} gathered");
            Assert.Contains("OtherContent", request!.Gathered!.Problem, StringComparison.Ordinal);
        }

        // They say nothing, and the time to gather ends.
        await bench.Node.AdvanceAsync(240);
        var order = await bench.EndAsync(id);
        Assert.Equal("Expired", order.State);
        Assert.Contains("The fee went back", order.Problem, StringComparison.Ordinal);
        Assert.Equal((BigInteger)OracleBench.Fee, await bench.SetAsideAsync() - before);

        // Silence has retired them; they come back by themselves.
        await bench.DrawableAsync();
        Assert.Equal("Delivered", (await bench.RunAsync(OracleBench.Order(bench.Group.Terms(members, 1, 0.2)))).State);
    }
}

/// <summary>One market for tests that follow each other.</summary>
public sealed class SharedOracle : IAsyncDisposable
{
    private readonly Lazy<Task<OracleBench>> _bench = new(OracleBench.StartAsync);

    internal Task<OracleBench> BenchAsync() => _bench.Value;

    public async ValueTask DisposeAsync()
    {
        if (_bench.IsValueCreated)
        {
            await (await _bench.Value).DisposeAsync();
        }
    }
}
