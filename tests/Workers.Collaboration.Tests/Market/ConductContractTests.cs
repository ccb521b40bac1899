using System.Numerics;
using System.Security.Cryptography;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Mechanisms.Mobility;
using Mechanisms.Reputation;
using Testing;
using Workers.Hosting.Members;
using Workers.Standalone.Chain;

namespace Workers.Collaboration.Tests.Market;

/// <summary>What this side signs, hashes and measures is what the contract checks.</summary>
public sealed class ConductContractTests : IAsyncLifetime
{
    private ConductBench _bench = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ConductReference Market => _bench.Market;

    public async ValueTask InitializeAsync() => _bench = await ConductBench.StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task The_contract_measures_the_same_distances()
    {
        var random = new Random(20261123);
        for (var i = 0; i < 300; i++)
        {
            var (latitude, longitude) = (random.Next(-90_000_000, 90_000_001), random.Next(-180_000_000, 180_000_001));
            var spread = 1 << random.Next(1, 28);
            var (otherLatitude, otherLongitude) = (Math.Clamp(latitude + random.Next(-spread, spread + 1), -90_000_000, 90_000_000), Math.Clamp(longitude + random.Next(-spread, spread + 1), -180_000_000, 180_000_000));
            Assert.Equal(
                await _bench.Rpc.CallAsync(_bench.Contracts.Conduct, new Conduct.DistanceCall(latitude, longitude, otherLatitude, otherLongitude), Cancellation),
                LeastDistance.Metres(latitude, longitude, otherLatitude, otherLongitude));
        }
    }

    [Fact]
    public async Task The_contract_convicts_by_every_kind_of_evidence_that_holds_here()
    {
        Conduct.Standing[] standings = [.. new[] { _bench.Requester.Address, _bench.Collaborator.Address, _bench.Operator.Address }.OrderBy(a => a.ToTopic()).Select((a, i) => new Conduct.Standing(a, 600_000 + (uint)i, 2))];
        var document = new StandingsDocument(standings);
        await _bench.AttestAsync(document);
        var measure = new Measure(Market, MarketDeployment.Rules.Speed, MarketDeployment.Rules.Slack, root => root == document.Root ? 3u : null);
        var now = await _bench.TimeAsync();

        // The requester claims another standing, and tells a third party what the collaborator told.
        var request = _bench.Request(now, document.Root);
        var standing = document.Find(_bench.Requester.Address)!;
        var told = await _bench.AnswerAsync(request, 39_904_300, now);
        var disclosure = new Conduct.Disclosure(_bench.Requester.Address, _bench.Operator.Address, Statements.Of(Market, told.Answer).StructHash, told.Place);
        await ConvictsAsync(new FalseStandingEvidence(request, await ConductBench.SignAsync(_bench.Requester, Statements.Of(Market, request)), standing, document.Proof(_bench.Requester.Address)), measure, _bench.Collaborator, 1);
        await ConvictsAsync(new LeakEvidence(request, told.Answer, told.Signature, disclosure, await ConductBench.SignAsync(_bench.Requester, Statements.Of(Market, disclosure))), measure, _bench.Collaborator, 2);

        // The collaborator is far away, in two places at once, and forwards one query for two.
        var away = await _bench.AnswerAsync(request, 39_994_300, now);
        await ConvictsAsync(new OutsideAreaEvidence(request, away.Answer, away.Signature, away.Place), measure, _bench.Requester, 1);
        await ConvictsAsync(new ImpossibleSpeedEvidence(await _bench.AnswerAsync(request, 39_904_200, now), await _bench.AnswerAsync(request, 39_914_200, now + 1)), measure, _bench.Requester, 2);
        await ConvictsAsync(new DoubleClaimEvidence(await _bench.ForwardAsync("query", "payload"), await _bench.ForwardAsync("other query", "payload")), measure, _bench.Requester, 3);

        // What holds here is read from JSON, as it comes in messages.
        Evidence evidence = new OutsideAreaEvidence(request, away.Answer, away.Signature, away.Place);
        var read = MemberJson.Read<Evidence>(MemberJson.Write(evidence));
        Assert.True(read.Holds(measure));
        Assert.Equal(evidence.ToCall(), read.ToCall());

        // By verdict.
        var verdict = Statements.Verdict(Market, _bench.Collaborator.Address, Offence.ExpiredQuery, Keccak256.Hash("events"), now);
        await _bench.SendAsync(_bench.Operator, new Conduct.PenaliseCall(_bench.Collaborator.Address, (byte)Offence.ExpiredQuery, Keccak256.Hash("events"), now, [await ConductBench.SignAsync(_bench.Operator, verdict)]));
        Assert.Equal(4u, (await _bench.MemberAsync(_bench.Collaborator.Address)).Offences);
    }

    [Fact]
    public async Task The_contract_takes_the_batch_of_the_bookkeeper_that_is_elected_here()
    {
        Conduct.Standing[] standings = [.. new[] { (_bench.Requester.Address, 600_000u), (_bench.Collaborator.Address, 700_000u) }.OrderBy(a => a.Address.ToTopic()).Select(a => new Conduct.Standing(a.Address, a.Item2, 5))];
        var document = new StandingsDocument(standings);
        await _bench.AttestAsync(document);

        var time = await _bench.TimeAsync();
        var epoch = await _bench.Rpc.CallAsync(_bench.Contracts.Conduct, new Conduct.EpochAtCall(time), Cancellation);
        List<(Conduct.Bill Bill, Hash32 Digest, byte[] Signature)> bills = [];
        for (var i = 0; i < 5; i++)
        {
            var bill = new Conduct.Bill(_bench.Requester.Address, _bench.Collaborator.Address, Keccak256.Hash($"answer {i}"), time, Keccak256.Hash($"place {i}"));
            var data = Statements.Of(Market, bill);
            bills.Add((bill, data.Hash(), await ConductBench.SignAsync(_bench.Requester, data)));
        }

        bills.Sort((a, b) => a.Digest.CompareTo(b.Digest));
        await _bench.SendAsync(_bench.Collaborator, new Conduct.LodgeCall(bills[3].Bill, bills[3].Signature));
        await _bench.AdvanceAsync(MarketDeployment.Rules.Epoch);
        await _bench.SendAsync(_bench.Operator, new Conduct.OpenCall(epoch));
        await _bench.AdvanceAsync(MarketDeployment.Rules.Collecting + 1);

        var opened = await _bench.Rpc.CallAsync(_bench.Contracts.Conduct, new Conduct.EpochOfCall(epoch), Cancellation);
        var candidates = standings.Select(s => new BookkeeperCandidate([.. s.Member.ToArray()], s.Zones, s.Reputation)).ToList();
        var elected = BookkeeperElection.Elect(opened.Seed.ToArray(), candidates)!.Value;
        foreach (var (standing, candidate) in standings.Zip(candidates))
        {
            var (_, rank) = await _bench.Rpc.CallAsync(_bench.Contracts.Conduct, new Conduct.ScoreOfCall(epoch, standing), Cancellation);
            var spread = BookkeeperElection.SpreadOf(opened.Seed.ToArray(), candidate.Account.AsSpan());
            Assert.Equal(rank, ((BigInteger)candidate.Zones * (BookkeeperElection.One + spread) << 64) | spread);
        }

        var bookkeeper = standings[elected].Member == _bench.Requester.Address ? _bench.Requester : _bench.Collaborator;
        List<Conduct.BillLeaf> leaves = [.. bills.Select(b => BillTree.Leaf(b.Digest, b.Signature))];
        await _bench.SendAsync(bookkeeper, new Conduct.PostCall(epoch, new Conduct.Batch(BillTree.Root(leaves), 5, Keccak256.Hash("bills")), standings[elected], document.Proof(bookkeeper.Address)));

        // It gave a receipt for a bill that its batch does not have: between which two leaves that would stand is shown.
        var missing = new Conduct.Bill(_bench.Requester.Address, _bench.Collaborator.Address, Keccak256.Hash("missing"), time, Keccak256.Hash("place"));
        var digest = Statements.Of(Market, missing).Hash();
        var at = leaves.Count(l => l.Bill.CompareTo(digest) < 0);
        var nothing = new Conduct.BillLeaf(Hash32.Zero, Hash32.Zero);
        await _bench.SendAsync(_bench.Operator, new Conduct.RefuteOmissionCall(
            missing, await ConductBench.SignAsync(_bench.Requester, Statements.Of(Market, missing)), await ConductBench.SignAsync(bookkeeper, Statements.Receipt(Market, epoch, digest)),
            at == 0 ? nothing : leaves[at - 1], at == 0 ? [] : BillTree.Proof(leaves, at - 1).Siblings,
            at == leaves.Count ? nothing : leaves[at], at == leaves.Count ? new Conduct.Proof(at, []) : BillTree.Proof(leaves, at)));
        Assert.Equal(1u, (await _bench.MemberAsync(bookkeeper.Address)).Offences);
    }

    private async Task ConvictsAsync(Evidence evidence, Measure measure, LocalKeySigner author, uint offences)
    {
        Assert.True(evidence.Holds(measure), evidence.Offence.ToString());
        await _bench.SendAsync(author, evidence.ToCall());
        Assert.Equal((evidence.Offence, offences), (evidence.Offence, (await _bench.MemberAsync(evidence.Offender)).Offences));
    }
}
