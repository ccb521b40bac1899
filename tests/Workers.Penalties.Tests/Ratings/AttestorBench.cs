using System.Security.Cryptography;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RatingAgency;
using Testing;
using Workers.Hosting;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Transactions;
using Workers.Standalone.Fleets;

namespace Workers.Penalties.Tests.Ratings;

/// <summary>Houses that attest, and rating agencies outside the market, each reached over HTTPS on loopback.</summary>
internal sealed class AttestorBench : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("attestors-");
    private readonly List<LocalKeySigner> _attestors;
    private readonly List<P256KeyPair> _pairs = [];
    private readonly List<WebApplication> _agencies = [];
    private readonly Dictionary<int, string> _urls = [];
    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal)
    {
        ["Filing:SweepSchedule"] = "00:00:01",
        ["Ratings:Schedule"] = "00:00:00.5",
        ["Ratings:AskAgain"] = "00:00:01",
        ["Ratings:ClockTolerance"] = "00:00:02",
        ["Ratings:Round"] = "00:00:40",
        ["Ratings:AskingTime"] = "00:00:15",
        ["Envelopes:Member:AttemptTimeout"] = "00:00:03",
        ["Transactions:RefusalPatience"] = "00:00:03",
    };

    private AttestorBench(int houses) => _attestors = [.. Enumerable.Range(0, houses).Select(i => new LocalKeySigner(SHA256.HashData([(byte)i, 77])))];

    public ConductBench Chain { get; private set; } = null!;

    public List<Fleet> Houses { get; } = [];

    /// <summary>Of the houses, in their order.</summary>
    public IReadOnlyList<LocalKeySigner> Attestors => _attestors;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts a chain whose attestors the houses are; then agencies can be added, and last the houses be started.</summary>
    public static async Task<AttestorBench> StartAsync(int houses, params (string Key, string Value)[] settings)
    {
        var bench = new AttestorBench(houses);
        foreach (var (key, value) in settings)
        {
            bench._settings[key] = value;
        }

        bench.Chain = await ConductBench.StartAsync(new AnvilOptions(TimeSpan.FromSeconds(1)), bench._attestors);
        Directory.CreateDirectory(Path.Combine(bench._directory.FullName, "logs"));
        for (var i = 0; i < houses; i++)
        {
            var key = SHA256.HashData([(byte)i, 78]);
            bench._pairs.Add(P256KeyPair.FromPrivateKey(key));
            await bench.Chain.EndowAsync(bench._attestors[i].Address);
            await bench.Chain.Node.MineAsync(6);
            var directory = Directory.CreateDirectory(Path.Combine(bench._directory.FullName, $"house{i}"));
            await WriteSecretAsync(Path.Combine(directory.FullName, "envelope.key"), key);
            await WriteSecretAsync(Path.Combine(directory.FullName, "account.key"), System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData([(byte)i, 77]))));
        }

        return bench;
    }

    /// <summary>An agency that rates the requester and the collaborator so.</summary>
    /// <param name="answer">What it answers instead of what it would.</param>
    public async Task<Address> AddAgencyAsync(string name, string? requester, string? collaborator, bool higherIsBetter = true, Script? answer = null)
    {
        var directory = Directory.CreateDirectory(Path.Combine(_directory.FullName, name)).FullName;
        var file = Path.Combine(directory, "ratings.csv");
        await File.WriteAllLinesAsync(file, ["account,rating", .. Lines()], Cancellation);
        var builder = Worker.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Data:Directory"] = directory,
            ["Http:Url"] = "http://127.0.0.1:0",
            ["Chain:Endpoints:0"] = "http://127.0.0.1:1",
            ["Chain:Contracts:Conduct"] = Chain.Contracts.Conduct.ToString(),
            ["Envelopes:Url"] = "https://127.0.0.1:0",
            ["Envelopes:TrustedNetworks:0"] = "127.0.0.0/8",
            ["Database:Kind"] = "Sqlite",
            ["RatingAgency:Ratings"] = file,
        });
        builder.Configuration.AddInMemoryCollection(_attestors.Zip(_pairs, (a, p) => KeyValuePair.Create($"RatingAgency:Customers:{a.Address}:PublicKey", (string?)Hex.ToString(p.PublicKey.ToArray()))));
        builder.AddRatingAgency();
        if (answer is not null)
        {
            builder.Services.Replace(new ServiceDescriptor(typeof(CreditQueryHandler), services => new Scripted(answer, services.GetRequiredService<MainAccount>()), ServiceLifetime.Scoped));
        }

        var application = builder.BuildWorker();
        _agencies.Add(application);
        await application.StartAsync(Cancellation);
        var identity = application.Services.GetRequiredService<EnvelopeIdentity>();
        List(identity.Account, name, identity.KeyPair.PublicKey.ToArray(), application.Services.GetRequiredService<EnvelopeServer>().EndpointAt("127.0.0.1"), higherIsBetter);
        return identity.Account;

        IEnumerable<string> Lines()
        {
            if (requester is not null)
            {
                yield return $"{Chain.Requester.Address},{requester}";
            }

            if (collaborator is not null)
            {
                yield return $"{Chain.Collaborator.Address},{collaborator}";
            }
        }
    }

    /// <summary>An agency that nobody reaches.</summary>
    public void AddSilentAgency(string name)
    {
        using var signer = new LocalKeySigner(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)));
        using var pair = P256KeyPair.Generate();
        List(signer.Address, name, pair.PublicKey.ToArray(), $"https://127.0.0.1:{LoopbackPort.Next()}/", higherIsBetter: true);
    }

    /// <summary>Starts each house once and has each know the others, of which none runs afterwards.</summary>
    public async Task IntroduceAsync()
    {
        for (var i = 0; i < _attestors.Count; i++)
        {
            var house = await StartHouseAsync(i, ("Ratings:Schedule", "off"));
            var server = house.Services.GetRequiredService<EnvelopeServer>();
            var key = $"Attesting:Houses:{_attestors[i].Address}";
            _settings[$"{key}:PublicKey"] = Hex.ToString(_pairs[i].PublicKey.ToArray());
            _settings[$"{key}:Endpoint"] = server.EndpointAt("127.0.0.1");
            _urls[i] = $"https://127.0.0.1:{server.Port}";
            Houses.Remove(house);
            await house.DisposeAsync();
        }
    }

    /// <summary>Sends a house something as somebody else.</summary>
    /// <returns>What it answers, or why it does not.</returns>
    public async Task<(byte[] Answer, string? Refusal)> SendAsync(LocalKeySigner from, P256KeyPair pair, Fleet house, string kind, byte[] body)
    {
        var builder = Worker.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Data:Directory"] = Path.Combine(_directory.FullName, "sender"),
            ["Chain:Endpoints:0"] = "http://127.0.0.1:1",
            ["Chain:Contracts:Conduct"] = Chain.Contracts.Conduct.ToString(),
            ["Envelopes:TrustedNetworks:0"] = "127.0.0.0/8",
        });
        builder.Services.AddSingleton(new EnvelopeIdentity(from, pair));
        builder.AddEnvelopeClient();
        await using var application = builder.BuildWorker();
        var identity = house.Services.GetRequiredService<EnvelopeIdentity>();
        var entry = new MemberEntry(identity.Account, identity.KeyPair.PublicKey.ToArray(), house.Services.GetRequiredService<EnvelopeServer>().EndpointAt("127.0.0.1"));
        try
        {
            using var reply = await application.Services.GetRequiredService<EnvelopeClient>().SendAsync(entry, kind, body, Cancellation);
            return (reply.Reveal().ToArray(), null);
        }
        catch (EnvelopeException e) when (e.Fault is EnvelopeFault.Refused or EnvelopeFault.Rejected)
        {
            return ([], e.Message);
        }
    }

    /// <summary>The P-256 key of a house.</summary>
    public P256KeyPair PairOf(int house) => _pairs[house];

    public async Task<Fleet> StartHouseAsync(int house, params (string Key, string Value)[] particular)
    {
        var settings = new Dictionary<string, string?>(_settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))) { ["Envelopes:Url"] = _urls.GetValueOrDefault(house, "https://127.0.0.1:0") };
        foreach (var own in settings.Keys.Where(k => k.Contains($"Houses:{_attestors[house].Address}:", StringComparison.Ordinal)).ToList())
        {
            settings.Remove(own);
        }

        foreach (var (key, value) in particular)
        {
            settings[key] = value;
        }

        var fleet = await Fleet.StartAsync(
            $"house{house}",
            new FleetSettings(_directory.FullName, Chain.Node.Address, Chain.Contracts, new Dictionary<string, string>()),
            b =>
            {
                b.Configuration.AddInMemoryCollection(settings);
                b.AddPenalties();
            },
            Cancellation);
        Houses.Add(fleet);
        return fleet;
    }

    public static Task<RoundView[]> RoundsAsync(Fleet house) => house.Client.GetAsync<RoundView[]>("api/rounds", Cancellation);

    /// <summary>The first round that is so, newest first.</summary>
    public static async Task<RoundView> UntilAsync(Fleet house, Func<RoundView, bool> wanted)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var rounds = await RoundsAsync(house);
            if (Array.Find(rounds, r => wanted(r)) is { } found)
            {
                return found;
            }

            Assert.True(clock.Elapsed < Patience, $"After {Patience}: {string.Join("; ", rounds.Take(5).Select(r => r.ToString()))}");
            await Task.Delay(200, Cancellation);
        }
    }

    /// <summary>The standings that count, as anybody finds them by the chain alone.</summary>
    public async Task<(StandingsDocument Document, Conduct.Attested Attested)> AttestedAsync()
    {
        var root = await Chain.Rpc.CallAsync(Chain.Contracts.Conduct, new Conduct.StandingsCall(), Cancellation);
        var attested = await Chain.Rpc.CallAsync(Chain.Contracts.Conduct, new Conduct.AttestedCall(root), Cancellation);
        var head = await Chain.Rpc.BlockNumberAsync(Cancellation);
        var last = (await Chain.Rpc.GetLogsAsync(LogFilter.Of([Chain.Contracts.Conduct], Conduct.StandingsAttestedEvent.Topic), 0, head, Cancellation))[^1].Decode<Conduct.StandingsAttestedEvent>();
        var content = new ContentStore.Embedded.EmbeddedStore(Path.Combine(_directory.FullName, "ipfs"));
        var bytes = await ContentStore.ContentReading.ReadAllAsync(content, new ContentStore.Cid(ContentStore.CidCodec.Raw, last.Content.ToArray()), StandingsDocument.MaxBytes, Cancellation);
        var document = StandingsDocument.Read(bytes);
        Assert.Equal(root, document.Root);
        return (document, attested);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var house in Houses)
        {
            await house.DisposeAsync();
        }

        foreach (var agency in _agencies)
        {
            await agency.StopAsync(CancellationToken.None);
            await agency.DisposeAsync();
        }

        await Chain.DisposeAsync();
        _attestors.ForEach(a => a.Dispose());
        _pairs.ForEach(p => p.Dispose());
        _directory.Delete(recursive: true);
    }

    private void List(Address account, string name, byte[] publicKey, string endpoint, bool higherIsBetter)
    {
        var key = $"Ratings:Agencies:{account}";
        _settings[$"{key}:Name"] = name;
        _settings[$"{key}:PublicKey"] = Hex.ToString(publicKey);
        _settings[$"{key}:Endpoint"] = endpoint;
        _settings[$"{key}:HigherIsBetter"] = higherIsBetter ? "true" : "false";
        _settings[$"{key}:Highest"] = "1000";
    }

    public static async Task WriteSecretAsync(string path, byte[] secret)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var file = new FileStream(path, options);
        await file.WriteAsync(secret, Cancellation);
    }

    internal sealed record RoundView(long Round, string State, string Report, long Number, string? TransactionHash);

    /// <summary>What an agency answers, made from what it would answer (each member's place in the query, from 1, and not signed yet).</summary>
    internal delegate Task<CreditAnswer> Script(Address asker, CreditAnswer honest, Func<CreditAnswer, ConductReference, Task<CreditAnswer>> sign);

    private sealed class Scripted(Script script, MainAccount account) : IEnvelopeHandler
    {
        public async Task<EnvelopeAnswer> HandleAsync(OpenedEnvelope envelope, CancellationToken cancellationToken)
        {
            var query = MemberJson.Read<CreditQuery>(envelope.Body.Reveal());
            var now = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
            var honest = new CreditAnswer(account.Address, now, [.. query.Members.Select((m, i) => new CreditRating(m, (i + 1) * 1_000_000))], []);
            return EnvelopeAnswer.Of(MemberJson.Write(await script(envelope.Header.From, honest, SignAsync).WaitAsync(cancellationToken)));

            async Task<CreditAnswer> SignAsync(CreditAnswer unsigned, ConductReference reference) =>
                unsigned with { Signature = PersonalMessage.ToBytes(await account.Signer.SignTypedDataAsync(unsigned.Data(reference), cancellationToken)) };
        }
    }
}
