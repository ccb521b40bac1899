using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Testing;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Standalone.Chain;
using Workers.Standalone.Fleets;

namespace Workers.Collaboration.Tests.Market;

/// <summary>Members as fleets in this process, on a chain of their own. The test plays the attestors (one, the operator) and the devices.</summary>
internal sealed class MemberBench : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly BigInteger Ether = BigInteger.Pow(10, 18);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("members-");
    private readonly HttpClient _http = new(EthereumRpc.CreateHandler());
    private readonly LocalKeySigner _operator = new(Convert.FromHexString(AnvilNode.Accounts[0].PrivateKey[2..]));
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly List<Fleet> _fleets = [];
    private readonly Dictionary<int, int> _stopped = [];

    private MemberBench(AnvilNode node, IReadOnlyDictionary<string, string> settings)
    {
        Node = node;
        _settings = settings;
        Rpc = new EthereumRpc(_http, new EthereumRpcOptions { Endpoints = [node.Address] }, TimeProvider.System);
        Deployment = new MarketDeployment(Rpc, _operator);
        Sender = new AccountSender(Rpc, _operator);
    }

    public AnvilNode Node { get; }

    public EthereumRpc Rpc { get; }

    public MarketDeployment Deployment { get; }

    /// <summary>Of the operator, who is the attestor.</summary>
    public AccountSender Sender { get; }

    public MarketContracts Contracts { get; private set; } = null!;

    public ConductReference Market => new(31337, Contracts.Conduct);

    /// <summary>Where everything is kept.</summary>
    public string Root => _directory.FullName;

    public IReadOnlyList<Fleet> Members => _fleets;

    public List<Address> Accounts { get; } = [];

    /// <summary>The latest that were attested.</summary>
    public StandingsDocument Standings { get; private set; } = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts members that have joined, have a standing (all the same) and hear each other, 100 m apart along a meridian.</summary>
    public static async Task<MemberBench> StartAsync(int members, IReadOnlyDictionary<string, string>? settings = null, Conduct.Rules? rules = null, uint zones = 0)
    {
        var bench = new MemberBench(await AnvilNode.StartAsync(new AnvilOptions(TimeSpan.FromMilliseconds(500)), Cancellation), settings ?? new Dictionary<string, string>());
        bench.Contracts = await bench.Deployment.DeployAsync(TimeSpan.FromSeconds(10), Cancellation, rules);
        Directory.CreateDirectory(Path.Combine(bench._directory.FullName, "logs"));
        for (var i = 0; i < members; i++)
        {
            await bench.AddAsync($"member{i}");
        }

        foreach (var (fleet, account) in bench._fleets.Zip(bench.Accounts))
        {
            await UntilAsync(() => fleet.Client.GetAsync<Membership>("api/membership", Cancellation), m => m.Active, $"{fleet.Name}'s joining");
        }

        if (members > 0)
        {
            await bench.AttestAsync([.. bench.Accounts.Select(a => new Conduct.Standing(a, 500_000, zones))]);
        }

        for (var i = 0; i < members; i++)
        {
            await bench.PlaceAsync(i, 39.9042 + (i * 0.0009), 116.4074);
        }

        return bench;
    }

    /// <summary>Endows a member whose worker runs, here or as a process, and asks it to join.</summary>
    public async Task<Address> JoinAsync(FleetClient member)
    {
        var own = await member.GetAsync<Account>("api/account", Cancellation);
        var account = Address.Parse(own.Address);
        await Deployment.FundAsync(account, 100 * Ether, Cancellation);
        await Deployment.IssueAsync(Contracts, account, 1_000 * Ether, Cancellation);
        var subject = Keccak256.Hash($"subject of {account}");
        var admission = await AdmitAsync(account, subject);
        await member.TellAsync(
            HttpMethod.Post,
            "api/membership",
            new { Bond = (100 * Ether).ToString(System.Globalization.CultureInfo.InvariantCulture), own.Endpoint, Subject = subject.ToString(), Admission = new[] { Hex.ToString(admission) } },
            Cancellation);
        return account;
    }

    /// <summary>Attests standings and waits until every member has them.</summary>
    public async Task AttestAsync(List<Conduct.Standing> standings)
    {
        var document = new StandingsDocument([.. standings.OrderBy(s => s.Member.ToTopic())]);
        Standings = document;
        var bytes = document.Write();
        var content = new ContentStore.Embedded.EmbeddedStore(Path.Combine(_directory.FullName, "ipfs"));
        using var stream = new MemoryStream(bytes, writable: false);
        await content.PutAsync(stream, Cancellation);
        var hash = new Hash32(System.Security.Cryptography.SHA256.HashData(bytes));
        var attested = await Rpc.CallAsync(Contracts.Conduct, new Conduct.AttestedCall(await Rpc.CallAsync(Contracts.Conduct, new Conduct.StandingsCall(), Cancellation)), Cancellation);
        var data = Statements.Attestation(Market, document.Root, (uint)standings.Count, least: 0, hash, attested.Number + 1);
        var signature = PersonalMessage.ToBytes(await _operator.SignTypedDataAsync(data, Cancellation));
        await Sender.SendAsync(Contracts.Conduct, new Conduct.AttestCall(document.Root, (uint)standings.Count, 0, hash, [signature]).Encode(), value: 0, Cancellation);
        foreach (var fleet in _fleets)
        {
            await UntilAsync(() => fleet.Client.GetAsync<Attested>("api/standings", Cancellation), s => s.Root == document.Root.ToString(), $"{fleet.Name}'s standings");
        }
    }

    /// <summary>What a member's device reports: the place, and that it hears everybody or these.</summary>
    public Task PlaceAsync(int member, double latitude, double longitude, params int[] heard) => _fleets[member].Client.TellAsync(
        HttpMethod.Put,
        "api/place",
        new { Latitude = latitude, Longitude = longitude, Heard = (heard.Length == 0 ? Accounts : heard.Select(i => Accounts[i])).Select(a => a.ToString()).ToArray() },
        Cancellation);

    /// <summary>Stops a member's process and starts it again at the same port.</summary>
    public async Task RestartAsync(int member, params (string Key, string Value)[] otherwise)
    {
        if (!_stopped.ContainsKey(member))
        {
            await StopAsync(member);
        }

        _stopped.Remove(member, out var port);
        _fleets[member] = await FleetAsync(_fleets[member].Name, $"https://127.0.0.1:{port}", otherwise);
    }

    /// <summary>Stops a member's process.</summary>
    public async Task StopAsync(int member)
    {
        _stopped[member] = _fleets[member].Services.GetRequiredService<EnvelopeServer>().Port;
        await _fleets[member].DisposeAsync();
    }

    /// <summary>The attestor's word on whose account it is.</summary>
    public async Task<byte[]> AdmitAsync(Address account, Hash32 subject) => PersonalMessage.ToBytes(await _operator.SignTypedDataAsync(Statements.Admission(Market, account, subject), Cancellation));

    /// <summary>Has a member locked for misconduct.</summary>
    public Task LockAsync(int member) => Lockout.LockAsync(Rpc, Contracts, _operator, Accounts[member], Cancellation);

    /// <summary>Asks for a zone and waits for its end.</summary>
    public async Task<ZoneAnswer> ZoneAsync(int member, int size, Guid? id = null)
    {
        var zone = id ?? Guid.NewGuid();
        await _fleets[member].Client.TellAsync(HttpMethod.Put, $"api/zones/{zone}", new { Size = size }, Cancellation);
        return await UntilAsync(() => _fleets[member].Client.GetAsync<ZoneAnswer>($"api/zones/{zone}", Cancellation), z => z.Zone.State != "Asking", "the end of the zone");
    }

    public static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> wanted, string what)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var answer = await ask();
            if (wanted(answer))
            {
                return answer;
            }

            Assert.True(clock.Elapsed < Patience, $"{what} did not come in {Patience}; last: {System.Text.Json.JsonSerializer.Serialize(answer)}");
            await Task.Delay(200, Cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, fleet) in _fleets.Index().Where(f => !_stopped.ContainsKey(f.Index)))
        {
            await fleet.DisposeAsync();
        }

        await Node.DisposeAsync();
        _http.Dispose();
        _operator.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task AddAsync(string name)
    {
        var fleet = await FleetAsync(name, $"https://127.0.0.1:{LoopbackPort.Next()}");
        _fleets.Add(fleet);
        Accounts.Add(await JoinAsync(fleet.Client));
    }

    private Task<Fleet> FleetAsync(string name, string envelopes, params (string Key, string Value)[] otherwise)
    {
        // "member2/Key" is a setting of that member alone.
        var settings = _settings.Where(s => !s.Key.Contains('/', StringComparison.Ordinal)).ToDictionary(s => s.Key, s => (string?)s.Value);
        foreach (var (key, value) in _settings.Where(s => s.Key.StartsWith($"{name}/", StringComparison.Ordinal)))
        {
            settings[key[(name.Length + 1)..]] = value;
        }

        settings["Envelopes:Url"] = envelopes;
        settings.TryAdd("Place:MaxAge", "01:00:00");
        settings.TryAdd("Bookkeeping:Schedule", "off"); // What the tests send with a member's key meets nothing of its worker's.
        foreach (var (key, value) in otherwise)
        {
            settings[key] = value;
        }

        return Fleet.StartAsync(
            name,
            new FleetSettings(_directory.FullName, Node.Address, Contracts, new Dictionary<string, string>()),
            b =>
            {
                b.Configuration.AddInMemoryCollection(settings);
                b.AddCollaboration();
                Hand.Lay(b);
            },
            Cancellation);
    }

    internal sealed record Account(string Address, string Endpoint);

    internal sealed record Membership(string Account, bool Active, uint Offences, ulong LockedUntil, bool Allowed);

    internal sealed record Attested(string? Root, long Number);

    internal sealed record ZoneView(Guid ZoneId, int Size, string State, DateTimeOffset OrderedAt, DateTimeOffset? EndedAt, Guid? Reused, string Report);

    internal sealed record PlaceView(double Latitude, double Longitude);

    internal sealed record ZoneAnswer(ZoneView Zone, PlaceView[] Places);
}
