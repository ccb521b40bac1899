using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Security.Cryptography;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;
using LocationService;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RatingAgency;
using Workers.Collaboration;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Penalties;
using Workers.Standalone.Chain;
using Workers.Standalone.Fleets;

namespace Workers.Standalone.Zones;

/// <summary>What a party does that no worker would.</summary>
internal enum Cheat
{
    None,

    /// <summary>Answers with a place where it is not.</summary>
    Liar,

    /// <summary>Sells what another member told it.</summary>
    Leaker,

    /// <summary>Agrees to forward queries, and goes away.</summary>
    Sluggard,

    /// <summary>Forwards one payload for two queries, to be paid twice.</summary>
    DoubleClaimer,
}

/// <summary>Who somebody is in the town.</summary>
/// <param name="AnswerSeconds">So long its queries wait for an answer.</param>
internal sealed record Role(string Name, Cheat Cheat = Cheat.None, int AnswerSeconds = 180);

/// <summary>A member of the town.</summary>
internal sealed record Person(string Name, Cheat Cheat, Fleet Fleet, Address Account);

/// <summary>Members, the houses that attest their standings, the agencies that rate them, and a location service, each a fleet of its own on one chain and one IPFS.</summary>
internal sealed class ZoneMarket : IAsyncDisposable
{
    /// <summary>The houses that attest, two of three.</summary>
    public static readonly string[] HouseNames = ["house1", "house2", "house3"];

    /// <summary>Of a start, as it is reported.</summary>
    public static readonly string[] Stages = ["members start", "members join"];

    private const string AccountFile = "account.key";
    private static readonly BigInteger Credit = BigInteger.Pow(10, 18);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(20);

    private readonly string _directory;
    private readonly Uri _chain;
    private readonly Dictionary<string, Fleet> _fleets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Party> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TcpListener> _places = new(StringComparer.Ordinal);

    private ZoneMarket(string directory, Uri chain, EthereumRpc rpc, MarketContracts contracts, MarketDeployment deployment) =>
        (_directory, _chain, Rpc, Contracts, Deployment) = (directory, chain, rpc, contracts, deployment);

    public EthereumRpc Rpc { get; }

    public MarketContracts Contracts { get; }

    public MarketDeployment Deployment { get; }

    public ConductReference Market => new(31337, Contracts.Conduct);

    public IEnumerable<Fleet> Houses => HouseNames.Select(n => _fleets[n]);

    public Fleet Service => _fleets["service"];

    public List<Person> People { get; } = [];

    /// <summary>The accounts of the houses, made before there is a contract that has to know them.</summary>
    public static IReadOnlyCollection<Address> MakeAttestors(string directory) =>
    [
        .. HouseNames.Select(name =>
        {
            Directory.CreateDirectory(Path.Combine(directory, name));
            using var key = KeyFile.Create(Path.Combine(directory, name, AccountFile));
            return key.Address;
        }),
    ];

    /// <summary>Starts everybody; members have joined when this returns.</summary>
    public static async Task<ZoneMarket> StartAsync(
        string directory, Uri chain, EthereumRpc rpc, MarketContracts contracts, MarketDeployment deployment, Town town, IReadOnlyList<Role> people, Action<string, int, int> report, CancellationToken cancellationToken)
    {
        var market = new ZoneMarket(directory, chain, rpc, contracts, deployment);
        try
        {
            await market.MeetHousesAsync(cancellationToken);
            await market.StartServiceAsync(town, cancellationToken);
            await market.StartPeopleAsync(people, report, cancellationToken);
            await market.StartAgenciesAsync(cancellationToken);
            await market.StartHousesAsync(cancellationToken);
            return market;
        }
        catch
        {
            await market.DisposeAsync();
            throw;
        }
    }

    /// <summary>What an account has with the contract Conduct.</summary>
    public Task<Conduct.Member> MemberAsync(Address account, CancellationToken cancellationToken) => Rpc.CallAsync(Contracts.Conduct, new Conduct.MemberOfCall(account), cancellationToken);

    /// <summary>Whether a member's fleet runs.</summary>
    public bool IsThere(Person person) => _fleets.ContainsKey(person.Name);

    /// <summary>A member goes away without a word.</summary>
    public async Task LeaveAsync(Person person)
    {
        _fleets.Remove(person.Name);
        await person.Fleet.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var fleet in _fleets.Values)
        {
            await fleet.DisposeAsync();
        }

        foreach (var place in _places.Values)
        {
            place.Dispose();
        }
    }

    private static EnvelopeIdentity IdentityOf(Fleet fleet) => fleet.Services.GetRequiredService<EnvelopeIdentity>();

    private static string EndpointOf(Fleet fleet) => fleet.Services.GetRequiredService<EnvelopeServer>().EndpointAt("127.0.0.1");

    private async Task<Fleet> StartAsync(string name, Dictionary<string, string> particular, Action<WebApplicationBuilder> add, CancellationToken cancellationToken)
    {
        // Thirty tokens would hide the story; each is in its fleet's folder.
        particular["Http:ShowToken"] = "false";
        var fleet = await Fleet.StartAsync(name, new FleetSettings(_directory, _chain, Contracts, particular), add, cancellationToken);
        lock (_fleets)
        {
            _fleets[name] = fleet;
        }

        return fleet;
    }

    /// <summary>Starts the houses once, so that the others can be told their keys and endpoints.</summary>
    private async Task MeetHousesAsync(CancellationToken cancellationToken)
    {
        foreach (var name in HouseNames)
        {
            var house = await StartAsync(name, [], b => b.AddPenalties(), cancellationToken);
            _known[name] = new Party(IdentityOf(house).Account, IdentityOf(house).KeyPair.PublicKey.ToArray(), EndpointOf(house), house.Services.GetRequiredService<EnvelopeServer>().Port);
            await house.DisposeAsync();
            _fleets.Remove(name);

            // Others that are started meanwhile do not get its port.
            _places[name] = new TcpListener(IPAddress.Loopback, _known[name].Port);
            _places[name].Start();
        }

        await Deployment.EndowAsync(Contracts, HouseNames.Select(n => _known[n].Account), 1_000, cancellationToken);
    }

    private async Task StartHousesAsync(CancellationToken cancellationToken)
    {
        foreach (var name in HouseNames)
        {
            var settings = new Dictionary<string, string>
            {
                ["Envelopes:Url"] = $"https://127.0.0.1:{_known[name].Port}",
                ["Ratings:Round"] = Round.ToString("c", CultureInfo.InvariantCulture),
                ["Ratings:AskingTime"] = "00:00:04",
                ["Ratings:AskAgain"] = "00:00:01",
                ["Ratings:Schedule"] = "00:00:01",
                ["Attesting:Patience"] = "00:00:04",
                ["Filing:Grace"] = "00:00:02",
                ["Filing:SweepSchedule"] = "00:00:02",
                ["Verdicts:Schedule"] = "00:00:02",
            };
            foreach (var agency in Agency.All)
            {
                List(settings, $"Ratings:Agencies:{_known[agency.Name].Account}", _known[agency.Name]);
                settings[$"Ratings:Agencies:{_known[agency.Name].Account}:Name"] = agency.Name;
                settings[$"Ratings:Agencies:{_known[agency.Name].Account}:HigherIsBetter"] = agency.HigherIsBetter.ToString();
            }

            foreach (var peer in HouseNames.Where(n => n != name))
            {
                List(settings, $"Attesting:Houses:{_known[peer].Account}", _known[peer]);
            }

            _places[name].Dispose();
            var house = await StartAsync(name, settings, b => b.AddPenalties(), cancellationToken);
            await house.Client.TellAsync(HttpMethod.Put, $"api/bonds/{Guid.NewGuid()}", new { Amount = (100 * Credit).ToString(CultureInfo.InvariantCulture) }, cancellationToken);
        }
    }

    /// <summary>Agencies that know everybody; each rates on its own scale.</summary>
    private async Task StartAgenciesAsync(CancellationToken cancellationToken)
    {
        foreach (var agency in Agency.All)
        {
            await StartAgencyAsync(agency, _ => false, cancellationToken);
        }
    }

    /// <summary>An agency reads who was penalised, as everybody can, and rates again.</summary>
    public async Task RateAgainAsync(Agency agency, IReadOnlySet<Address> penalised, CancellationToken cancellationToken)
    {
        await _fleets[agency.Name].DisposeAsync();
        await StartAgencyAsync(agency, penalised.Contains, cancellationToken);
    }

    private async Task StartAgencyAsync(Agency agency, Func<Address, bool> isPenalised, CancellationToken cancellationToken)
    {
        var file = Path.Combine(_directory, $"{agency.Name}.csv");
        var lines = People.Select((p, i) => string.Create(CultureInfo.InvariantCulture, $"{p.Account},{agency.Rate(i, isPenalised(p.Account)):0.##}"));
        await File.WriteAllLinesAsync(file, lines, cancellationToken);
        var settings = new Dictionary<string, string> { ["RatingAgency:Ratings"] = file };
        if (_known.TryGetValue(agency.Name, out var before))
        {
            settings["Envelopes:Url"] = $"https://127.0.0.1:{before.Port}";
        }

        foreach (var house in HouseNames)
        {
            List(settings, $"RatingAgency:Customers:{_known[house].Account}", _known[house]);
        }

        var fleet = await StartAsync(agency.Name, settings, b => b.AddRatingAgency(), cancellationToken);
        _known[agency.Name] = new Party(IdentityOf(fleet).Account, IdentityOf(fleet).KeyPair.PublicKey.ToArray(), EndpointOf(fleet), fleet.Services.GetRequiredService<EnvelopeServer>().Port);
    }

    private static void List(Dictionary<string, string> settings, string key, Party party)
    {
        settings[$"{key}:PublicKey"] = Hex.ToString(party.PublicKey);
        settings[$"{key}:Endpoint"] = party.Endpoint;
    }

    private async Task StartServiceAsync(Town town, CancellationToken cancellationToken)
    {
        var places = Path.Combine(_directory, "places.csv");
        await File.WriteAllTextAsync(places, town.ToCsv(), cancellationToken);
        var settings = new Dictionary<string, string> { ["LocationService:Places"] = places, ["LocationService:AnswerMargin"] = "00:00:02", ["LocationService:OfferSchedule"] = "00:00:02", ["LocationService:Fee"] = Credit.ToString(CultureInfo.InvariantCulture) };
        List(settings, "LocationService:Report", _known[HouseNames[0]]);
        settings["LocationService:Report:Account"] = _known[HouseNames[0]].Account.ToString();
        var service = await StartAsync("service", settings, b => b.AddLocationService(), cancellationToken);
        await Deployment.EndowAsync(Contracts, [IdentityOf(service).Account], 0, cancellationToken);
    }

    private async Task StartPeopleAsync(IReadOnlyList<Role> people, Action<string, int, int> report, CancellationToken cancellationToken)
    {
        var started = 0;
        var settings = new Dictionary<string, string>
        {
            ["Place:MaxAge"] = "01:00:00",
            ["Query:MinAnswerTime"] = "00:00:10",
            ["Query:Interval"] = "00:00:01",
            ["Query:SweepSchedule"] = "00:00:01",
            ["Zone:Radius"] = Town.Reach.ToString(CultureInfo.InvariantCulture),
        };
        List(settings, $"Reporting:House:{_known[HouseNames[0]].Account}", _known[HouseNames[0]]);
        await Parallel.ForEachAsync(people, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken }, async (person, token) =>
        {
            var fleet = await StartAsync(
                person.Name,
                new Dictionary<string, string>(settings) { ["Query:AnswerTime"] = TimeSpan.FromSeconds(person.AnswerSeconds).ToString("c", CultureInfo.InvariantCulture) },
                b =>
                {
                    b.AddCollaboration();
                    Cheats.Teach(b, person.Cheat);
                },
                token);
            lock (People)
            {
                People.Add(new Person(person.Name, person.Cheat, fleet, IdentityOf(fleet).Account));
            }

            report("members start", Interlocked.Increment(ref started), people.Count);
        });
        var order = people.Select((p, i) => (p.Name, i)).ToDictionary(p => p.Name, p => p.i);
        People.Sort((a, b) => order[a.Name].CompareTo(order[b.Name]));
        await Deployment.EndowAsync(Contracts, People.Select(p => p.Account), 1_000, cancellationToken);
        foreach (var person in People)
        {
            await JoinAsync(person, cancellationToken);
        }

        foreach (var (person, i) in People.Select((p, i) => (p, i)))
        {
            await Waiting.UntilAsync(() => person.Fleet.Client.GetAsync<MembershipView>("api/membership", cancellationToken), m => m.Active, cancellationToken);
            report("members join", i + 1, People.Count);
        }
    }

    /// <summary>The houses' operators have seen who it is and sign that it is one person.</summary>
    private async Task JoinAsync(Person person, CancellationToken cancellationToken)
    {
        var subject = Keccak256.Hash($"identity card of {person.Name}");
        var admissions = new List<(Address Signer, byte[] Signature)>();
        foreach (var house in HouseNames.Take((HouseNames.Length / 2) + 1))
        {
            using var key = KeyFile.Read(Path.Combine(_directory, house, AccountFile));
            admissions.Add((key.Address, PersonalMessage.ToBytes(await key.SignTypedDataAsync(Statements.Admission(Market, person.Account, subject), cancellationToken))));
        }

        await person.Fleet.Client.TellAsync(
            HttpMethod.Post,
            "api/membership",
            new
            {
                Bond = (100 * Credit).ToString(CultureInfo.InvariantCulture),
                Endpoint = EndpointOf(person.Fleet),
                Subject = subject.ToString(),
                Admission = admissions.OrderBy(a => a.Signer.ToTopic()).Select(a => Hex.ToString(a.Signature)).ToArray(),
            },
            cancellationToken);
    }
}

/// <summary>Whom others have to know by account, key and endpoint.</summary>
internal sealed record Party(Address Account, byte[] PublicKey, string Endpoint, int Port);

/// <summary>A rating agency.</summary>
/// <param name="Rate">Of the person with this number, on the agency's own scale, and whether it was penalised.</param>
internal sealed record Agency(string Name, bool HigherIsBetter, Func<int, bool, decimal> Rate)
{
    /// <summary>It lowers the stars of who was penalised.</summary>
    public static Agency Platform { get; } = new("platform", HigherIsBetter: true, (person, penalised) => penalised ? 1 : 1 + (4 * Worth(person, 3)));

    public static IReadOnlyList<Agency> All { get; } =
    [
        new("bank", HigherIsBetter: true, (person, _) => 300 + (550 * Worth(person, 1))),
        new("telecom", HigherIsBetter: false, (person, _) => 30 * (1 - Worth(person, 2))),
        Platform,
    ];

    /// <summary>Of the members, the one that nobody trusts.</summary>
    public const int Poor = 10;

    /// <summary>From 0 to 1, about the same for each agency.</summary>
    private static decimal Worth(int person, int agency) => person == Poor ? 0.1m : 0.9m - (person * 7 % 10 * 0.035m) + (((person * agency % 5) - 2) * 0.015m);
}

/// <summary>Asks again until the answer is the wanted one.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250), Patience = TimeSpan.FromMinutes(3);

    public static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> wanted, CancellationToken cancellationToken)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var answer = await ask();
            if (wanted(answer))
            {
                return answer;
            }

            if (clock.Elapsed > Patience)
            {
                throw new TimeoutException($"What was waited for did not come in {Patience:c}; last there was {System.Text.Json.JsonSerializer.Serialize(answer)}. The fleets' logs say more.");
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }
}
