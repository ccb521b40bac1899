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
    private static readonly BigInteger Ether = BigInteger.Pow(10, 18);
    private readonly HttpClient _http = new(EthereumRpc.CreateHandler());
    private readonly LocalKeySigner _operator = new(Convert.FromHexString(AnvilNode.Accounts[0].PrivateKey[2..]));
    private readonly LocalKeySigner _requester = new(SHA256.HashData("requester"u8)), _collaborator = new(SHA256.HashData("collaborator"u8));
    private AnvilNode _node = null!;
    private EthereumRpc _rpc = null!;
    private MarketContracts _contracts = null!;
    private Dictionary<Address, AccountSender> _senders = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ConductReference Market => new(31337, _contracts.Conduct);

    public async ValueTask InitializeAsync()
    {
        _node = await AnvilNode.StartAsync(new AnvilOptions(), Cancellation);
        _rpc = new EthereumRpc(_http, new EthereumRpcOptions { Endpoints = [_node.Address] }, TimeProvider.System);
        _senders = new[] { _operator, _requester, _collaborator }.ToDictionary(s => s.Address, s => new AccountSender(_rpc, s));
        var deployment = new MarketDeployment(_rpc, _operator);
        _contracts = await deployment.DeployAsync(TimeSpan.FromSeconds(10), Cancellation);
        foreach (var member in new[] { _requester, _collaborator })
        {
            await deployment.FundAsync(member.Address, 100 * Ether, Cancellation);
            await deployment.IssueAsync(_contracts, member.Address, 1_000 * Ether, Cancellation);
            await _senders[member.Address].SendAsync(_contracts.MarketToken, new MarketToken.ApproveCall(_contracts.Conduct, 1_000 * Ether).Encode(), 0, Cancellation);
            var subject = Keccak256.Hash($"subject of {member.Address}");
            using var key = Workers.Hosting.Cryptography.P256KeyPair.Generate();
            await SendAsync(member, new Conduct.JoinCall(
                200 * Ether, key.PublicKey.ToArray(), "https://member.example:8443/", subject, [await SignAsync(_operator, Statements.Admission(Market, member.Address, subject))]));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _http.Dispose();
        _operator.Dispose();
        _requester.Dispose();
        _collaborator.Dispose();
    }

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
                await _rpc.CallAsync(_contracts.Conduct, new Conduct.DistanceCall(latitude, longitude, otherLatitude, otherLongitude), Cancellation),
                LeastDistance.Metres(latitude, longitude, otherLatitude, otherLongitude));
        }
    }

    [Fact]
    public async Task The_contract_convicts_by_every_kind_of_evidence_that_holds_here()
    {
        Conduct.Standing[] standings = [.. new[] { _requester.Address, _collaborator.Address, _operator.Address }.OrderBy(a => a.ToTopic()).Select((a, i) => new Conduct.Standing(a, 600_000 + (uint)i, 2))];
        var document = new StandingsDocument(standings);
        var content = new Hash32(SHA256.HashData(document.Write()));
        await SendAsync(_operator, new Conduct.AttestCall(document.Root, 3, 0, content, [await SignAsync(_operator, Statements.Attestation(Market, document.Root, 3, 0, content, 1))]));
        var measure = new Measure(Market, MarketDeployment.Rules.Speed, MarketDeployment.Rules.Slack, root => root == document.Root ? 3u : null);
        var now = (await _rpc.GetBlockHeaderAsync(BlockTag.Latest, Cancellation))!.Timestamp;

        // The requester claims another standing, and tells a third party what the collaborator told.
        var request = new Conduct.ZoneRequest(_requester.Address, Keccak256.Hash("zone"), now, document.Root, 999_999, 2, 8, 39_904_200, 116_407_400, 500);
        var standing = document.Find(_requester.Address)!;
        var told = await AnswerAsync(request, 39_904_300, now);
        var disclosure = new Conduct.Disclosure(_requester.Address, _operator.Address, Statements.Of(Market, told.Answer).StructHash, told.Place);
        await ConvictsAsync(new FalseStandingEvidence(request, await SignAsync(_requester, Statements.Of(Market, request)), standing, document.Proof(_requester.Address)), measure, _collaborator, 1);
        await ConvictsAsync(new LeakEvidence(request, told.Answer, told.Signature, disclosure, await SignAsync(_requester, Statements.Of(Market, disclosure))), measure, _collaborator, 2);

        // The collaborator is far away, in two places at once, and forwards one query for two.
        var away = await AnswerAsync(request, 39_994_300, now);
        await ConvictsAsync(new OutsideAreaEvidence(request, away.Answer, away.Signature, away.Place), measure, _requester, 1);
        await ConvictsAsync(new ImpossibleSpeedEvidence(await AnswerAsync(request, 39_904_200, now), await AnswerAsync(request, 39_914_200, now + 1)), measure, _requester, 2);
        await ConvictsAsync(new DoubleClaimEvidence(await ForwardAsync("query", "payload"), await ForwardAsync("other query", "payload")), measure, _requester, 3);

        // What holds here is read from JSON, as it comes in messages.
        Evidence evidence = new OutsideAreaEvidence(request, away.Answer, away.Signature, away.Place);
        var read = MemberJson.Read<Evidence>(MemberJson.Write(evidence));
        Assert.True(read.Holds(measure));
        Assert.Equal(evidence.ToCall(), read.ToCall());

        // By verdict.
        var verdict = Statements.Verdict(Market, _collaborator.Address, Offence.ExpiredQuery, Keccak256.Hash("events"), now);
        await SendAsync(_operator, new Conduct.PenaliseCall(_collaborator.Address, (byte)Offence.ExpiredQuery, Keccak256.Hash("events"), now, [await SignAsync(_operator, verdict)]));
        Assert.Equal(4u, (await MemberAsync(_collaborator)).Offences);
    }

    [Fact]
    public async Task The_contract_takes_the_batch_of_the_bookkeeper_that_is_elected_here()
    {
        Conduct.Standing[] standings = [.. new[] { (_requester.Address, 600_000u), (_collaborator.Address, 700_000u) }.OrderBy(a => a.Address.ToTopic()).Select(a => new Conduct.Standing(a.Address, a.Item2, 5))];
        var document = new StandingsDocument(standings);
        var content = Keccak256.Hash("standings");
        await SendAsync(_operator, new Conduct.AttestCall(document.Root, 2, 0, content, [await SignAsync(_operator, Statements.Attestation(Market, document.Root, 2, 0, content, 1))]));

        var time = (await _rpc.GetBlockHeaderAsync(BlockTag.Latest, Cancellation))!.Timestamp;
        var epoch = await _rpc.CallAsync(_contracts.Conduct, new Conduct.EpochAtCall(time), Cancellation);
        List<(Conduct.Bill Bill, Hash32 Digest, byte[] Signature)> bills = [];
        for (var i = 0; i < 5; i++)
        {
            var bill = new Conduct.Bill(_requester.Address, _collaborator.Address, Keccak256.Hash($"answer {i}"), time, Keccak256.Hash($"place {i}"));
            var data = Statements.Of(Market, bill);
            bills.Add((bill, data.Hash(), await SignAsync(_requester, data)));
        }

        bills.Sort((a, b) => a.Digest.CompareTo(b.Digest));
        await SendAsync(_collaborator, new Conduct.LodgeCall(bills[3].Bill, bills[3].Signature));
        await AdvanceAsync(MarketDeployment.Rules.Epoch);
        await SendAsync(_operator, new Conduct.OpenCall(epoch));
        await AdvanceAsync(MarketDeployment.Rules.Collecting + 1);

        var opened = await _rpc.CallAsync(_contracts.Conduct, new Conduct.EpochOfCall(epoch), Cancellation);
        var candidates = standings.Select(s => new BookkeeperCandidate([.. s.Member.ToArray()], s.Zones, s.Reputation)).ToList();
        var elected = BookkeeperElection.Elect(opened.Seed.ToArray(), candidates.Where(c => c.Reputation >= 0).ToList())!.Value;
        foreach (var (standing, candidate) in standings.Zip(candidates))
        {
            var (_, rank) = await _rpc.CallAsync(_contracts.Conduct, new Conduct.ScoreOfCall(epoch, standing), Cancellation);
            var spread = BookkeeperElection.SpreadOf(opened.Seed.ToArray(), candidate.Account.AsSpan());
            Assert.Equal(rank, ((BigInteger)candidate.Zones * (BookkeeperElection.One + spread) << 64) | spread);
        }

        var bookkeeper = standings[elected].Member == _requester.Address ? _requester : _collaborator;
        List<Conduct.BillLeaf> leaves = [.. bills.Select(b => BillTree.Leaf(b.Digest, b.Signature))];
        await SendAsync(bookkeeper, new Conduct.PostCall(epoch, new Conduct.Batch(BillTree.Root(leaves), 5, Keccak256.Hash("bills")), standings[elected], document.Proof(bookkeeper.Address)));

        // It gave a receipt for a bill that its batch does not have: between which two leaves that would stand is shown.
        var missing = new Conduct.Bill(_requester.Address, _collaborator.Address, Keccak256.Hash("missing"), time, Keccak256.Hash("place"));
        var digest = Statements.Of(Market, missing).Hash();
        var at = leaves.Count(l => l.Bill.CompareTo(digest) < 0);
        var nothing = new Conduct.BillLeaf(Hash32.Zero, Hash32.Zero);
        await SendAsync(_operator, new Conduct.RefuteOmissionCall(
            missing, await SignAsync(_requester, Statements.Of(Market, missing)), await SignAsync(bookkeeper, Statements.Receipt(Market, epoch, digest)),
            at == 0 ? nothing : leaves[at - 1], at == 0 ? [] : BillTree.Proof(leaves, at - 1).Siblings,
            at == leaves.Count ? nothing : leaves[at], at == leaves.Count ? new Conduct.Proof(at, []) : BillTree.Proof(leaves, at)));
        Assert.Equal(1u, (await MemberAsync(bookkeeper)).Offences);
    }

    private async Task ConvictsAsync(Evidence evidence, Measure measure, LocalKeySigner author, uint offences)
    {
        Assert.True(evidence.Holds(measure), evidence.Offence.ToString());
        await _senders[author.Address].SendAsync(_contracts.Conduct, evidence.ToCall(), 0, Cancellation);
        var member = await _rpc.CallAsync(_contracts.Conduct, new Conduct.MemberOfCall(evidence.Offender), Cancellation);
        Assert.Equal((evidence.Offence, offences), (evidence.Offence, member.Offences));
    }

    private async Task<OpenedAnswer> AnswerAsync(Conduct.ZoneRequest request, int latitude, ulong time)
    {
        var place = new Conduct.Place(latitude, 116_407_400, Keccak256.Hash($"salt {latitude}"));
        var answer = new Conduct.ZoneAnswer(_collaborator.Address, Statements.Of(Market, request).StructHash, time, Statements.Of(Market, place).StructHash, Keccak256.Hash("sealed"));
        return new OpenedAnswer(answer, await SignAsync(_collaborator, Statements.Of(Market, answer)), place);
    }

    private async Task<SignedForward> ForwardAsync(string query, string payload)
    {
        var forward = new Conduct.Forward(_collaborator.Address, _operator.Address, Keccak256.Hash(query), Keccak256.Hash(payload));
        return new SignedForward(forward, await SignAsync(_collaborator, Statements.Of(Market, forward)));
    }

    private Task<Conduct.Member> MemberAsync(LocalKeySigner member) => _rpc.CallAsync(_contracts.Conduct, new Conduct.MemberOfCall(member.Address), Cancellation);

    private Task<Address?> SendAsync(LocalKeySigner from, Ethereum.Abi.ICall call) => _senders[from.Address].SendAsync(_contracts.Conduct, call.Encode(), 0, Cancellation);

    private async Task AdvanceAsync(uint seconds)
    {
        await _node.CallAsync("evm_increaseTime", seconds);
        await _node.MineAsync();
    }

    private static async Task<byte[]> SignAsync(LocalKeySigner signer, TypedData data) => PersonalMessage.ToBytes(await signer.SignTypedDataAsync(data, Cancellation));
}
