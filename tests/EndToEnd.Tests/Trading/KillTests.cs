using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Text;
using EndToEnd.Tests.Production;
using Ethereum;
using Ethereum.Contracts;
using Testing;
using Workers.Standalone.Fleets;

namespace EndToEnd.Tests.Trading;

/// <summary>Everything is killed with kill -9 while trades are under way, and everything ends well.</summary>
[Collection(nameof(Alone))]
public sealed class KillTests(HarmedMarket harmed, ITestOutputHelper output)
{
    private const int Seed = 20261121;
    private const int SoakKills = 40;

    /// <summary>Patience with a busy machine: what is slow is not lost.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);
    private static readonly string[] Tags = ["mail", "attachments", "contacts"];
    private readonly Random random = new(Seed);
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Dictionary<string, byte[]> originals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Guid Purchase, string Owner)> orders = new(StringComparer.Ordinal);

    private int stored;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task When_every_worker_and_every_server_is_killed_once_every_file_is_sold_once_paid_once_and_kept_until_its_record_is_final() =>
        ProveAsync(market =>
        {
            var victims = Workers(market).Concat(Servers(market)).ToArray();
            new Random(Seed).Shuffle(victims);
            return victims.Select(v => new[] { v });
        });

    /// <summary>The long run of <c>scripts/soak</c>: one thing after another, sometimes a server and a worker together.</summary>
    [Fact(Explicit = true)]
    public Task Whatever_is_killed_however_often_every_file_is_sold_once_paid_once_and_kept_until_its_record_is_final() =>
        ProveAsync(market =>
        {
            var (own, workers, servers) = (new Random(Seed + 1), Workers(market), Servers(market));
            return Enumerable.Range(0, SoakKills).Select(_ => own.Next(4) switch
            {
                0 => new[] { servers[own.Next(servers.Length)] },
                1 => [servers[own.Next(servers.Length)], workers[own.Next(workers.Length)]],
                _ => [workers[own.Next(workers.Length)]],
            });
        });

    private async Task ProveAsync(Func<RealMarket, IEnumerable<Victim[]>> plan)
    {
        Note($"seed {Seed}");
        var market = harmed.Market;
        var application = await Application.PublishAsync(market, "killed-mail", new PublicationTerms(OwnerShare: 6_667, AnswerWindow: 3_600, ConfirmWindow: 3_600));
        Organisation[] owners = [market["keeper"], market["mover"]];
        foreach (var owner in owners)
        {
            await application.InstallAsync(owner);
        }

        var mover = market["mover"];
        var before = await Money.OfAsync(market);
        var spaces = await mover.Client.SpacesAsync(application.Id, Token);
        await Task.Delay(RabbitMqServer.QuorumQueueSettles, Token);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var watching = WatchAsync(market, application, mover, spaces, end.Token);
        var killing = KillAsync(plan(market));
        for (var file = 0; !killing.IsCompleted; file++)
        {
            var (owner, tag) = (owners[file % 2], Tags[random.Next(Tags.Length)]);
            var name = string.Create(CultureInfo.InvariantCulture, $"{file:000}.txt");
            var content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"{owner.Name} {name} {random.Next()}\n", random.Next(1, 20_000))));
            originals[$"{owner.Name}/{tag}/{name}"] = content;
            await application.StoreAsync(owner, tag, name, content);
            stored += owner.Name == "mover" ? 1 : 0;
            await BuyWhatIsNewAsync(application, owners);
            await Task.Delay(random.Next(500, 4_000), Token);
        }

        Note($"{originals.Count} files stored, {await killing} kills; now everything has to end");
        await Patience.UntilAsync("every file delivered", async token => await BuyWhatIsNewAsync(application, owners) && await AllDeliveredAsync(application, token), Long);
        foreach (var (purchase, _) in orders.Values)
        {
            await application.UntilAsync(purchase, "Paid", Long);
        }

        await CheckFilesAsync(market, application, owners);
        await CheckMoneyAsync(market, application, before, await Money.OfAsync(market));
        await Audit.CheckAsync(market);
        Assert.All(spaces, s => Assert.Empty(Directory.GetFiles(s.Folder)));
        await end.CancelAsync();
        Note($"{await watching} looks at the mover's folders");
    }

    private static Victim[] Workers(RealMarket market) =>
        [.. market.Organisations.SelectMany(o => o.Workers).Select(w => new Victim(w.Name, w.KillAsync, () => w.RestartAsync(Token)))];

    private static Victim[] Servers(RealMarket market) =>
    [
        new("RabbitMQ", market.RabbitMq.KillAsync, () => market.RabbitMq.RestartAsync(Token)),
        new("PostgreSQL", market.Postgres.KillAsync, () => market.Postgres.RestartAsync(Token)),
        new("anvil", () => KillChainAsync(market), () => market.Anvil.RestartAsync(Token)),
        new("IPFS", market.Ipfs.Process.KillAsync, () => market.Ipfs.Process.StartAsync(Token)),
    ];

    /// <summary>Kills and restarts these one after another, or together, at moments that nobody chose.</summary>
    private async Task<int> KillAsync(IEnumerable<Victim[]> plan)
    {
        var own = new Random(Seed + 2);
        var kills = 0;
        foreach (var victims in plan)
        {
            await Task.Delay(own.Next(0, 2_000), Token);
            await Task.WhenAll(victims.Select(v => v.Kill()));
            var pause = own.Next(0, 1_500);
            await Task.Delay(pause, Token);
            foreach (var victim in victims)
            {
                await victim.Restart();
            }

            kills += victims.Length;
            Note($"killed {string.Join(" and ", victims.Select(v => v.Name))} for {pause} ms");
        }

        return kills;
    }

    /// <summary>A chain of many nodes keeps its blocks when one node dies, so no block may be mined after the copy was taken.</summary>
    private static async Task KillChainAsync(RealMarket market)
    {
        await market.Chain.MineEveryAsync(0);
        await market.Anvil.KillAsync();
    }

    /// <summary>Orders every listed period that was not ordered before.</summary>
    private async Task<bool> BuyWhatIsNewAsync(Application application, Organisation[] owners)
    {
        foreach (var owner in owners)
        {
            var periods = await Patience.UntilAsync($"the periods of {owner.Name}", async token => await application.ForSaleAsync(owner, token));
            foreach (var period in periods.Where(p => !orders.ContainsKey(p.SealId)))
            {
                orders[period.SealId] = (await application.OrderAsync(period.SealId, period.Tag), owner.Name);
            }
        }

        return true;
    }

    /// <summary>By name, not by number: a file whose store was repeated comes out twice.</summary>
    private async Task<bool> AllDeliveredAsync(Application application, CancellationToken cancellationToken)
    {
        var delivered = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (purchase, owner) in orders.Values)
        {
            var view = await application.PurchaseAsync(purchase, cancellationToken);
            if (view.Folder is { } folder)
            {
                delivered.UnionWith(Directory.GetFiles(folder).Select(f => $"{owner}/{view.Tag}/{Path.GetFileName(f)}"));
            }
        }

        return delivered.IsSupersetOf(originals.Keys);
    }

    private async Task CheckFilesAsync(RealMarket market, Application application, Organisation[] owners)
    {
        var delivered = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (purchase, owner) in orders.Values)
        {
            var view = await application.PurchaseAsync(purchase, Token);
            foreach (var file in Directory.GetFiles(view.Folder!))
            {
                // A store whose answer was lost is repeated by this test, and may come out twice.
                var (key, content) = ($"{owner}/{view.Tag}/{Path.GetFileName(file)}", await File.ReadAllBytesAsync(file, Token));
                Assert.Equal(delivered.GetValueOrDefault(key, content), content);
                delivered[key] = content;
            }
        }

        Assert.Equal(originals.Keys.Order(StringComparer.Ordinal), delivered.Keys.Order(StringComparer.Ordinal));
        Assert.All(originals, o => Assert.True(o.Value.AsSpan().SequenceEqual(delivered[o.Key]), $"{o.Key} came out otherwise than it went in."));
        var kept = await owners[0].Client.SpacesAsync(application.Id, Token);
        foreach (var (key, content) in originals.Where(o => o.Key.StartsWith("keeper/", StringComparison.Ordinal)))
        {
            var folder = kept.Single(s => s.Tag == key.Split('/')[1]).Folder;
            Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(folder, Path.GetFileName(key)), Token));
        }

        Note($"{delivered.Count} files in {orders.Count} trades came out as they went in");
    }

    private async Task CheckMoneyAsync(RealMarket market, Application application, Money before, Money after)
    {
        var paid = (await market.Chain.EventsAsync<DataTrades.PaidEvent>())[before.Payments..];
        Assert.Equal(orders.Count, paid.Count);
        Assert.Distinct(paid.Select(p => p.Event.TradeId));
        var toOwner = Application.ToOwner(Application.Price, application.Terms.OwnerShare);
        var price = new BigInteger(Application.Price);
        foreach (var owner in paid.GroupBy(p => p.Event.Owner))
        {
            // An owner's account is its pseudonym of this application, and new.
            Assert.Equal(owner.Count() * toOwner, await market.Chain.BalanceAsync(owner.Key));
        }

        Assert.Equal(orders.Count * (price - toOwner), after.Of(market.Provider.Account) - before.Of(market.Provider.Account));
        Assert.Equal(orders.Count * price, before.Of(market.Buyer.Account) - after.Of(market.Buyer.Account));
        Assert.Equal(0, after.Of(market.Chain.Contracts.DataTrades));
    }

    /// <summary>No more files of the mover are gone than stand in periods whose record is final.</summary>
    private async Task<int> WatchAsync(RealMarket market, Application application, Organisation mover, SpaceView[] spaces, CancellationToken cancellationToken)
    {
        var looks = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(250, CancellationToken.None);
            try
            {
                var gone = stored; // As it is before the files are counted.
                gone -= spaces.Sum(s => Directory.GetFiles(s.Folder, "*.txt").Length);
                var head = await market.Chain.HeadAsync();
                var final = (await market.Chain.EventsAsync<DataTrades.SealedEvent>()).Where(s => s.Block + (ulong)market.FinalityDepth <= head).Select(s => s.Event.SealId.ToString()).ToHashSet();
                var safe = (await mover.Client.PeriodsAsync(application.Id, Token)).Where(p => final.Contains(p.SealId)).Sum(p => p.Files);
                Assert.True(gone <= safe, $"{gone} files of the mover are gone, only {safe} are in periods whose record is final.");
                looks++;
            }
            catch (Exception e) when (e is HttpRequestException or InvalidOperationException or Ethereum.Rpc.RpcException or IOException)
            {
                // Killed just now; the next look comes soon.
            }
        }

        return looks;
    }

    private void Note(string line) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds,6:0.0} s  {line}"));

    /// <summary>What everybody, and the contract, has at a moment when nothing is under way.</summary>
    private sealed class Money(int payments, Dictionary<Address, BigInteger> balances)
    {
        public int Payments => payments;

        public BigInteger Of(Address account) => balances[account];

        public static async Task<Money> OfAsync(RealMarket market)
        {
            var balances = new Dictionary<Address, BigInteger>();
            foreach (var account in market.Organisations.Select(o => o.Account).Append(market.Chain.Contracts.DataTrades))
            {
                balances[account] = await market.Chain.BalanceAsync(account);
            }

            return new Money((await market.Chain.EventsAsync<DataTrades.PaidEvent>()).Count, balances);
        }
    }

    private sealed record Victim(string Name, Func<Task> Kill, Func<Task> Restart);
}
