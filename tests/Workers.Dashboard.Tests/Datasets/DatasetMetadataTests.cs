using System.Text;
using Workers.Dashboard.Datasets;

namespace Workers.Dashboard.Tests.Datasets;

/// <summary>The rules of docs/dataset-metadata.md; anybody can publish any bytes.</summary>
public sealed class DatasetMetadataTests
{
    private const string Good = """
        {
          "name": "Turbine vibration, hall 3",
          "description": "Accelerometers of six turbines, 2026.",
          "image": "ipfs://whatever",
          "properties": { "file": "turbines.csv", "format": "csv", "units": 20000, "bytes": 1402113, "tags": ["energy", "vibration"], "columns": ["time", "turbine", "g"], "delivery": "https://data.example/x" }
        }
        """;

    [Fact]
    public void The_documents_example_is_read()
    {
        var (metadata, problem) = Read(Good);
        Assert.Null(problem);
        Assert.Equal("Turbine vibration, hall 3", metadata!.Name);
        Assert.Equal("Accelerometers of six turbines, 2026.", metadata.Description);
        Assert.Equal(("turbines.csv", "csv", 20_000, 1_402_113), (metadata.File, metadata.Format, metadata.Units, metadata.Bytes));
        Assert.Equal(["energy", "vibration"], metadata.Tags);
        Assert.Equal(["time", "turbine", "g"], metadata.Columns);
        Assert.Equal("https://data.example/x", metadata.Delivery);
    }

    [Fact]
    public void What_may_be_absent_is_not_asked_for()
    {
        var (metadata, _) = Read("""{"name":"a","properties":{"file":"f","format":"lines","units":1,"bytes":1}}""");
        Assert.Equal((null, null, 0, 0), (metadata!.Description, metadata.Delivery, metadata.Tags.Count, metadata.Columns.Count));
    }

    [Theory]
    [InlineData("\"name\": \"Turbine vibration, hall 3\",", "", "'name' is missing")]
    [InlineData("\"Turbine vibration, hall 3\"", "\"\"", "'name' does not have 1 to 120")]
    [InlineData("\"Turbine vibration, hall 3\"", "\"  \"", "'name' is blank")]
    [InlineData("\"Turbine vibration, hall 3\"", "7", "'name' is no text")]
    [InlineData("\"Turbine vibration, hall 3\"", "\"a\\u0000b\"", "U+0000")]
    [InlineData("\"Turbine vibration, hall 3\"", "\"\\ud800\"", "half a character")]
    [InlineData("\"turbines.csv\"", "\"../turbines.csv\"", "'file' is no file name")]
    [InlineData("\"turbines.csv\"", "\"a\\\\b\"", "'file' is no file name")]
    [InlineData("\"turbines.csv\"", "\"a\\nb\"", "'file' is no file name")]
    [InlineData("\"turbines.csv\"", "\"..\"", "'file' is no file name")]
    [InlineData("\"csv\"", "\"xml\"", "'format' is not")]
    [InlineData("\"csv\"", "\"lines\"", "Only csv has 'columns'")]
    [InlineData("20000", "0", "'units' is no whole number")]
    [InlineData("20000", "1.5", "'units' is no whole number")]
    [InlineData("20000", "\"20000\"", "'units' is no whole number")]
    [InlineData("1402113", "-1", "'bytes' is no whole number")]
    [InlineData("1402113", "1e400", "'bytes' is no whole number")]
    [InlineData("[\"energy\", \"vibration\"]", "\"energy\"", "'tags' is no list")]
    [InlineData("[\"energy\", \"vibration\"]", "[1]", "'tags' is no text")]
    [InlineData("[\"energy\", \"vibration\"]", "[\"\"]", "'tags' does not have 1 to 40")]
    [InlineData("https://data.example/x", "javascript:alert(1)", "'delivery' is no http")]
    [InlineData("https://data.example/x", "/x", "'delivery' is no http")]
    [InlineData("\"image\"", "\"name\"", "names something twice")]
    [InlineData("\"properties\"", "\"property\"", "no object with an object 'properties'")]
    public void A_broken_rule_is_named(string from, string to, string problem)
    {
        Assert.Contains(from, Good, StringComparison.Ordinal);
        var (metadata, found) = Read(Good.Replace(from, to, StringComparison.Ordinal));
        Assert.Null(metadata);
        Assert.Contains(problem, found, StringComparison.Ordinal);
    }

    [Fact]
    public void Lengths_are_limited()
    {
        Assert.Contains("1 to 120", Read(Good.Replace("Turbine vibration, hall 3", new string('x', 121), StringComparison.Ordinal)).Problem, StringComparison.Ordinal);
        Assert.Null(Read(Good.Replace("Turbine vibration, hall 3", string.Concat(Enumerable.Repeat("😀", 120)), StringComparison.Ordinal)).Problem);
        Assert.Contains("0 to 4000", Read(Good.Replace("Accelerometers", new string('x', 4_000), StringComparison.Ordinal)).Problem, StringComparison.Ordinal);
        Assert.Contains("at most 16", Read(Good.Replace("\"energy\"", string.Join(',', Enumerable.Repeat("\"t\"", 16)), StringComparison.Ordinal)).Problem, StringComparison.Ordinal);
        Assert.Contains("at most 256", Read(Good.Replace("\"time\"", string.Join(',', Enumerable.Repeat("\"t\"", 255)), StringComparison.Ordinal)).Problem, StringComparison.Ordinal);
        Assert.Contains("more than 65536 bytes", Read(Good + new string(' ', 65_536)).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{\"name\":\"a\"")]
    [InlineData("{} {}")]
    public void What_is_no_such_document_is_refused(string text) => Assert.NotNull(Read(text).Problem);

    [Fact]
    public void Bytes_that_are_no_text_and_documents_without_a_floor_are_refused()
    {
        Assert.Equal("The metadata is not UTF-8.", DatasetMetadata.Read(new byte[] { (byte)'"', 0xff, (byte)'"' }).Problem);
        Assert.Contains("nests too deeply", Read(new string('[', 60_000)).Problem, StringComparison.Ordinal);
    }

    private static (DatasetMetadata? Metadata, string? Problem) Read(string text) => DatasetMetadata.Read(Encoding.UTF8.GetBytes(text));
}
