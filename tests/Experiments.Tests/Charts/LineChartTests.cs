using System.Globalization;
using System.Xml.Linq;
using Experiments.Charts;

namespace Experiments.Tests.Charts;

public sealed class LineChartTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Theory]
    [InlineData(100, 1000, 10, 100, 1000, 10)]
    [InlineData(0, 1, 10, 0, 1, 11)]
    [InlineData(-6, 4734, 6, -1000, 5000, 7)]
    [InlineData(0.013, 0.086, 6, 0, 0.1, 6)]
    [InlineData(5, 5, 6, 4.4, 5.6, 7)]
    public void An_axis_ends_on_round_numbers_around_all_values(double low, double high, int about, double from, double to, int ticks)
    {
        var axis = Axis.Over("x", [high, low], about);
        Assert.Equal(from, axis.Low, 12);
        Assert.Equal(to, axis.High, 12);
        Assert.Equal(ticks, axis.Ticks.Count());
        Assert.Equal(0, axis.Position(from), 12);
        Assert.Equal(1, axis.Position(to), 12);
    }

    [Fact]
    public void Tick_texts_show_the_steps_decimals_and_no_binary_noise()
    {
        var axis = Axis.Over("α", [0, 1], 10);
        Assert.Equal(["0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1.0"], axis.Ticks.Select(axis.Text), StringComparer.Ordinal);
        var large = Axis.Over("users", [-1000, 1000], 2);
        Assert.Equal(["-1,000", "0", "1,000"], large.Ticks.Select(large.Text), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_value_that_is_not_finite_is_refused_rather_than_drawn(double value) =>
        Assert.Throws<ArgumentException>(() => Chart(new ChartPoint(0, 0), new ChartPoint(1, value)).ToSvg());

    [Fact]
    public void Higher_values_are_drawn_higher_and_inside_the_plot()
    {
        var svg = XDocument.Parse(Chart(new ChartPoint(0, 1), new ChartPoint(1, 3), new ChartPoint(2, 2)).ToSvg());
        var line = Coordinates(svg.Descendants(Svg + "polyline").Single().Attribute("points")!.Value);
        Assert.True(line[0].X < line[1].X && line[1].X < line[2].X);
        Assert.True(line[1].Y < line[2].Y && line[2].Y < line[0].Y);
        Assert.All(line, point => Assert.True(point.X is >= 0 and <= 760 && point.Y is >= 0 and <= 480));
    }

    [Fact]
    public void A_band_runs_along_the_high_ends_and_back_along_the_low_ones()
    {
        var svg = XDocument.Parse(Chart(new ChartPoint(0, 1, 0, 2), new ChartPoint(1, 3, 2, 5)).ToSvg());
        var band = Coordinates(svg.Descendants(Svg + "polygon").Single().Attribute("points")!.Value);
        Assert.Equal(4, band.Count);
        Assert.Equal(band[0].X, band[3].X);
        Assert.True(band[0].Y < band[3].Y && band[1].Y < band[2].Y);
        Assert.Empty(XDocument.Parse(Chart(new ChartPoint(0, 1), new ChartPoint(1, 3)).ToSvg()).Descendants(Svg + "polygon"));
    }

    [Fact]
    public void Words_with_markup_in_them_stay_words()
    {
        var chart = new LineChart("a < b & c", "\"s\"", "x", "y", [new Series("<script>", [new(0, 0), new(1, 1)])]);
        var svg = XDocument.Parse(chart.ToSvg());
        Assert.Equal("a < b & c", svg.Descendants(Svg + "title").Single().Value);
        Assert.Contains("<script>", svg.Descendants(Svg + "text").Select(text => text.Value), StringComparer.Ordinal);
        Assert.Empty(svg.Descendants(Svg + "script"));
    }

    private static LineChart Chart(params ChartPoint[] points) => new("t", "s", "x", "y", [new Series("line", points)]);

    private static List<(double X, double Y)> Coordinates(string points) => points.Split(' ')
        .Select(pair => pair.Split(','))
        .Select(pair => (double.Parse(pair[0], CultureInfo.InvariantCulture), double.Parse(pair[1], CultureInfo.InvariantCulture)))
        .ToList();
}
