using System.Text;
using System.Text.Json;
using Ethereum.Transactions;
using Mechanisms.Mobility;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Workers.Hosting;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Envelopes;

namespace LocationService.Tests;

/// <summary>The whole service, asked over HTTPS on loopback.</summary>
public sealed class ZoneQueryTests : IAsyncLifetime
{
    private const string Csv = "name,latitude,longitude,category\nmill,48.10,11.50,food\nwell,48.11,11.50,\noven,48.12,11.50,food\nisland,-17,-179.999,food\n";
    private const string Generator = "0x046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
    private const string GeoJson = """{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[11.5,48.1]},"properties":{"name":"mill","category":"food"}}]}""";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("location-");
    private readonly LocalKeySigner _customer = new([.. Enumerable.Repeat((byte)0x11, 32)]), _stranger = new([.. Enumerable.Repeat((byte)0x22, 32)]);
    private readonly P256KeyPair _pair = P256KeyPair.Generate();
    private readonly List<WebApplication> _applications = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var application in _applications)
        {
            await application.StopAsync(CancellationToken.None);
            await application.DisposeAsync();
        }

        _customer.Dispose();
        _stranger.Dispose();
        _pair.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Each_place_of_a_zone_gets_its_nearest_places_and_those_within_a_radius_in_the_order_of_the_query()
    {
        var service = await StartAsync("places.csv", Csv);
        var client = ClientOf(_customer);

        var nearest = await AskAsync("""{"places":[{"latitude":48.119,"longitude":11.5},{"latitude":-17,"longitude":179.999}],"nearest":2}""");
        Assert.Equal(["oven", "well"], Names(nearest[0]));
        Assert.Equal(["island", .. Names(nearest[1])[1..]], Names(nearest[1]));
        Assert.Equal(2, Names(nearest[1]).Length);
        var island = nearest[1][0];
        Assert.Equal(["name", "category", "latitude", "longitude", "metres"], island.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("food", -17.0, -179.999), (island.GetProperty("category").GetString(), island.GetProperty("latitude").GetDouble(), island.GetProperty("longitude").GetDouble()));
        Assert.Equal(1000 * new Position(-17, 179.999).DistanceTo(new Position(-17, -179.999)), island.GetProperty("metres").GetDouble());

        var food = await AskAsync("""{"places":[{"latitude":48.11,"longitude":11.5}],"category":"food","nearest":1}""");
        Assert.Equal(["mill"], Names(food[0]));
        var around = await AskAsync("""{"places":[{"latitude":0,"longitude":0},{"latitude":48.10,"longitude":11.5}],"radius":1200}""");
        Assert.Equal([], Names(around[0]));
        Assert.Equal(["mill", "well"], Names(around[1]));
        Assert.Equal(["mill"], Names((await AskAsync("""{"places":[{"latitude":48.10,"longitude":11.5}],"category":"food","radius":1200}"""))[0]));
        Assert.Equal(JsonValueKind.Null, around[1][1].GetProperty("category").ValueKind);

        async Task<JsonElement> AskAsync(string body)
        {
            using var answer = await client.SendAsync(service, "zone-query", Encoding.UTF8.GetBytes(body), Cancellation);
            return JsonDocument.Parse(answer.Reveal().ToArray()).RootElement.GetProperty("results");
        }

        static string[] Names(JsonElement found) => [.. found.EnumerateArray().Select(place => place.GetProperty("name").GetString()!)];
    }

    [Fact]
    public async Task What_is_out_of_range_unknown_or_missing_is_refused_with_a_sentence_and_strangers_are_refused()
    {
        var service = await StartAsync("places.geojson", GeoJson);
        var client = ClientOf(_customer);
        const string Here = """{"latitude":48.1,"longitude":11.5}""";
        await RefusedAsync("""{"places":[],"nearest":1}""", "from 1 to 100 places");
        await RefusedAsync($$"""{"places":[{{string.Join(',', Enumerable.Repeat(Here, 101))}}],"nearest":1}""", "from 1 to 100 places");
        await RefusedAsync("""{"places":null,"nearest":1}""", "ZoneQuery");
        await RefusedAsync("""{"nearest":1}""", "ZoneQuery");
        await RefusedAsync("""{"places":[null],"nearest":1}""", "A place has a latitude");
        await RefusedAsync("""{"places":[{"latitude":90.1,"longitude":0}],"nearest":1}""", "A place has a latitude");
        await RefusedAsync("""{"places":[{"latitude":0,"longitude":-180.1}],"nearest":1}""", "A place has a latitude");
        await RefusedAsync("""{"places":[{"latitude":0}],"nearest":1}""", "ZoneQuery");
        await RefusedAsync($$"""{"places":[{{Here}}]}""", "either nearest or radius");
        await RefusedAsync($$"""{"places":[{{Here}}],"nearest":1,"radius":1}""", "either nearest or radius");
        await RefusedAsync($$"""{"places":[{{Here}}],"nearest":0}""", "From 1 to 50 nearest");
        await RefusedAsync($$"""{"places":[{{Here}}],"nearest":51}""", "From 1 to 50 nearest");
        await RefusedAsync($$"""{"places":[{{Here}}],"nearest":1.5}""", "ZoneQuery");
        await RefusedAsync($$"""{"places":[{{Here}}],"radius":-1}""", "from 0 to 50000 metres");
        await RefusedAsync($$"""{"places":[{{Here}}],"radius":50000.1}""", "from 0 to 50000 metres");
        await RefusedAsync($$"""{"places":[{{Here}}],"radius":1,"who":"me"}""", "ZoneQuery");
        await RefusedAsync($$"""{"places":[{{Here}}],"radius":1,"radius":1}""", "ZoneQuery");
        await RefusedAsync("nothing", "ZoneQuery");
        using var most = await client.SendAsync(
            service, "zone-query", Encoding.UTF8.GetBytes($$"""{"places":[{{string.Join(',', Enumerable.Repeat(Here, 100))}}],"radius":50000}"""), Cancellation);
        Assert.Equal(100, JsonDocument.Parse(most.Reveal().ToArray()).RootElement.GetProperty("results").GetArrayLength());
        client = ClientOf(_stranger);
        await RefusedAsync($$"""{"places":[{{Here}}],"nearest":50}""", "member", EnvelopeFault.Rejected);

        async Task RefusedAsync(string body, string because, EnvelopeFault fault = EnvelopeFault.Refused)
        {
            var refusal = await Assert.ThrowsAsync<EnvelopeException>(() => client.SendAsync(service, "zone-query", Encoding.UTF8.GetBytes(body), Cancellation));
            Assert.Equal(fault, refusal.Fault);
            Assert.Contains(because, refusal.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1, 500_000)] // more than could fit, whatever they are called
    [InlineData(100, 2_000)] // few enough to fit, but for their names
    public async Task An_answer_that_does_not_fit_into_an_envelope_is_refused_with_a_sentence_and_not_gathered(int nameLength, int count)
    {
        var name = new string('x', nameLength);
        var service = await StartAsync("places.csv", "name,lat,lon\n" + string.Concat(Enumerable.Repeat($"{name},1,1\n", count)));
        var client = ClientOf(_customer);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var refusal = await Assert.ThrowsAsync<EnvelopeException>(
            () => client.SendAsync(service, "zone-query", """{"places":[{"latitude":1,"longitude":1},{"latitude":1,"longitude":1}],"radius":0}"""u8.ToArray(), Cancellation));
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 32 << 20);
        Assert.Contains("too long for an envelope", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_account_is_its_own_and_stays_the_same_and_a_broken_file_of_places_keeps_it_from_starting()
    {
        var first = await StartAsync("places.csv", Csv);
        await _applications[0].StopAsync(Cancellation);
        var second = await StartAsync("places.csv", Csv);
        Assert.Equal((first.Account, Convert.ToHexString(first.PublicKey.Span)), (second.Account, Convert.ToHexString(second.PublicKey.Span)));
        Assert.NotEqual(_customer.Address, first.Account);
        var broken = await Assert.ThrowsAsync<MobilityFileException>(() => StartAsync("places.csv", Csv + "nowhere,91,0,\n"));
        Assert.Equal(6, broken.Line);
    }

    [Theory]
    [InlineData("LocationService:Places", "places.txt")]
    [InlineData("LocationService:Customers:0x11", Generator)]
    [InlineData("LocationService:Customers:0x5FbDB2315678afecb367f032d93F642f64180aa3", "0x04")]
    [InlineData("LocationService:Customers:0x5FbDB2315678afecb367f032d93F642f64180aa3", "key")]
    public async Task Settings_that_are_none_keep_it_from_starting(string key, string value)
    {
        var builder = Builder("service");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["LocationService:Places"] = "places.csv", [key] = value });
        builder.AddLocationService();
        await using var application = builder.BuildWorker();
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => application.StartAsync(Cancellation));
        Assert.Contains(key.Contains("Customers", StringComparison.Ordinal) ? "LocationService:Customers" : key, Assert.Single(refused.Failures), StringComparison.Ordinal);
    }

    private async Task<MemberEntry> StartAsync(string file, string content)
    {
        var path = Path.Combine(_directory.FullName, file);
        await File.WriteAllTextAsync(path, content, Cancellation);
        var builder = Builder("service");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["LocationService:Places"] = path,
            [$"LocationService:Customers:{_customer.Address}"] = $"0x{Convert.ToHexStringLower(_pair.PublicKey)}",
        });
        builder.AddLocationService();
        var application = builder.BuildWorker();
        _applications.Add(application);
        await application.StartAsync(Cancellation);
        var identity = application.Services.GetRequiredService<EnvelopeIdentity>();
        return new MemberEntry(identity.Account, identity.KeyPair.PublicKey.ToArray(), application.Services.GetRequiredService<EnvelopeServer>().EndpointAt("127.0.0.1"));
    }

    private EnvelopeClient ClientOf(LocalKeySigner signer)
    {
        var builder = Builder("customer");
        builder.Services.AddSingleton(new EnvelopeIdentity(signer, _pair));
        builder.AddEnvelopeClient();
        var application = builder.BuildWorker();
        _applications.Add(application);
        return application.Services.GetRequiredService<EnvelopeClient>();
    }

    private WebApplicationBuilder Builder(string name)
    {
        var builder = Worker.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Data:Directory"] = Path.Combine(_directory.FullName, name),
            ["Http:Url"] = "http://127.0.0.1:0",
            ["Chain:Endpoints:0"] = "http://127.0.0.1:1",
            ["Chain:Contracts:Conduct"] = "0x5FbDB2315678afecb367f032d93F642f64180aa3",
            ["Chain:Contracts:Collaboration"] = "0x5FbDB2315678afecb367f032d93F642f64180aa3",
            ["Envelopes:Url"] = "https://127.0.0.1:0",
            ["Envelopes:TrustedNetworks:0"] = "127.0.0.0/8",
        });
        return builder;
    }
}
