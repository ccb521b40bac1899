using System.Globalization;
using Ethereum;
using Ethereum.Rpc;
using Mechanisms.Mobility;
using Spectre.Console;
using Workers.Hosting.Members;
using Workers.Standalone.Chain;

namespace Workers.Standalone.Zones;

/// <summary>
/// Paper 3 and the collaboration half of paper 4 played through in a town: members are rated, ask a location service from behind each other and through each other, as a model of the privacy game says or whom they name, and
/// are penalised for what they do wrong. nobody tells kim anything, who has a bad name; lyle lies about his place, lena sells what she was told, sid agrees to forward queries and goes away, dora wants to be paid twice for one.
/// </summary>
internal sealed class ZoneStory(string directory, Uri chain, EthereumRpc rpc, MarketContracts contracts, MarketDeployment deployment, IAnsiConsole console)
{
    private const int Size = 8, Seed = 20_211;
    private const decimal Million = 1_000_000;

    /// <summary>Ask for each other by a model of the privacy game.</summary>
    private static readonly string[] Group = ["ada", "gina", "hugo", "ines"];

    private static readonly string[] SidsQueriers = ["dan", "eve", "finn"];

    /// <summary>Whose queries come to nothing does not wait for long.</summary>
    private static readonly Role[] Cast =
    [
        new("ada"), new("ben"), new("cleo", AnswerSeconds: 60), new("dan", AnswerSeconds: 20), new("eve", AnswerSeconds: 20), new("finn", AnswerSeconds: 20), new("gina"), new("hugo"), new("ines"), new("jon"),
        new("kim"), new("leo"), new("mia"), new("nils"), new("olga"), new("pia"), new("lyle", Cheat.Liar), new("lena", Cheat.Leaker), new("sid", Cheat.Sluggard), new("dora", Cheat.DoubleClaimer),
    ];

    private readonly Town _town = new(Cast.Length, pointsOfInterest: 60, Seed);

    /// <returns>Whether everybody who cheated is locked, nobody else is, and the honest found what they looked for.</returns>
    public async Task<bool> PlayAsync(CancellationToken cancellationToken)
    {
        ZoneMarket? market = null;
        try
        {
            (ZonePicture Picture, string Refusal)? searched = null;
            IReadOnlyList<Bonded> queries = [];
            var before = new Dictionary<Address, StandingView>();
            var after = new Dictionary<Address, StandingView>();
            await Steps.ShowAsync(console, async add =>
            {
                var bars = ZoneMarket.Stages.ToDictionary(n => n, n => add(n), StringComparer.Ordinal);
                var (rating, searching, leaking, asking, judging, alone, rerating) = (
                    add("two of three houses attest standings"), add($"members search behind zones of {Size}"), add("one sells a place"), add("queries through other members"), add("who cheated is locked"), add("who is locked asks alone"), add("an agency lowers its rating"));
                market = await ZoneMarket.StartAsync(directory, chain, rpc, contracts, deployment, _town, Cast, (bar, done, all) => bars[bar].Report(done, all), cancellationToken);
                await PlaceAsync(market, cancellationToken);
                before = await StandingsAsync(market, since: 0, cancellationToken);
                rating.Report(1, 1);
                searched = await SearchAsync(market, searching, cancellationToken);
                await LeakAsync(market, cancellationToken);
                leaking.Report(1, 1);
                queries = await AskThroughOthersAsync(market, asking, cancellationToken);
                await JudgeAsync(market, judging, cancellationToken);
                queries = [.. queries, await AskAloneAsync(market, cancellationToken)];
                alone.Report(1, 1);
                after = await RateAgainAsync(market, cancellationToken);
                rerating.Report(1, 1);
            });
            return await ReportAsync(market!, before, after, searched!.Value, queries, cancellationToken);
        }
        finally
        {
            if (market is not null)
            {
                await market.DisposeAsync();
            }
        }
    }

    /// <summary>Devices report where they are. The liar's radio is heard by everybody who asks, as a repeater would make it.</summary>
    private async Task PlaceAsync(ZoneMarket market, CancellationToken cancellationToken)
    {
        var liar = Array.FindIndex(Cast, c => c.Cheat == Cheat.Liar);
        for (var i = 0; i < market.People.Count; i++)
        {
            var heard = _town.HeardBy(i).Append(liar).Where(h => h != i).Distinct().Select(h => market.People[h].Account.ToString()).ToArray();
            await market.People[i].Fleet.Client.TellAsync(HttpMethod.Put, "api/place", new { _town.People[i].Latitude, _town.People[i].Longitude, Heard = heard }, cancellationToken);
        }
    }

    /// <summary>Waits until every member has standings of everybody that were attested after the given ones.</summary>
    private static async Task<Dictionary<Address, StandingView>> StandingsAsync(ZoneMarket market, long since, CancellationToken cancellationToken)
    {
        StandingsView? latest = null;
        foreach (var person in market.People.Where(market.IsThere))
        {
            latest = await Waiting.UntilAsync(() => person.Fleet.Client.GetAsync<StandingsView>("api/standings", cancellationToken), s => s.Number > since && s.Members == market.People.Count, cancellationToken);
        }

        var standings = await market.People[0].Fleet.Client.GetAsync<StandingView[]>("api/standings/members", cancellationToken);
        return standings.ToDictionary(s => Address.Parse(s.Member));
    }

    /// <summary>Members search, one after the other, until one was told a lie; the first one's zone is drawn. Nobody helps whom the agencies rate badly.</summary>
    private async Task<(ZonePicture Picture, string Refusal)> SearchAsync(ZoneMarket market, Step step, CancellationToken cancellationToken)
    {
        var service = (await Waiting.UntilAsync(() => market.People[0].Fleet.Client.GetAsync<ServiceView[]>("api/services", cancellationToken), s => s.Length == 1, cancellationToken))[0].Account;
        ZonePicture? picture = null;
        var refusal = (await AskAsync(Agency.Poor)).Zone.Zone.Report.Split('\n')[0];
        var asked = 1;
        foreach (var i in Enumerable.Range(0, Cast.Length).Where(i => i != Agency.Poor && Cast[i].Cheat == Cheat.None && _town.HeardBy(i).Count() >= Size))
        {
            var (found, zone) = await AskAsync(i);
            if (found.State == "Found")
            {
                picture ??= new ZonePicture(i, [.. zone.Places.Select(p => new Position(p.Latitude, p.Longitude))], [.. found.Found.Select(f => f.Name)]);
            }

            step.Report(++asked, asked + 1);
            if (zone.Zone.Report.Contains("its place is out of the radio's reach", StringComparison.Ordinal) && picture is not null)
            {
                break;
            }
        }

        step.Report(asked, asked);
        return (picture ?? throw new InvalidOperationException("No member found anything; the fleets' logs say why."), refusal);

        async Task<(SearchView Found, ZoneView Zone)> AskAsync(int i)
        {
            var (client, id) = (market.People[i].Fleet.Client, Guid.NewGuid());
            await client.TellAsync(HttpMethod.Put, $"api/searches/{id}", new { Size, Service = service, Category = "café", Nearest = 2 }, cancellationToken);
            return (
                await Waiting.UntilAsync(() => client.GetAsync<SearchView>($"api/searches/{id}", cancellationToken), s => s.State != "Searching", cancellationToken),
                await client.GetAsync<ZoneView>($"api/zones/{id}", cancellationToken));
        }
    }

    private static async Task LeakAsync(ZoneMarket market, CancellationToken cancellationToken)
    {
        var (leaker, buyer) = (market.People.Single(p => p.Cheat == Cheat.Leaker), market.People[7]);
        var id = Guid.NewGuid();
        await leaker.Fleet.Client.TellAsync(HttpMethod.Put, $"api/zones/{id}", new { Size = 4 }, cancellationToken);
        await Waiting.UntilAsync(() => leaker.Fleet.Client.GetAsync<ZoneView>($"api/zones/{id}", cancellationToken), z => z.Zone.State != "Asking", cancellationToken);

        // The buyer wants no stolen goods and hands them in.
        var evidence = await Cheats.LeakAsync(leaker.Fleet, id, buyer.Account, market.Market, cancellationToken);
        using var content = new ByteArrayContent(MemberJson.Write<Evidence>(evidence));
        await market.Houses.First().Client.SendAsync<CaseView>(HttpMethod.Post, "api/cases", content, cancellationToken);
    }

    /// <summary>ada's query goes out as her group's model says; two are forwarded by dora, who is honest with the first alone; three by sid, who is not there any more: once could happen to anybody.</summary>
    private async Task<IReadOnlyList<Bonded>> AskThroughOthersAsync(ZoneMarket market, Step step, CancellationToken cancellationToken)
    {
        await SharedModel.ShareAsync([.. Group.Select(name => Person(market, name))], cancellationToken);
        var ada = Person(market, Group[0]);
        var (done, all) = (0, 6);
        var disguised = await EndAsync(ada, await OrderAsync(market, ada, null, cancellationToken));
        var through = await Task.WhenAll(ThroughDoraAsync(), ThroughSidAsync());
        return [disguised, .. through.SelectMany(t => t)];

        async Task<Bonded[]> ThroughDoraAsync()
        {
            var dora = Person(market, "dora");
            return [await OneAsync(Person(market, "ben")), await OneAsync(Person(market, "cleo"))];

            async Task<Bonded> OneAsync(Person querier) => await EndAsync(querier, await OrderAsync(market, querier, dora, cancellationToken));
        }

        async Task<Bonded[]> ThroughSidAsync()
        {
            var (sid, queriers) = (Person(market, "sid"), SidsQueriers.Select(name => Person(market, name)).ToList());
            var queries = await Task.WhenAll(queriers.Select(q => OrderAsync(market, q, sid, cancellationToken)));
            await Task.WhenAll(queries.Select(query => Waiting.UntilAsync(query, q => q.State != "Agreeing", cancellationToken)));
            await market.LeaveAsync(sid);
            return await Task.WhenAll(queriers.Zip(queries).Select(q => EndAsync(q.First, q.Second)));
        }

        async Task<Bonded> EndAsync(Person querier, Func<Task<QueryView>> query)
        {
            var ended = Ended(market, querier, await Waiting.UntilAsync(query, IsEnd, cancellationToken));
            step.Report(Interlocked.Increment(ref done), all);
            return ended;
        }
    }

    /// <summary>dora is locked and can bond nothing: she asks under her own name, about the place that a model for her alone says.</summary>
    private async Task<Bonded> AskAloneAsync(ZoneMarket market, CancellationToken cancellationToken)
    {
        var dora = Person(market, "dora");
        await SharedModel.ShareAsync([dora], cancellationToken);
        return Ended(market, dora, await Waiting.UntilAsync(await OrderAsync(market, dora, null, cancellationToken), IsEnd, cancellationToken));
    }

    /// <param name="other">Who shall forward it; null: the asker's model says.</param>
    private async Task<Func<Task<QueryView>>> OrderAsync(ZoneMarket market, Person asker, Person? other, CancellationToken cancellationToken)
    {
        var service = (await asker.Fleet.Client.GetAsync<ServiceView[]>("api/services", cancellationToken))[0].Account;
        var (place, id) = (_town.People[market.People.IndexOf(asker)], Guid.NewGuid());
        string[]? collaborators = other is null ? null : [other.Account.ToString()];
        var order = new { Service = service, place.Latitude, place.Longitude, Reward = "2000000000000000000", Category = "pharmacy", Nearest = 1, Collaborators = collaborators };
        await asker.Fleet.Client.TellAsync(HttpMethod.Put, $"api/queries/{id}", order, cancellationToken);
        return () => asker.Fleet.Client.GetAsync<QueryView>($"api/queries/{id}", cancellationToken);
    }

    private Bonded Ended(ZoneMarket market, Person asker, QueryView query)
    {
        var forwarder = query.Collaborator is { } account ? market.People.Single(p => p.Account == Address.Parse(account)).Name : asker.Name;
        var place = _town.People[market.People.IndexOf(asker)];
        var metres = 1000 * place.DistanceTo(new Position(query.Places[0].Latitude, query.Places[0].Longitude));
        var about = query.DisguisedBy is { } model
            ? string.Create(CultureInfo.InvariantCulture, $"a place {metres:0} m away, by {(model == "Alone" ? "a model for one" : $"the model of {string.Join(", ", Group)}")}")
            : "the own place";
        return new Bonded(asker.Name, forwarder, about, query.State, query.Found is [var found, ..] ? found.Name : query.Problem ?? "");
    }

    private static bool IsEnd(QueryView query) => query.State is "Settled" or "Returned" or "Failed" or "Answered";

    private static Person Person(ZoneMarket market, string name) => market.People.Single(p => p.Name == name);

    private static Task<int> JudgeAsync(ZoneMarket market, Step step, CancellationToken cancellationToken)
    {
        Address[] cheats = [.. market.People.Where(p => p.Cheat != Cheat.None).Select(p => p.Account)];
        return Waiting.UntilAsync(
            async () =>
            {
                var penalised = (await CasesAsync(market, cancellationToken)).Select(c => Address.Parse(c.Offender)).ToHashSet();
                var done = cheats.Count(penalised.Contains);
                step.Report(done, cheats.Length);
                return done;
            },
            done => done == cheats.Length,
            cancellationToken);
    }

    /// <summary>What the houses' bills have brought about. Of a verdict each house has a case; the others say besides who has sent it.</summary>
    private static async Task<IEnumerable<CaseView>> CasesAsync(ZoneMarket market, CancellationToken cancellationToken)
    {
        var cases = await Task.WhenAll(market.Houses.Select(h => h.Client.GetAsync<CaseView[]>("api/cases", cancellationToken)));
        return cases.SelectMany(c => c).Where(c => c.State == "Penalised").OrderBy(c => c.Sentence.Length).DistinctBy(c => c.Id);
    }

    private static async Task<Dictionary<Address, StandingView>> RateAgainAsync(ZoneMarket market, CancellationToken cancellationToken)
    {
        var penalised = new HashSet<Address>();
        foreach (var person in market.People)
        {
            if ((await market.MemberAsync(person.Account, cancellationToken)).Offences > 0)
            {
                penalised.Add(person.Account);
            }
        }

        // Standings that stay as they are are not attested again.
        var now = await market.People[0].Fleet.Client.GetAsync<StandingsView>("api/standings", cancellationToken);
        await market.RateAgainAsync(Agency.Platform, penalised, cancellationToken);
        return await StandingsAsync(market, now.Number, cancellationToken);
    }

    private async Task<bool> ReportAsync(ZoneMarket market, Dictionary<Address, StandingView> before, Dictionary<Address, StandingView> after, (ZonePicture Picture, string Refusal) searched, IReadOnlyList<Bonded> queries, CancellationToken cancellationToken)
    {
        var (picture, refusal) = searched;
        var cases = (await CasesAsync(market, cancellationToken)).ToLookup(c => Address.Parse(c.Offender));
        var table = new Table().Border(TableBorder.Rounded).Title("Who did what, and what became of it");
        table.AddColumns("member", "what it did", "evidence", "penalty", "locked until", "reputation before", "after");
        var (right, marked) = (true, new Dictionary<int, string>());
        foreach (var (person, i) in market.People.Select((p, i) => (p, i)))
        {
            var member = await market.MemberAsync(person.Account, cancellationToken);
            right &= member.Offences > 0 == (person.Cheat != Cheat.None);
            if (member.Offences > 0)
            {
                marked[i] = person.Cheat == Cheat.DoubleClaimer ? "double-claimer" : person.Cheat.ToString().ToLowerInvariant();
            }

            table.AddRow(
                person.Name,
                Deed(person.Cheat),
                string.Join("; ", cases[person.Account].GroupBy(c => c.Offence, (offence, all) => $"{offence}{(all.Count() > 1 ? $" ×{all.Count()}" : "")} ({all.First().TransactionHash![..10]}…)")),
                member.Offences == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{(decimal)(member.Offences * MarketDeployment.Rules.Fine) / 1e18m:0} credits"),
                Lock(member.LockedUntil),
                Reputation(before, person.Account),
                Reputation(after, person.Account));
        }

        console.Write(table);
        var asked = new Table().Border(TableBorder.Rounded).Title("Queries");
        asked.AddColumns("asked by", "sent by", "about", "end", "answer");
        foreach (var query in queries)
        {
            asked.AddRow(query.Querier, query.Sender, query.About, query.State switch { "Settled" => "answered, collaborator paid", "Answered" => "answered", _ => "no answer, bond back" }, query.Answer.EscapeMarkup());
        }

        console.Write(asked);
        foreach (var sentence in cases.SelectMany(c => c).Select(c => c.Sentence.Replace(c.Offender, market.People.Single(p => p.Account == Address.Parse(c.Offender)).Name, StringComparison.OrdinalIgnoreCase)).Distinct())
        {
            console.WriteLine(sentence);
        }

        var map = Path.Combine(directory, "zone.svg");
        await File.WriteAllTextAsync(map, ZoneMap.ToSvg(_town, [.. market.People.Select(p => p.Name)], marked, picture), cancellationToken);
        console.WriteLine($"{market.People[picture.Asker].Name} found {string.Join(" and ", picture.Found)}; who the service could have meant is on the map {Path.GetRelativePath(Environment.CurrentDirectory, map)}");
        console.WriteLine($"{market.People[Agency.Poor].Name}, of a low reputation, asked for a zone: {refusal}");
        return right && refusal.StartsWith("0 of", StringComparison.Ordinal) && picture.Seen.Count == Size && picture.Found.Count == 2 && queries[0].State is ("Settled" or "Answered")
            && queries.Skip(1).Select(q => q.State).SequenceEqual(["Settled", "Returned", "Returned", "Returned", "Returned", "Answered"]);

        static string Lock(System.Numerics.BigInteger until) => until.IsZero ? "" : until == ulong.MaxValue ? "for ever" : DateTimeOffset.FromUnixTimeSeconds((long)until).ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);

        static string Reputation(Dictionary<Address, StandingView> standings, Address account) => standings.TryGetValue(account, out var s) ? (s.Reputation / Million).ToString("0.000", CultureInfo.InvariantCulture) : "";
    }

    /// <summary>A query, who sent it to the service, and about what.</summary>
    private sealed record Bonded(string Querier, string Sender, string About, string State, string Answer);

    private static string Deed(Cheat cheat) => cheat switch
    {
        Cheat.Liar => "answered for where it is not",
        Cheat.Leaker => "sold a place that it was told",
        Cheat.Sluggard => "agreed to forward queries and went away",
        Cheat.DoubleClaimer => "forwarded one payload for two queries",
        _ => "",
    };
}
