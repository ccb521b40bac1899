using System.Text;
using Mechanisms.Mobility;

namespace Mechanisms.Tests.Mobility;

public sealed class TrajectoryFileTests
{
    private const string Header = "Geolife trajectory\r\nWGS 84\r\nAltitude is in Feet\r\nReserved 3\r\n0,2,255,My Track,0,0,2,8421376\r\n0\r\n";

    // GPS trajectory dataset user guide 1.3, "Example".
    private const string Example = Header + "39.906631,116.385564,0,492,40097.5864583333,2009-10-11,14:04:30\r\n39.906554,116.385625,0,492,40097.5865162037,2009-10-11,14:04:35\r\n";

    private const string Gpx = "<gpx version=\"1.1\" creator=\"test\" xmlns=\"http://www.topografix.com/GPX/1/1\">";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_user_guides_example_of_GeoLife_becomes_its_two_moments_and_places()
    {
        var track = await PltFile.ReadAsync("a.plt", Seeded.Utf8(Example), Seeded.Limits, Token);
        Assert.Equal("a.plt", track.Name);
        Assert.Equal(
            [
                new Fix(new DateTimeOffset(2009, 10, 11, 14, 4, 30, TimeSpan.Zero), new Position(39.906631, 116.385564)),
                new Fix(new DateTimeOffset(2009, 10, 11, 14, 4, 35, TimeSpan.Zero), new Position(39.906554, 116.385625)),
            ],
            track.Fixes);
    }

    [Theory]
    [InlineData("", 1, "ends inside its header")]
    [InlineData("Geolife trajectory\nWGS 84\n", 2, "ends inside its header")]
    [InlineData("Geolife trajectory\nPulkovo 1942\n", 2, "must name the datum")]
    [InlineData(Header, 6, "without a point")]
    [InlineData(Header + "39.9,116.3,0,492,40097.5864583333,2009-10-11", 7, "7 fields between commas, this line has 6")]
    [InlineData(Header + "39.9,116.3,0,492,40097.5864583333,2009-10-11,14:04:30,", 7, "this line has 8")]
    [InlineData(Header + "\n", 7, "this line has 1")]
    [InlineData(Header + "400.166666,116.3,0,492,40097.5864583333,2009-10-11,14:04:30", 7, "the latitude is 400.166666")]
    [InlineData(Header + "39.9,-180.5,0,492,40097.5864583333,2009-10-11,14:04:30", 7, "the longitude is -180.5")]
    [InlineData(Header + "NaN,116.3,0,492,40097.5864583333,2009-10-11,14:04:30", 7, "the latitude is NaN")]
    [InlineData(Header + "39.9,1e999,0,492,40097.5864583333,2009-10-11,14:04:30", 7, "the longitude is Infinity")]
    [InlineData(Header + "39,9,116,3,0,2009-10-11,14:04:30", 7, "0 days since 1899-12-30 are not the date")]
    [InlineData(Header + "39.9,116.3,0,492,NaN,2009-10-11,14:04:30", 7, "NaN days")]
    [InlineData(Header + "39.9,116.3,0,492,40098.5864583333,2009-10-11,14:04:30", 7, "40098.5864583333 days since 1899-12-30 are not the date")]
    [InlineData(Header + "39.9,116.3,0,492,40097.5864583333,11.10.2009,14:04:30", 7, "the date and time are \"11.10.2009\"")]
    [InlineData(Header + "39.9,x\u0007y,0,492,40097.5864583333,2009-10-11,14:04:30", 7, "\"x?y\", which is no number")]
    [InlineData(Header + "39.9,a123456789b123456789c123456789d123456789e,0,492,40097.5864583333,2009-10-11,14:04:30", 7, "\"a123456789b123456789c123456789d123456789…\"")]
    public async Task A_broken_GeoLife_file_is_refused_by_its_name_line_and_fault(string text, int line, string reason) =>
        await Seeded.RefusedAsync("a.plt", line, reason, () => PltFile.ReadAsync("a.plt", Seeded.Utf8(text), Seeded.Limits, Token));

    [Fact]
    public async Task What_is_too_long_or_in_another_encoding_is_refused_before_it_fills_the_memory()
    {
        var point = "39.9,116.3,0,492,40097.5864583333,2009-10-11,14:04:30\n";
        await Seeded.RefusedAsync("a.plt", 57, "more than the 50 points", () => PltFile.ReadAsync("a.plt", Seeded.Utf8(Header + string.Concat(Enumerable.Repeat(point, 51))), Seeded.Limits, Token));
        await Seeded.RefusedAsync("a.plt", 7, "the line has 201 bytes; 200 are allowed", () => PltFile.ReadAsync("a.plt", Seeded.Utf8(Header + new string('9', 201)), Seeded.Limits, Token));
        await Seeded.RefusedAsync("a.plt", 7, "byte 3 of the line is not UTF-8", () => PltFile.ReadAsync("a.plt", new MemoryStream([.. Encoding.UTF8.GetBytes(Header), (byte)'3', (byte)'9', 0xff]), Seeded.Limits, Token));
        await Seeded.RefusedAsync("a.plt", 1, "byte 1 of the line is not UTF-8", () => PltFile.ReadAsync("a.plt", new MemoryStream([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Example)]), Seeded.Limits, Token));
    }

    [Fact]
    public async Task A_file_that_never_ends_is_left_after_the_bytes_that_are_allowed()
    {
        var endless = new EndlessStream(Header, "39.9,116.3,0,492,40097.5864583333,2009-10-11,14:04:30\n");
        await Seeded.RefusedAsync("a.plt", 375, "more than the 20000 bytes", () => PltFile.ReadAsync("a.plt", endless, Seeded.Limits, Token));
        Assert.Equal(20_001, endless.Given);
        var space = new EndlessStream(Gpx, " ");
        await Seeded.RefusedAsync("a.gpx", 1, "more than the 20000 bytes", () => GpxFile.ReadAsync("a.gpx", space, Seeded.Limits, Token));
    }

    [Fact]
    public async Task A_file_of_exactly_the_bytes_that_are_allowed_is_read_and_a_stopped_reading_stops()
    {
        Assert.Equal(2, (await PltFile.ReadAsync("a.plt", Seeded.Utf8(Example), new MobilityLimits(Example.Length, 200, 2), Token)).Fixes.Length);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PltFile.ReadAsync("a.plt", Seeded.Utf8(Example), Seeded.Limits, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Every_segment_of_a_GPX_track_is_a_trajectory_and_waypoints_routes_and_extensions_are_passed_over()
    {
        var tracks = await GpxFile.ReadAsync("a.gpx", Seeded.Utf8($"""
            {"\uFEFF"}<?xml version="1.0" encoding="UTF-8"?>
            {Gpx}
              <metadata><name>no</name><time>1999-01-01T00:00:00Z</time></metadata>
              <wpt lat="1" lon="2"><time>1999-01-01T00:00:00Z</time></wpt>
              <rte><rtept lat="1" lon="2"/></rte>
              <trk><name>To <![CDATA[work]]></name>
                <trkseg>
                  <trkpt lat="46.5495815" lon="-75.5139309"><ele>12</ele><time>2009-07-02T15:39:11Z</time></trkpt>
                  <trkpt lat="46.5498728" lon="-75.5151989"><time>2009-07-02T17:39:12.25+02:00</time>
                    <extensions><time xmlns="urn:x">never</time><speed xmlns="urn:x"><name/></speed></extensions></trkpt>
                </trkseg>
                <trkseg/>
                <trkseg><trkpt lat="-90" lon="180"><time> 2009-07-02T15:40:15 </time></trkpt></trkseg>
              </trk>
              <trk><trkseg><trkpt lat="0" lon="0"><time>2009-07-02T15:40:15.1234567Z</time></trkpt></trkseg></trk>
            </gpx>
            """), Seeded.Limits, Token);
        var at = new DateTimeOffset(2009, 7, 2, 15, 39, 11, TimeSpan.Zero);
        Assert.Equal(["To work", "To work", "a.gpx"], tracks.Select(t => t.Name));
        Assert.Equal([new Fix(at, new Position(46.5495815, -75.5139309)), new Fix(at.AddSeconds(1.25), new Position(46.5498728, -75.5151989))], tracks[0].Fixes);
        Assert.Equal([new Fix(at.AddSeconds(64), new Position(-90, 180))], tracks[1].Fixes);
        Assert.Equal(at.AddSeconds(64).AddTicks(1_234_567), Assert.Single(tracks[2].Fixes).Time);
    }

    [Theory]
    [InlineData("", 1, "cannot be read")]
    [InlineData("<!DOCTYPE gpx [<!ENTITY a \"b\">]>\n" + Gpx + "</gpx>", 1, "DTD is prohibited")]
    [InlineData("<!DOCTYPE gpx SYSTEM \"file:///etc/passwd\">" + Gpx + "</gpx>", 1, "DTD is prohibited")]
    [InlineData("<kml xmlns=\"http://www.opengis.net/kml/2.2\"/>", 1, "begins with the element \"kml\"")]
    [InlineData("<gpx xmlns=\"http://www.topografix.com/GPX/1/0\"/>", 1, "GPX 1.1 begins with")]
    [InlineData(Gpx + "\n<trk><trkseg>\n</trkseg></trk></gpx>", 3, "has no track point")]
    [InlineData(Gpx + "\n<trk><trkseg><trkpt lat=\"1\" lon=\"2\"/></trkseg></trk></gpx>", 2, "has no time")]
    [InlineData(Gpx + "<trk><trkseg><trkpt lat=\"1\" lon=\"2\"><time>2009-07-02T15:39:11Z</time></trkpt>\n<trkpt lat=\"1\" lon=\"2\"></trkpt></trkseg></trk></gpx>", 2, "has no time")]
    [InlineData(Gpx + "\n<trk><trkseg><trkpt lat=\"1\" lon=\"2\"><time/></trkpt></trkseg></trk></gpx>", 2, "the time is \"\"")]
    [InlineData(Gpx + "\n<trk><trkseg><trkpt lat=\"1\" lon=\"2\"><time>15:39:11Z</time></trkpt></trkseg></trk></gpx>", 2, "the time is \"15:39:11Z\"")]
    [InlineData(Gpx + "\n<trk><trkseg><trkpt lon=\"2\"/></trkseg></trk></gpx>", 2, "has no \"lat\"")]
    [InlineData(Gpx + "\n<trk><trkseg><trkpt lat=\"1\" lon=\"two\"/></trkseg></trk></gpx>", 2, "\"lon\" is \"two\"")]
    [InlineData(Gpx + "\n<trk><trkseg><trkpt lat=\"91\" lon=\"2\"/></trkseg></trk></gpx>", 2, "the latitude is 91")]
    [InlineData(Gpx + "\n<trk><trkseg><trkpt lat=\"1\" lon=\"NaN\"/></trkseg></trk></gpx>", 2, "the longitude is NaN")]
    [InlineData(Gpx + "\n<trk><trkseg>", 2, "cannot be read")]
    public async Task A_broken_GPX_file_is_refused_by_its_name_line_and_fault(string text, int line, string reason) =>
        await Seeded.RefusedAsync("a.gpx", line, reason, () => GpxFile.ReadAsync("a.gpx", Seeded.Utf8(text), Seeded.Limits, Token));

    [Fact]
    public async Task A_GPX_file_that_is_deep_long_or_not_in_its_encoding_is_refused()
    {
        var point = "<trkpt lat=\"1\" lon=\"2\"><time>2009-07-02T15:39:11Z</time></trkpt>";
        await Seeded.RefusedAsync("a.gpx", 1, "deeper than the 32 levels", () => Read(Gpx + string.Concat(Enumerable.Repeat("<a>", 32))));
        await Seeded.RefusedAsync("a.gpx", 1, "more than the 50 points", () => Read($"{Gpx}<trk><trkseg>{string.Concat(Enumerable.Repeat(point, 51))}</trkseg></trk></gpx>"));
        await Seeded.RefusedAsync("a.gpx", 1, "text of \"name\" is longer than the 200", () => Read($"{Gpx}<trk><name>{new string('n', 201)}</name></trk></gpx>"));
        await Seeded.RefusedAsync("a.gpx", 2, "not UTF-8", () => GpxFile.ReadAsync("a.gpx", new MemoryStream([.. Encoding.UTF8.GetBytes(Gpx), (byte)'\n', 0xff, 0xfe, (byte)'<']), Seeded.Limits, Token));
        await Seeded.RefusedAsync("a.gpx", 1, "not UTF-8", () => GpxFile.ReadAsync("a.gpx", new MemoryStream([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Gpx)]), Seeded.Limits, Token));
        var attributes = string.Join(' ', Enumerable.Range(0, 10_000).Select(i => $"a{i}=\"\""));
        await Seeded.RefusedAsync("a.gpx", 2, "a tag or text has 88895 bytes; 65536 are allowed", () => GpxFile.ReadAsync("a.gpx", Seeded.Utf8($"{Gpx}\n<trk {attributes}/></gpx>"), new MobilityLimits(), Token));

        static Task Read(string text) => GpxFile.ReadAsync("a.gpx", Seeded.Utf8(text), Seeded.Limits, Token);
    }
}
