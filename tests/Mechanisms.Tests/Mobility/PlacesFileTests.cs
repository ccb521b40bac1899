using System.Collections.Immutable;
using System.Text;
using Mechanisms.Mobility;

namespace Mechanisms.Tests.Mobility;

public sealed class PlacesFileTests(ITestOutputHelper output)
{
    private const string Begin = "{\"type\":\"FeatureCollection\",\"features\":[\n";
    private const string Point = "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[102.0,0.5]},\"properties\":{\"prop0\":\"value0\"}}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Columns_of_a_CSV_are_found_by_name_and_quoted_fields_follow_RFC_4180()
    {
        // RFC 4180, section 2: rule 6 (line breaks, commas and quotes inside quotes) and rule 7 (doubled quotes).
        var places = await Csv("\uFEFFid,LON,Lat,Name,category\r\n1,116.3,39.9,\"b \"\"CRLF\r\nbb, c\",cafe\r\n2,-0.5,51,\"\",\r\n3,1e1,-2.5e0,plain,\"\"");
        Assert.Equal(
            [
                new PointOfInterest("b \"CRLF\nbb, c", new Position(39.9, 116.3), "cafe"),
                new PointOfInterest("", new Position(51, -0.5)),
                new PointOfInterest("plain", new Position(-2.5, 10)),
            ],
            places);
        Assert.Equal(new PointOfInterest("a", new Position(1, 2)), Assert.Single(await Csv("\uFEFFname,lat,lon\na,1,2")));
    }

    [Theory]
    [InlineData("", 1, "the file is empty")]
    [InlineData("lat,lon\n", 1, "no column \"name\"")]
    [InlineData("name,lon\n", 1, "no column \"latitude\" or \"lat\"")]
    [InlineData("name,lat\n", 1, "no column \"longitude\" or \"lon\"")]
    [InlineData("name,lat,latitude,lon\n", 1, "two columns for the latitude")]
    [InlineData("name,lat,lon,NAME\n", 1, "two columns for the name")]
    [InlineData("name,lat,lon\n", 1, "without a place")]
    [InlineData("name,lat,lon\na,1,2\nb,1\n", 3, "the record has 2 fields, the header 3")]
    [InlineData("name,lat,lon\na,1,2,3\n", 2, "the record has 4 fields")]
    [InlineData("name,lat,lon\n\n", 2, "the record has 1 fields")]
    [InlineData("name,lat,lon\na,north,2\n", 2, "the latitude is \"north\"")]
    [InlineData("name,lat,lon\na,1,\n", 2, "the longitude is \"\"")]
    [InlineData("name,lat,lon\na,116.3,39.9\n", 2, "the latitude is 116.3")]
    [InlineData("name,lat,lon\na,1,-Infinity\n", 2, "the longitude is -Infinity")]
    [InlineData("name,lat,lon\n\"a,1,2\nb,1,2\n", 3, "ends inside a quoted field")]
    [InlineData("name,lat,lon\na\"b\",1,2\n", 2, "a quote stands inside a field")]
    [InlineData("name,lat,lon\n\"a\"b,1,2\n", 2, "between a closing quote and the next comma")]
    [InlineData("name,lat,lon\n\"a\"\"\"b,1,2\n", 2, "between a closing quote and the next comma")]
    public async Task A_broken_CSV_is_refused_by_its_name_line_and_fault(string text, int line, string reason) =>
        await Seeded.RefusedAsync("p.csv", line, reason, () => Csv(text));

    [Fact]
    public async Task A_CSV_with_too_many_places_or_a_record_or_file_without_end_is_refused()
    {
        await Seeded.RefusedAsync("p.csv", 52, "more than the 50 points", () => Csv("name,lat,lon\n" + string.Concat(Enumerable.Repeat("a,1,2\n", 51))));
        await Seeded.RefusedAsync("p.csv", 5, "the record is longer than the 200", () => Csv("name,lat,lon\n\"" + string.Concat(Enumerable.Repeat(new string('x', 60) + "\n", 20))));
        await Seeded.RefusedAsync("p.csv", 1, "more than the 20000 bytes", () => PlacesCsvFile.ReadAsync("p.csv", new EndlessStream("", "name,"), Seeded.Limits, Token));
    }

    [Fact]
    public async Task A_point_of_the_RFCs_example_has_its_longitude_first()
    {
        // RFC 7946, section 1.5: the first feature of the example, and a height as in section 3.1.1.
        var places = await Json($"{Begin}{Point},{{\"properties\":{{\"category\":null,\"name\":\"\\u00e9\"}},\"geometry\":{{\"coordinates\":[-180,90,12],\"type\":\"Point\"}},\"type\":\"Feature\",\"id\":7}}]}}");
        Assert.Equal([new PointOfInterest("", new Position(0.5, 102)), new PointOfInterest("é", new Position(90, -180))], places);
    }

    [Theory]
    [InlineData("", 1, "cannot be read")]
    [InlineData("[]", 1, "type \"FeatureCollection\"")]
    [InlineData("{\"type\":\"Topology\",\"features\":[]}", 1, "type \"FeatureCollection\"")]
    [InlineData("{\"type\":\"FeatureCollection\"}", 1, "an array \"features\"")]
    [InlineData("{\"type\":\"\\ud800\",\"features\":[]}", 1, "type \"FeatureCollection\"")]
    [InlineData(Begin + "]}", 1, "no features")]
    [InlineData(Begin + Point + ",\n7]}", 3, "feature 2: it is no object of type \"Feature\"")]
    [InlineData(Begin + Point + ",\n\n{\"type\":\"Feature\",\"geometry\":null}]}", 4, "feature 2: its geometry is no Point")]
    [InlineData(Begin + "{\"type\":\"Feature\",\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[1,2],[3,4]]}}]}", 2, "its geometry is no Point")]
    [InlineData(Begin + "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[1]}}]}", 2, "longitude, latitude and perhaps a height")]
    [InlineData(Begin + "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,\"2\"]}}]}", 2, "longitude, latitude and perhaps a height")]
    [InlineData(Begin + "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[39.9,116.3]}}]}", 2, "the latitude is 116.3; it must be from -90 to 90 degrees. GeoJSON puts the longitude first")]
    [InlineData(Begin + "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[1e999,1]}}]}", 2, "the longitude is Infinity")]
    [InlineData(Begin + "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[NaN,1]}}]}", 2, "cannot be read")]
    [InlineData(Begin + "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2],\"coordinates\":[3,4]}}]}", 1, "a member twice: Duplicate property 'coordinates'")]
    [InlineData(Begin + "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2]},\"properties\":{\"name\":7}}]}", 2, "its name or category is no Unicode text")]
    [InlineData(Begin + "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2]},\"properties\":{\"name\":\"\\ud800\"}}]}", 2, "its name or category is no Unicode text")]
    [InlineData(Begin + Point, 2, "cannot be read")]
    public async Task A_broken_GeoJSON_is_refused_by_its_name_line_and_fault(string text, int line, string reason) =>
        await Seeded.RefusedAsync("p.geojson", line, reason, () => Json(text));

    [Fact]
    public async Task A_GeoJSON_that_is_deep_long_or_without_end_is_refused()
    {
        await Seeded.RefusedAsync("p.geojson", 1, "depth", () => Json($"{{\"x\":{new string('[', 40)}{new string(']', 40)}}}"));
        await Seeded.RefusedAsync("p.geojson", 1, "51 features; 50 are allowed", () => Json($"{Begin}{string.Join(',', Enumerable.Repeat(Point, 51))}]}}"));
        await Seeded.RefusedAsync("p.geojson", 2, "its name or category", () => Json(Begin + Point.Replace("prop0\":\"value0", $"name\":\"{new string('n', 201)}", StringComparison.Ordinal) + "]}"));
        await Seeded.RefusedAsync("p.geojson", 2, "more than the 20000 bytes", () => PlacesGeoJsonFile.ReadAsync("p.geojson", new EndlessStream(Begin, Point + ","), Seeded.Limits, Token));
    }

    [Fact]
    public async Task Damaged_files_of_every_format_are_read_or_refused_and_nothing_else()
    {
        var random = Seeded.Random(output);
        var plt = "Geolife trajectory\nWGS 84\nAltitude is in Feet\nReserved 3\n0,2,255,My Track,0,0,2,8421376\n0\n39.906631,116.385564,0,492,40097.5864583333,2009-10-11,14:04:30\n";
        var gpx = "<gpx xmlns=\"http://www.topografix.com/GPX/1/1\"><trk><name>n</name><trkseg><trkpt lat=\"1\" lon=\"2\"><time>2009-07-02T15:39:11Z</time></trkpt></trkseg></trk></gpx>";
        (string Text, Func<Stream, Task> Read)[] formats =
        [
            (plt, s => PltFile.ReadAsync("f", s, Seeded.Limits, Token)),
            (gpx, s => GpxFile.ReadAsync("f", s, Seeded.Limits, Token)),
            ("name,lat,lon,category\n\"a,\"\"b\",1,2,\"c\"\nd,3,4,\n", s => PlacesCsvFile.ReadAsync("f", s, Seeded.Limits, Token)),
            ($"{Begin}{Point.Replace("prop0", "name", StringComparison.Ordinal)}]}}", s => PlacesGeoJsonFile.ReadAsync("f", s, Seeded.Limits, Token)),
        ];
        var refused = 0;
        for (var i = 0; i < 8_000; i++)
        {
            var (text, read) = formats[i % formats.Length];
            try
            {
                await read(new MemoryStream(Damaged(random, Encoding.UTF8.GetBytes(text))));
            }
            catch (MobilityFileException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 4_000, 7_999);
    }

    private static byte[] Damaged(Random random, byte[] bytes)
    {
        var (at, length) = (random.Next(bytes.Length), random.Next(1, 5));
        return random.Next(4) switch
        {
            0 => bytes[..at],
            1 => [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + length)..]],
            2 => [.. bytes[..at], .. Enumerable.Range(0, length).Select(_ => (byte)random.Next(256)), .. bytes[at..]],
            _ => [.. bytes[..at], (byte)random.Next(256), .. bytes[(at + 1)..]],
        };
    }

    private static Task<ImmutableArray<PointOfInterest>> Csv(string text) =>
        PlacesCsvFile.ReadAsync("p.csv", Seeded.Utf8(text), Seeded.Limits, Token);

    private static Task<ImmutableArray<PointOfInterest>> Json(string text) =>
        PlacesGeoJsonFile.ReadAsync("p.geojson", Seeded.Utf8(text), Seeded.Limits, Token);
}
