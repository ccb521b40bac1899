using System.Diagnostics;
using System.Numerics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Testing;
using Workers.Dashboard.Datasets;
using Workers.Dashboard.Listings;

namespace Workers.Dashboard.Tests.Market;

/// <summary>With 10,000 datasets listed, a search and the first page take at most 100 ms on the server.</summary>
public sealed class SearchSpeedTests(RealServers servers)
{
    private const int Datasets = 10_000, Repetitions = 15;
    private const double LimitMilliseconds = 100;
    private const int Seed = 20_261_122;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly string[] Vocabulary = [.. Enumerable.Range(0, 2_000).Select(i => $"w{(i * 7_919) % 100_000:x}ord{i}"), "turbine", "vibration", "energy", "traffic", "weather", "genome", "sensor", "market"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("PostgreSql")]
    public async Task Ten_thousand_datasets_do_not_make_a_page_wait(string database)
    {
        await using var bench = await MarketBench.StartOnAsync(database, servers);
        await FillAsync(bench.Services);
        string[] queries = ["", "search=turbine", "search=turb%20ener%20w", "search=w", "status=Sale&sort=Cheapest", "sort=Dearest", "sort=Ending&format=csv", "sort=Name&search=s", "page=400"];
        foreach (var query in queries)
        {
            var body = await bench.GetAsync("datasets?" + query);
            Assert.NotEqual(0, body.GetProperty("total").GetInt32());
            var times = new List<double>();
            // The best, since other tests have the machine too: a slow search is slow all the minute, a busy machine is not.
            for (var all = Stopwatch.StartNew(); times.Count < Repetitions || (times.Min() > LimitMilliseconds && all.Elapsed < Patience);)
            {
                var clock = Stopwatch.StartNew();
                using var answer = await bench.Http.GetAsync("market/api/datasets?" + query, Cancellation);
                await answer.Content.ReadAsByteArrayAsync(Cancellation);
                times.Add(clock.Elapsed.TotalMilliseconds);
            }

            times.Sort();
            TestContext.Current.TestOutputHelper!.WriteLine($"{times[times.Count / 2],6:0.0} ms median, {times[0],6:0.0} best: datasets?{query} ({body.GetProperty("total")} found; seed {Seed})");
            Assert.True(times[0] <= LimitMilliseconds, $"datasets?{query} took {times[0]:0} ms (best of {times.Count}) over HTTP; at most {LimitMilliseconds} are allowed.");
        }
    }

    private static async Task FillAsync(IServiceProvider services)
    {
        var random = new Random(Seed);
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DashboardDb>();
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        for (var i = 1; i <= Datasets; i++)
        {
            var metadata = new DatasetMetadata($"{Words(random, 3)} {i}", Words(random, 20), "data.csv", (i % 3) switch { 0 => "csv", 1 => "lines", _ => "blocks" }, i, 1_000L * i, [Words(random, 1)], [], null);
            var token = MarketBench.TokenId(i);
            var publisher = $"0x{random.Next(200):x40}";
            var auction = i % 4 == 0;
            var row = new DatasetRow { TokenId = token, Status = auction ? DatasetStatus.Auction : DatasetStatus.Sale, Publisher = publisher, Owner = publisher, PublishedBlock = i, ListingId = i };
            db.Datasets.Add(row);
            await db.TakeMetadataAsync(row, metadata, null, Cancellation);
            db.Listings.Add(new ListingRow
            {
                ListingId = i,
                TokenId = token,
                Seller = publisher,
                Status = auction ? ListingStatus.Auction : ListingStatus.Sale,
                Price = random.Next(1, 1_000) * BigInteger.Pow(10, 18),
                SortPrice = random.Next(1, 1_000) * BigInteger.Pow(10, 18),
                EndsAt = auction ? DateTimeOffset.FromUnixTimeSeconds(2_000_000_000 + random.Next(100_000)) : null,
            });
            if (i % 500 == 0)
            {
                await db.SaveChangesAsync(Cancellation);
                db.ChangeTracker.Clear();
            }
        }

        // PostgreSQL does it by itself, a minute after so many rows came.
        if (db.Database.IsNpgsql())
        {
            await db.Database.ExecuteSqlRawAsync("VACUUM ANALYZE", Cancellation);
        }
    }

    private static string Words(Random random, int count) => string.Join(' ', Enumerable.Range(0, count).Select(_ => Vocabulary[random.Next(Vocabulary.Length)]));
}
