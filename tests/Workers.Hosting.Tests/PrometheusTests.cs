using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Workers.Hosting.Telemetry;

namespace Workers.Hosting.Tests;

/// <summary>The rules of https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format.</summary>
public sealed class PrometheusTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly PrometheusExporter _exporter;
    private readonly Meter _meter;

    public PrometheusTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _exporter = new PrometheusExporter(meters);
        _meter = meters.Create("DataMarket.test");
    }

    [Theory]
    [InlineData("""C:\new""", """C:\\new""")]
    [InlineData("say \"no\"", "say \\\"no\\\"")]
    [InlineData("two\nlines", "two\\nlines")]
    [InlineData("\\n", "\\\\n")]
    [InlineData("\\\"\n", "\\\\\\\"\\n")]
    [InlineData("ümläut {=,}", "ümläut {=,}")]
    public void A_label_cannot_break_out_of_its_quotes_or_its_line(string value, string written)
    {
        _meter.CreateCounter<long>("market.odd").Add(1, new KeyValuePair<string, object?>("label", value));
        Assert.Contains($"market_odd_total{{label=\"{written}\"}} 1\n", _exporter.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_description_cannot_break_out_of_its_line_and_keeps_its_quotes()
    {
        _meter.CreateCounter<long>("market.odd", null, "a \"b\" \\ c\nmarket_forged 1").Add(1);
        Assert.Contains("# HELP market_odd_total a \"b\" \\\\ c\\nmarket_forged 1\n", _exporter.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public void Buckets_are_cumulative_and_end_with_infinity()
    {
        var histogram = _meter.CreateHistogram("market.time", "s", null, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 2] });
        foreach (var value in (double[])[0.1, 0.5, 1, 3])
        {
            histogram.Record(value);
        }

        Assert.Contains(
            """
            # TYPE market_time_seconds histogram
            market_time_seconds_bucket{le="0.5"} 2
            market_time_seconds_bucket{le="2"} 3
            market_time_seconds_bucket{le="+Inf"} 4
            market_time_seconds_sum 4.6
            market_time_seconds_count 4

            """.ReplaceLineEndings("\n"),
            _exporter.Write(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_beyond_the_bound_are_counted_together()
    {
        var counter = _meter.CreateCounter<long>("market.many");
        for (var i = 0; i < 600; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("i", i));
        }

        var text = _exporter.Write();
        Assert.Contains("market_many_total{other=\"true\"} 100\n", text, StringComparison.Ordinal);
        Assert.Equal(501, text.Split('\n').Count(l => l.StartsWith("market_many_total{", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_content_type_names_the_version_and_the_encoding_of_the_format()
    {
        await using var fleet = await TestFleet.StartAsync();
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(fleet.Url, "/metrics"), TestContext.Current.CancellationToken);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
    }

    public void Dispose()
    {
        _exporter.Dispose();
        _services.Dispose();
    }
}
