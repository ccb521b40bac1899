using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Testing;
using Workers.Hosting.Members;
using Workers.Hosting.Queries;
using Workers.Penalties.Tests.Ratings;
using Workers.Penalties.Verdicts;
using Workers.Standalone.Chain;
using Workers.Standalone.Fleets;
using Contract = Ethereum.Contracts.Collaboration;

namespace Workers.Penalties.Tests.Simulation;

/// <summary>
/// A thousand members on a chain, and the house that penalises as processes on RabbitMQ and PostgreSQL. Members ask through each other, some cheat, some slander; the processes are killed with kill -9 and the chain is
/// reorganised all the while. In the end every bond is somebody's, every lock has its evidence, and no honest member was ever locked.
/// </summary>
[Collection(nameof(Alone))]
public sealed class ThousandMembersTests(RealServers servers, ITestOutputHelper output)
{
    private const int Members = 1_000, Cheats = 25, Rounds = 5, PairsPerRound = 60;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_dies_every_bond_comes_back_every_lock_has_evidence_and_nobody_honest_is_locked()
    {
        using var attestor = new LocalKeySigner(SHA256.HashData("the only attestor"u8));
        await using var chain = await ConductBench.StartAsync(new AnvilOptions(TimeSpan.FromSeconds(1)), [attestor]);
        await using var rabbitMq = await RabbitMqServer.StartAsync(Cancellation);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        using var crowd = await Crowd.JoinAsync(chain, Members);
        output.WriteLine($"{clock.Elapsed.TotalSeconds:0} s: {Members} members have joined");
        await using var house = await StartHouseAsync(chain, rabbitMq, attestor);
        await house.Client.TellAsync(HttpMethod.Put, $"api/bonds/{Guid.NewGuid()}", new { Amount = (10 * MarketDeployment.Rules.Bond).ToString(CultureInfo.InvariantCulture) }, Cancellation);

        // Five kinds of cheats; each of the last kind lets a query expire in each of three rounds.
        var (cheats, honest) = (crowd.People.Take(Cheats).ToList(), crowd.People.Skip(Cheats).ToList());
        var silent = cheats.Where(c => c.Number % 5 == 4).ToHashSet();
        var evidence = new Dictionary<Hash32, Address>();
        var random = new Random(20_261_123);
        for (var round = 0; round < Rounds; round++)
        {
            random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(honest));
            var pairs = honest.Take(2 * PairsPerRound).Chunk(2).Select(p => (p[0], p[1])).ToList();
            if (round < 3)
            {
                pairs.AddRange(silent.Zip(honest.Skip(2 * PairsPerRound), (c, q) => (q, c)));
            }

            var asking = crowd.AskAsync(pairs, silent);
            await KillAsync(round % 2 == 0 ? house.Listener : house.Worker);
            await asking;

            await chain.Node.CallAsync("evm_setIntervalMining", 0);
            var time = await chain.TimeAsync();
            foreach (var cheat in cheats.Where(c => c.Number / 5 == round && !silent.Contains(c)))
            {
                var (victim, buyer) = (honest[^1], honest[^2]);
                Evidence found = (cheat.Number % 5) switch
                {
                    0 => await crowd.OutsideAreaAsync(cheat, victim, time),
                    1 => await crowd.ImpossibleSpeedAsync(cheat, victim, time),
                    2 => await crowd.DoubleClaimAsync(cheat),
                    _ => await crowd.LeakAsync(cheat, victim, buyer, time),
                };
                evidence[found.Convicting(chain.Market)[0]] = cheat.Account;
                if (found is OutsideAreaEvidence or LeakEvidence)
                {
                    crowd.Count(victim.Account, MarketDeployment.Rules.Fine);
                }

                await TellAsync(house, found);
                await TellAsync(house, await crowd.SlanderAsync(honest[random.Next(honest.Count)], victim, time));
            }

            // The house's next penalty is in a block that vanishes, and its process dies on the way. What members did is in the blocks before: nobody would send that again.
            await chain.Node.MineAsync();
            while (!await IsPenaltyAsync(chain))
            {
                await chain.Node.MineAsync();
                await Task.Delay(300, Cancellation);
            }

            await chain.Node.ReorganiseAsync(1);
            await KillAsync(house.Worker);
            await chain.Node.CallAsync("evm_setIntervalMining", 1);
            output.WriteLine($"{clock.Elapsed.TotalSeconds:0} s: round {round} is over");
        }

        await crowd.SettleAsync();
        var waiting = clock.Elapsed;
        while (true)
        {
            var guilty = await Task.WhenAll(cheats.Select(async c => (await chain.MemberAsync(c.Account)).Offences));
            if (guilty.All(o => o > 0) && (await CasesAsync(house)).All(c => c.State is "Penalised" or "Dismissed"))
            {
                break;
            }

            Assert.True(clock.Elapsed - waiting < Patience, $"{guilty.Count(o => o > 0)} of {Cheats} are penalised; {await StateAsync(house)}");
            await Task.Delay(500, Cancellation);
        }

        output.WriteLine($"{clock.Elapsed.TotalSeconds:0} s: all {Cheats} cheats are penalised");
        await CheckLocksAsync(chain, crowd, cheats, silent, evidence, await CasesAsync(house), house.Client);
        await CheckMoneyAsync(chain, crowd, honest, attestor, house.Client);
        output.WriteLine($"{clock.Elapsed.TotalSeconds:0} s: everybody has left");
    }

    /// <summary>Whether somebody is penalised in the newest block.</summary>
    private static async Task<bool> IsPenaltyAsync(ConductBench chain)
    {
        var head = await chain.Rpc.BlockNumberAsync(Cancellation);
        return (await chain.Rpc.GetLogsAsync(LogFilter.Of([chain.Contracts.Conduct], Conduct.PenalisedEvent.Topic), head, head, Cancellation)).Count > 0;
    }

    /// <summary>Each lock has an event, each event the evidence that was made, and each cheat exactly one.</summary>
    private static async Task CheckLocksAsync(
        ConductBench chain, Crowd crowd, List<Somebody> cheats, HashSet<Somebody> silent, Dictionary<Hash32, Address> evidence, CaseView[] cases, FleetClient house)
    {
        var head = await chain.Rpc.BlockNumberAsync(Cancellation);
        var penalties = (await chain.Rpc.GetLogsAsync(LogFilter.Of([chain.Contracts.Conduct], Conduct.PenalisedEvent.Topic), 0, head, Cancellation)).Select(l => l.Decode<Conduct.PenalisedEvent>()).ToList();
        Assert.Equal(cheats.Select(c => c.Account.ToTopic()).Order(), penalties.Select(p => p.Offender.ToTopic()).Order());
        var expired = crowd.Expired.ToLookup(e => e.Collaborator, e => e.Query);
        foreach (var penalty in penalties)
        {
            if ((Offence)penalty.Offence != Offence.ExpiredQuery)
            {
                Assert.Equal(penalty.Offender, evidence[penalty.Evidence]);
                Assert.Equal(penalty.Offender, cases.Where(c => c.State == "Penalised" && c.Offender == penalty.Offender.ToString()).Select(c => Address.Parse(c.Offender)).Single());
                continue;
            }

            var verdict = MemberJson.Read<Verdict>(await house.BytesAsync($"api/cases/{cases.Single(c => c.Offender == penalty.Offender.ToString()).Id}/evidence", Cancellation));
            Assert.Equal(VerdictPolicy.ConvictionOf(verdict), penalty.Evidence);
            Assert.Equal(expired[penalty.Offender].Order(), verdict.Shown.Select(s => s.Subject).Order());
        }

        Assert.Equal(evidence.Values.Concat(silent.Select(s => s.Account)).Select(a => a.ToTopic()).Order(), penalties.Select(p => p.Offender.ToTopic()).Order());
        await Crowd.EachAsync(crowd.People, async p =>
        {
            var isCheat = cheats.Contains(p);
            Assert.Equal(isCheat ? 1u : 0u, (await chain.MemberAsync(p.Account)).Offences);
            Assert.Equal(!isCheat, await chain.Rpc.CallAsync(chain.Contracts.Conduct, new Conduct.IsAllowedCall(p.Account), Cancellation));
        });
    }

    /// <summary>Everybody leaves. The contracts keep nothing but the pot, and every honest member has what it brought, less dues, with what it earned.</summary>
    private static async Task CheckMoneyAsync(ConductBench chain, Crowd crowd, List<Somebody> honest, LocalKeySigner attestor, FleetClient house)
    {
        await crowd.LeaveAsync();
        await Crowd.EachAsync(honest, async p => Assert.Equal(Crowd.Credit - MarketDeployment.Rules.Dues + crowd.Earned.GetValueOrDefault(p.Account), await BalanceAsync(p.Account)));
        var bonds = (await chain.MemberAsync(attestor.Address)).Bond + (await chain.MemberAsync(chain.Requester.Address)).Bond + (await chain.MemberAsync(chain.Collaborator.Address)).Bond;
        var pot = await chain.Rpc.CallAsync(chain.Contracts.Conduct, new Conduct.PotCall(), Cancellation);
        Assert.Equal(pot + bonds, await BalanceAsync(chain.Contracts.Conduct));
        Assert.Equal(BigInteger.Zero, await BalanceAsync(chain.Contracts.Collaboration));
        Assert.Equal((10 * MarketDeployment.Rules.Bond).ToString(CultureInfo.InvariantCulture), (await house.GetAsync<AccountView>("api/account", Cancellation)).Bond);

        Task<BigInteger> BalanceAsync(Address account) => chain.Rpc.CallAsync(chain.Contracts.MarketToken, new MarketToken.BalanceOfAddressCall(account), Cancellation);
    }

    private async Task<Organisation> StartHouseAsync(ConductBench chain, RabbitMqServer rabbitMq, LocalKeySigner attestor)
    {
        var root = Directory.CreateTempSubdirectory("thousand-");
        await chain.Deployment.EndowAsync(chain.Contracts, [attestor.Address], 10_000, Cancellation);
        var directory = Directory.CreateDirectory(Path.Combine(root.FullName, "house"));
        await AttestorBench.WriteSecretAsync(Path.Combine(directory.FullName, "account.key"), Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData("the only attestor"u8))));
        var settings = new Dictionary<string, string>(await Organisation.SettingsAsync(rabbitMq, await servers.PostgresAsync(Cancellation), Cancellation), StringComparer.Ordinal)
        {
            ["Filing:Grace"] = "00:00:01",
            ["Filing:SweepSchedule"] = "00:00:01",
            ["Filing:MaxOpenPerSender"] = "1000",
            ["Verdicts:Schedule"] = "00:00:01",
            ["Verdicts:Window"] = "90.00:00:00",
        };
        return await Organisation.StartAsync("house", "Workers.Penalties.dll", new FleetSettings(root.FullName, chain.Node.Address, chain.Contracts, settings), Cancellation);
    }

    internal sealed record CaseView(string Id, string Offence, string Offender, string State, string Sentence);

    internal sealed record AccountView(string Address, string Bond);

    /// <summary>Whatever may say why a case has not ended.</summary>
    private static async Task<string> StateAsync(Organisation house) => string.Join(
        Environment.NewLine,
        [
            .. (await CasesAsync(house)).Where(c => c.State != "Penalised" || c.Offence == "ExpiredQuery").Select(c => c.ToString()),
            "misdeeds " + await house.AskAsync("""SELECT string_agg("Offender" || ' in block ' || "BlockNumber" || ' at ' || coalesce("Time"::text, '?'), ', ' ORDER BY "BlockNumber") FROM penalties.misdeeds""", Cancellation),
            "finality " + await house.AskAsync("""SELECT max("BlockNumber") FROM penalties.finality""", Cancellation),
            "the listener's " + await house.AskAsync("""SELECT concat_ws(' ', 'tip', "Tip", 'final', "FinalNumber", 'announced', "AnnouncedNumber") FROM listener.checkpoint""", Cancellation),
            "waiting for the bus " + await house.AskAsync("""SELECT (SELECT count(*) FROM penalties.outbox WHERE "SentAt" IS NULL) || ' ' || (SELECT count(*) FROM listener.outbox WHERE "SentAt" IS NULL)""", Cancellation),
            "schedules " + await house.AskAsync("""SELECT string_agg(trigger_group || ' ' || trigger_state || ' ' || to_timestamp((next_fire_time - 621355968000000000) / 1e7), ', ') FROM penalties.qrtz_triggers""", Cancellation),
            "dead letters " + await house.AskAsync("""SELECT string_agg("Handler" || ': ' || "Reason", ', ') FROM (SELECT * FROM penalties.dead_letters UNION ALL SELECT * FROM listener.dead_letters) d""", Cancellation),
            .. house.Workers.SelectMany(w => w.Log().Split('\n').Where(l => l.Contains(" WRN ", StringComparison.Ordinal) || l.Contains(" ERR ", StringComparison.Ordinal) || l.Contains(" FTL ", StringComparison.Ordinal)).TakeLast(20)),
        ]);

    /// <summary>kill -9 for a process of the house, and another start.</summary>
    private static async Task KillAsync(WorkerProcess victim)
    {
        await victim.KillAsync();
        await victim.RestartAsync(Cancellation);
    }

    /// <summary>Hands evidence in.</summary>
    private static async Task TellAsync(Organisation house, Evidence evidence)
    {
        using var content = new ByteArrayContent(MemberJson.Write(evidence));
        await house.Client.SendAsync<CaseView>(HttpMethod.Post, "api/cases", content, Cancellation);
    }

    private static Task<CaseView[]> CasesAsync(Organisation house) => house.Client.GetAsync<CaseView[]>("api/cases", Cancellation);
}
