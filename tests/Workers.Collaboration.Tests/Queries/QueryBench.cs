using System.Numerics;
using System.Security.Cryptography;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Transactions;
using LocationService;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Workers.Collaboration.Tests.Market;
using Workers.Hosting;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Queries;
using Workers.Standalone.Chain;
using Workers.Standalone.Fleets;

namespace Workers.Collaboration.Tests.Queries;

/// <summary>Members and a real location service, which has offered itself on their chain.</summary>
internal sealed class QueryBench : IAsyncDisposable
{
    public static readonly BigInteger Fee = 3, Reward = 10;

    private const string Places = "name,latitude,longitude,category\nmill,39.91,116.41,food\nwell,39.95,116.41,\noven,39.99,116.41,food\n";
    private readonly LocalKeySigner _houseSigner = new(SHA256.HashData("house"u8));
    private readonly P256KeyPair _houseKey = P256KeyPair.Generate();
    private Fleet? _service, _house;
    private string? _finality;

    private QueryBench(MemberBench market) => Market = market;

    public MemberBench Market { get; }

    public MemberEntry Service { get; private set; } = null!;

    /// <summary>What came to the house to which the service reports.</summary>
    public IReadOnlyCollection<Evidence> Reported => _house!.Services.GetRequiredService<Witness>().Found;

    public IServiceProvider ServiceServices => _service!.Services;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<QueryBench> StartAsync(int members, params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string> { ["Query:SweepSchedule"] = "00:00:01", ["Query:Interval"] = "00:00:01", ["Query:MinAnswerTime"] = "00:00:05", ["Query:AgreementTime"] = "02:00:00", ["Query:MaxAgreementTime"] = "12:00:00" };
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        var bench = new QueryBench(await MemberBench.StartAsync(members, all)) { _finality = all.GetValueOrDefault("Chain:FinalityDepth") };
        bench._house = await Fleet.StartAsync(
            "house", new FleetSettings(bench.Market.Root, bench.Market.Node.Address, bench.Market.Contracts, new Dictionary<string, string>()), bench.AddHouse, Cancellation);
        await bench.StartServiceAsync();
        await bench.Market.Deployment.FundAsync(bench.Service.Account, BigInteger.Pow(10, 20), Cancellation);
        foreach (var fleet in bench.Market.Members)
        {
            await MemberBench.UntilAsync(() => fleet.Client.GetAsync<Offer[]>("api/services", Cancellation), s => s.Any(o => o.Account == bench.Service.Account.ToString()), "the service's offer");
        }

        return bench;
    }

    /// <summary>Starts the service, again at the same port.</summary>
    public async Task StartServiceAsync()
    {
        var file = Path.Combine(Market.Root, "places.csv");
        await File.WriteAllTextAsync(file, Places, Cancellation);
        var settings = new Dictionary<string, string?>
        {
            ["LocationService:Places"] = file,
            ["LocationService:Fee"] = Fee.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["LocationService:OfferSchedule"] = "00:00:01",
            ["LocationService:AnswerMargin"] = "00:00:02",
            ["LocationService:Report:Account"] = _houseSigner.Address.ToString(),
            ["LocationService:Report:PublicKey"] = Hex.ToString(_houseKey.PublicKey),
            ["LocationService:Report:Endpoint"] = _house!.Services.GetRequiredService<EnvelopeServer>().EndpointAt("127.0.0.1"),
        };
        if (_finality is not null)
        {
            settings["Chain:FinalityDepth"] = _finality;
        }

        if (Service is not null)
        {
            settings["Envelopes:Url"] = Service.Endpoint[..Service.Endpoint.IndexOf('/', "https://".Length)];
        }

        _service = await Fleet.StartAsync("service", new FleetSettings(Market.Root, Market.Node.Address, Market.Contracts, new Dictionary<string, string>()), Add, Cancellation);
        var identity = _service.Services.GetRequiredService<EnvelopeIdentity>();
        Service = new MemberEntry(identity.Account, identity.KeyPair.PublicKey.ToArray(), _service.Services.GetRequiredService<EnvelopeServer>().EndpointAt("127.0.0.1"));

        void Add(WebApplicationBuilder builder)
        {
            builder.Configuration.AddInMemoryCollection(settings);
            builder.AddLocationService();
        }
    }

    public async Task StopServiceAsync()
    {
        await _service!.DisposeAsync();
        _service = null;
    }

    /// <summary>Orders a query from the first member, to be forwarded by the second, or as the querier's model says.</summary>
    public async Task<Guid> OrderAsync(int querier = 0, int[]? collaborators = null, Guid? id = null, bool byModel = false)
    {
        var query = id ?? Guid.NewGuid();
        await OrderAsync(Market.Members[querier].Client, query, byModel ? null : (collaborators ?? [1]).Select(c => Market.Accounts[c]), Service.Account);
        return query;
    }

    /// <summary>Orders a query from a querier that may be a process of its own.</summary>
    /// <param name="collaborators">Null: the querier's model says.</param>
    public static Task OrderAsync(FleetClient querier, Guid query, IEnumerable<Address>? collaborators, Address service) => querier.TellAsync(
        HttpMethod.Put,
        $"api/queries/{query}",
        new
        {
            Service = service.ToString(),
            Latitude = 39.9042,
            Longitude = 116.4074,
            Reward = Reward.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Category = "food",
            Nearest = 1,
            Collaborators = collaborators?.Select(c => c.ToString()).ToArray(),
        },
        Cancellation);

    public Task<QueryView> QueryAsync(Guid id, int querier = 0) => Market.Members[querier].Client.GetAsync<QueryView>($"api/queries/{id}", Cancellation);

    public Task<QueryView> UntilAsync(Guid id, string state, int querier = 0) => MemberBench.UntilAsync(() => QueryAsync(id, querier), q => q.State == state, $"the query's state {state}");

    public Task<DutyView> DutyUntilAsync(Func<DutyView, bool> wanted, string what, int member = 1) =>
        MemberBench.UntilAsync(async () => (await Market.Members[member].Client.GetAsync<DutyView[]>("api/duties", Cancellation)).FirstOrDefault(), d => d is not null && wanted(d), what)!;

    public Task<BigInteger> BalanceAsync(Address account) => Market.Rpc.CallAsync(Market.Contracts.MarketToken, new MarketToken.BalanceOfAddressCall(account), Cancellation);

    public async Task<TaskState> TaskAsync(Hash32 query) =>
        (TaskState)(int)(await Market.Rpc.CallAsync(Market.Contracts.Collaboration, new Ethereum.Contracts.Collaboration.TaskOfCall(query), Cancellation)).State;

    /// <summary>What a member's database holds.</summary>
    public async Task<T> InAsync<T>(int member, Func<CollaborationDb, Task<T>> ask)
    {
        await using var scope = Market.Members[member].Services.CreateAsyncScope();
        return await ask(scope.ServiceProvider.GetRequiredService<CollaborationDb>());
    }

    /// <summary>What the service's database holds.</summary>
    public async Task<T> InServiceAsync<T>(Func<LocationServiceDb, Task<T>> ask)
    {
        await using var scope = ServiceServices.CreateAsyncScope();
        return await ask(scope.ServiceProvider.GetRequiredService<LocationServiceDb>());
    }

    /// <summary>Bonds a query by a member's own hand, which the second member forwards.</summary>
    public async Task BondAsync(int querier, Hash32 query)
    {
        var hand = new Hand(Market, querier);
        var sender = new AccountSender(Market.Rpc, hand.Identity.Signer);
        var terms = new Ethereum.Contracts.Collaboration.Terms(query, Market.Accounts[1], Service.Account, Reward, Fee, 600, 600, Hand.Now + 7_200);
        var (agreed, refusal) = await hand.SendAsync(1, QueryKinds.Agreement, MemberJson.Write(terms));
        Assert.Null(refusal);
        await sender.SendAsync(Market.Contracts.MarketToken, new MarketToken.ApproveCall(Market.Contracts.Collaboration, Reward + Fee).Encode(), 0, Cancellation);
        await sender.SendAsync(Market.Contracts.Collaboration, new Ethereum.Contracts.Collaboration.BondCall(terms, MemberJson.Read<QueryAgreement>(agreed).Signature).Encode(), 0, Cancellation);
    }

    /// <summary>A forward as the member itself would sign it, but for what is changed.</summary>
    public async Task<ForwardedQuery> ForwardAsync(int member, Hash32 query, byte[] payload, ConductReference? market = null, ISigner? signer = null)
    {
        var identity = new Hand(Market, member).Identity;
        var forward = new Conduct.Forward(identity.Account, Service.Account, query, new Hash32(SHA256.HashData(payload)));
        return new ForwardedQuery(forward, await Hand.SignAsync(signer ?? identity.Signer, Statements.Of(market ?? Market.Market, forward)), payload);
    }

    /// <summary>Sends the service something as a member.</summary>
    public async Task<(QueryReply? Reply, string? Refusal)> SendAsync(int member, object body)
    {
        try
        {
            using var reply = await Market.Members[member].Services.GetRequiredService<EnvelopeClient>().SendAsync(Service, QueryKinds.Forwarded, MemberJson.Write(body), Cancellation);
            return (MemberJson.Read<QueryReply>(reply.Reveal()), null);
        }
        catch (EnvelopeException e) when (e.Fault == EnvelopeFault.Refused)
        {
            return (null, e.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }

        await _house!.DisposeAsync();
        await Market.DisposeAsync();
        _houseSigner.Dispose();
        _houseKey.Dispose();
    }

    private void AddHouse(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(new EnvelopeIdentity(_houseSigner, _houseKey)).AddSingleton<IMemberDirectory>(new OneMember(() => Service)).AddSingleton<Witness>();
        builder.AddWorker<WitnessDb>("witness").HandleEnvelope<WitnessEnvelopeHandler>(QueryKinds.Evidence);
    }

    internal sealed record Offer(string Account, string Fee, string Endpoint);

    internal sealed record QueryView(Guid QueryId, string Query, string State, string? Collaborator, string Reward, AskedPlace[] Places, string? DisguisedBy, string? Problem, NearPlace[]? Found);

    internal sealed record DutyView(string Query, string State, string Querier, string? Report);
}
