using System.Numerics;
using System.Security.Cryptography;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Workers.Hosting.Members;
using Workers.Standalone.Chain;

namespace Testing;

/// <summary>
/// A chain with the contract Conduct and two members, a requester and a collaborator, whose statements the test signs; the operator attests. Compiled into the tests of the workers that stand on it.
/// </summary>
internal sealed class ConductBench : IAsyncDisposable
{
    private static readonly BigInteger Ether = BigInteger.Pow(10, 18);
    private readonly HttpClient _http = new(EthereumRpc.CreateHandler());
    private readonly Dictionary<Address, AccountSender> _senders;

    private ConductBench(AnvilNode node, IReadOnlyList<LocalKeySigner>? attestors)
    {
        Node = node;
        Attestors = [.. (attestors ?? [Operator]).OrderBy(a => a.Address.ToTopic())];
        Rpc = new EthereumRpc(_http, new EthereumRpcOptions { Endpoints = [node.Address] }, TimeProvider.System);
        _senders = new[] { Operator, Requester, Collaborator }.ToDictionary(s => s.Address, s => new AccountSender(Rpc, s));
        Deployment = new MarketDeployment(Rpc, Operator);
    }

    public AnvilNode Node { get; }

    public EthereumRpc Rpc { get; }

    public MarketDeployment Deployment { get; }

    public MarketContracts Contracts { get; private set; } = null!;

    public LocalKeySigner Operator { get; } = new(Convert.FromHexString(AnvilNode.Accounts[0].PrivateKey[2..]));

    public LocalKeySigner Requester { get; } = new(SHA256.HashData("requester"u8));

    public LocalKeySigner Collaborator { get; } = new(SHA256.HashData("collaborator"u8));

    public ConductReference Market => new(31337, Contracts.Conduct);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Of whom more than half suffice; by default the operator alone. Ascending.</summary>
    public IReadOnlyList<LocalKeySigner> Attestors { get; }

    public static async Task<ConductBench> StartAsync(AnvilOptions? options = null, IReadOnlyList<LocalKeySigner>? attestors = null)
    {
        var bench = new ConductBench(await AnvilNode.StartAsync(options ?? new AnvilOptions(), Cancellation), attestors);
        bench.Contracts = await bench.Deployment.DeployAsync(TimeSpan.FromSeconds(10), Cancellation, attestors: [.. bench.Attestors.Select(a => a.Address)]);
        foreach (var member in new[] { bench.Requester, bench.Collaborator })
        {
            await bench.EndowAsync(member.Address);
            await bench._senders[member.Address].SendAsync(bench.Contracts.MarketToken, new MarketToken.ApproveCall(bench.Contracts.Conduct, 1_000 * Ether).Encode(), 0, Cancellation);
            var subject = Keccak256.Hash($"subject of {member.Address}");
            using var key = PairOf(member.Address);
            await bench.SendAsync(member, new Conduct.JoinCall(
                200 * Ether, key.PublicKey.ToArray(), "https://member.example:8443/", subject, await bench.AttestedAsync(Statements.Admission(bench.Market, member.Address, subject))));
        }

        return bench;
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        _http.Dispose();
        Operator.Dispose();
        Requester.Dispose();
        Collaborator.Dispose();
    }

    /// <summary>The P-256 key of a member's entry; the caller disposes it.</summary>
    public static Workers.Hosting.Cryptography.P256KeyPair PairOf(Address member) => Workers.Hosting.Cryptography.P256KeyPair.FromPrivateKey(SHA256.HashData(member.ToArray()));

    /// <summary>Coins and credit.</summary>
    public async Task EndowAsync(Address account)
    {
        await Deployment.FundAsync(account, 100 * Ether, Cancellation);
        await Deployment.IssueAsync(Contracts, account, 1_000 * Ether, Cancellation);
    }

    public static async Task<byte[]> SignAsync(LocalKeySigner signer, TypedData data) => PersonalMessage.ToBytes(await signer.SignTypedDataAsync(data, Cancellation));

    /// <summary>As many attestors' signatures as are needed.</summary>
    public Task<byte[][]> AttestedAsync(TypedData data) => Task.WhenAll(Attestors.Take((Attestors.Count / 2) + 1).Select(a => SignAsync(a, data)));

    /// <summary>Attests standings, as the first attestation of the market.</summary>
    public async Task AttestAsync(StandingsDocument document)
    {
        var (content, members) = (new Hash32(SHA256.HashData(document.Write())), (uint)document.Standings.Count);
        await SendAsync(Operator, new Conduct.AttestCall(document.Root, members, 0, content, await AttestedAsync(Statements.Attestation(Market, document.Root, members, 0, content, 1))));
    }

    /// <summary>A request of the requester, which claims nothing that was attested.</summary>
    public Conduct.ZoneRequest Request(ulong time, Hash32 standings = default) =>
        new(Requester.Address, Keccak256.Hash("zone"), time, standings, 999_999, 2, 8, 39_904_200, 116_407_400, 500);

    /// <summary>An answer of the collaborator.</summary>
    public async Task<OpenedAnswer> AnswerAsync(Conduct.ZoneRequest request, int latitude, ulong time)
    {
        var place = new Conduct.Place(latitude, 116_407_400, Keccak256.Hash($"salt {latitude}"));
        var answer = new Conduct.ZoneAnswer(Collaborator.Address, Statements.Of(Market, request).StructHash, time, Statements.Of(Market, place).StructHash, Keccak256.Hash("sealed"));
        return new OpenedAnswer(answer, await SignAsync(Collaborator, Statements.Of(Market, answer)), place);
    }

    /// <summary>The collaborator is ten kilometres north of the area that it answers for.</summary>
    public async Task<OutsideAreaEvidence> OutsideAreaAsync(ulong time, int more = 0)
    {
        var request = Request(time);
        var answer = await AnswerAsync(request, 39_994_300 + more, time);
        return new OutsideAreaEvidence(request, answer.Answer, answer.Signature, answer.Place);
    }

    /// <summary>A forward of the collaborator, or of somebody else.</summary>
    public async Task<SignedForward> ForwardAsync(string query, string payload, LocalKeySigner? by = null)
    {
        var forward = new Conduct.Forward((by ?? Collaborator).Address, Operator.Address, Keccak256.Hash(query), Keccak256.Hash(payload));
        return new SignedForward(forward, await SignAsync(by ?? Collaborator, Statements.Of(Market, forward)));
    }

    public Task<Conduct.Member> MemberAsync(Address account) => Rpc.CallAsync(Contracts.Conduct, new Conduct.MemberOfCall(account), Cancellation);

    /// <summary>Of the latest block.</summary>
    public async Task<ulong> TimeAsync() => (await Rpc.GetBlockHeaderAsync(BlockTag.Latest, Cancellation))!.Timestamp;

    public Task SendAsync(LocalKeySigner from, Ethereum.Abi.ICall call) => SendAsync(from, call.Encode());

    public Task SendAsync(LocalKeySigner from, byte[] call) => _senders[from.Address].SendAsync(Contracts.Conduct, call, 0, Cancellation);

    public Task AdvanceAsync(uint seconds) => Node.AdvanceAsync(seconds);
}
