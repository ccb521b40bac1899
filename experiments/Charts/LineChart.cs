using System.Globalization;
using System.Text;

namespace Experiments.Charts;

/// <summary>A line chart as a self-contained SVG; lines differ by colour and by dashes.</summary>
internal sealed record LineChart(string Title, string Subtitle, string XLabel, string YLabel, IReadOnlyList<Series> Series)
{
    private const double Width = 760;
    private const double Height = 480;
    private const double Left = 84;
    private const double Right = 28;
    private const double Top = 108;
    private const double Bottom = 66;

    private static readonly string[] Dashes = ["", "9 4", "3 3", "12 4 3 4"];

    /// <summary>Points to mark on top of the lines.</summary>
    public IReadOnlyList<Marker> Markers { get; init; } = [];

    /// <summary>The lowest value worth showing; what lies below is cut off. By default the lowest value.</summary>
    public double? Floor { get; init; }

    /// <summary>The chart as the text of an SVG file.</summary>
    /// <exception cref="InvalidOperationException">There is no series, or there are more than there are styles.</exception>
    /// <exception cref="ArgumentException">A value is not finite.</exception>
    public string ToSvg()
    {
        if (Series.Count == 0 || Series.Count > Dashes.Length)
        {
            throw new InvalidOperationException($"A chart has 1 to {Dashes.Length} series, not {Series.Count}.");
        }

        var points = Series.SelectMany(series => series.Points).ToList();
        var x = Axis.Over(XLabel, [.. points.Select(point => point.X)], ticks: 10);
        var y = Axis.Over(YLabel, [.. points.SelectMany(point => (double[])[point.Low, point.Y, point.High]).Select(value => Math.Max(value, Floor ?? value))]);

        var svg = Svg.Open(Width, Height, Title, Subtitle);
        svg.Append(CultureInfo.InvariantCulture, $"<clipPath id=\"plot\"><rect x=\"{Left}\" y=\"{Top}\" width=\"{Width - Left - Right}\" height=\"{Height - Top - Bottom}\"/></clipPath>\n");
        DrawAxes(svg, x, y);
        svg.Append("<g clip-path=\"url(#plot)\">\n");
        for (var i = 0; i < Series.Count; i++)
        {
            DrawBand(svg, Series[i], Svg.Colours[i], x, y);
        }

        for (var i = 0; i < Series.Count; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{Path(Series[i].Points.Select(point => (point.X, point.Y)), x, y)}\" fill=\"none\" {Stroke(i)}/>\n");
        }

        svg.Append("</g>\n");
        DrawMarkers(svg, x, y);
        DrawLegend(svg);
        return svg.Append("</svg>\n").ToString();
    }

    private static void DrawAxes(StringBuilder svg, Axis x, Axis y)
    {
        foreach (var tick in y.Ticks)
        {
            var at = Down(y, tick);
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{at:0.#}\" y2=\"{at:0.#}\" stroke=\"#d8dee4\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 10}\" y=\"{at + 5:0.#}\" text-anchor=\"end\">{y.Text(tick)}</text>\n");
        }

        foreach (var tick in x.Ticks)
        {
            var at = Across(x, tick);
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{at:0.#}\" x2=\"{at:0.#}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom + 5}\" stroke=\"#57606a\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{at:0.#}\" y=\"{Height - Bottom + 22}\" text-anchor=\"middle\">{x.Text(tick)}</text>\n");
        }

        var middle = (Top + Height - Bottom) / 2;
        svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom}\" stroke=\"#57606a\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 18}\" text-anchor=\"middle\">{Svg.Escape(x.Label)}</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text transform=\"translate(24 {middle}) rotate(-90)\" text-anchor=\"middle\">{Svg.Escape(y.Label)}</text>\n");
    }

    private static void DrawBand(StringBuilder svg, Series series, string colour, Axis x, Axis y)
    {
        if (series.Points.All(point => point.Low.Equals(point.High)))
        {
            return;
        }

        var outline = series.Points.Select(point => (point.X, point.High)).Concat(series.Points.Reverse().Select(point => (point.X, point.Low)));
        svg.Append(CultureInfo.InvariantCulture, $"<polygon points=\"{Path(outline, x, y)}\" fill=\"{colour}\" fill-opacity=\"0.13\"/>\n");
    }

    private void DrawMarkers(StringBuilder svg, Axis x, Axis y)
    {
        foreach (var marker in Markers)
        {
            var (across, down) = (Across(x, marker.X), Down(y, marker.Y));
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{across:0.#}\" cy=\"{down:0.#}\" r=\"5\" fill=\"#24292f\" stroke=\"#ffffff\" stroke-width=\"2\"/>\n");
            // The white outline keeps the words readable across lines and bands.
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{across + 11:0.#}\" y=\"{down - 9:0.#}\" stroke=\"#ffffff\" stroke-width=\"4\" paint-order=\"stroke\">{Svg.Escape(marker.Text)}</text>\n");
        }
    }

    private void DrawLegend(StringBuilder svg)
    {
        var at = 24.0;
        for (var i = 0; i < Series.Count; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{at:0.#}\" x2=\"{at + 30:0.#}\" y1=\"82\" y2=\"82\" {Stroke(i)}/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{at + 38:0.#}\" y=\"87\">{Svg.Escape(Series[i].Name)}</text>\n");
            at += 64 + Svg.WidthOf(Series[i].Name);
        }
    }

    private static string Stroke(int style) =>
        $"stroke=\"{Svg.Colours[style]}\" stroke-width=\"2.5\" stroke-linejoin=\"round\"" + (Dashes[style].Length == 0 ? "" : $" stroke-dasharray=\"{Dashes[style]}\"");

    private static string Path(IEnumerable<(double X, double Y)> points, Axis x, Axis y) => string.Join(
        ' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{Across(x, point.X):0.#},{Down(y, point.Y):0.#}")));

    private static double Across(Axis x, double value) => Left + (x.Position(value) * (Width - Left - Right));

    private static double Down(Axis y, double value) => Height - Bottom - (y.Position(value) * (Height - Top - Bottom));
}
