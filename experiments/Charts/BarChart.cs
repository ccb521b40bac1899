using System.Globalization;

namespace Experiments.Charts;

/// <summary>Bars side by side in groups, each with a line for its range; all on an axis from 0 to 100 %.</summary>
/// <param name="Groups">Under the bars.</param>
/// <param name="Series">A bar in each group; its points' X is not looked at.</param>
internal sealed record BarChart(string Title, string Subtitle, string YLabel, IReadOnlyList<string> Groups, IReadOnlyList<Series> Series)
{
    private const double Width = 760;
    private const double Height = 470;
    private const double Left = 84;
    private const double Right = 28;
    private const double Top = 132;
    private const double Bottom = 48;

    /// <summary>The chart as the text of an SVG file.</summary>
    /// <exception cref="InvalidOperationException">A series has not one bar for each group, or there are more series than colours.</exception>
    public string ToSvg()
    {
        if (Series.Count > Svg.Colours.Count || Series.Any(series => series.Points.Count != Groups.Count))
        {
            throw new InvalidOperationException($"Each of at most {Svg.Colours.Count} series needs {Groups.Count} bars.");
        }

        var svg = Svg.Open(Width, Height, Title, Subtitle);
        for (var tick = 0; tick <= 5; tick++)
        {
            var down = Down(tick / 5.0);
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{down:0.#}\" y2=\"{down:0.#}\" stroke=\"{(tick == 0 ? "#57606a" : "#d8dee4")}\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 10}\" y=\"{down + 5:0.#}\" text-anchor=\"end\">{20 * tick} %</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text transform=\"translate(24 {(Top + Height - Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">{Svg.Escape(YLabel)}</text>\n");
        var slot = (Width - Left - Right) / Groups.Count;
        var bar = slot * 0.84 / Series.Count;
        for (var group = 0; group < Groups.Count; group++)
        {
            var start = Left + (slot * (group + 0.08));
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{start + (slot * 0.42):0.#}\" y=\"{Height - Bottom + 24}\" text-anchor=\"middle\">{Svg.Escape(Groups[group])}</text>\n");
            for (var i = 0; i < Series.Count; i++)
            {
                var point = Series[i].Points[group];
                var (x, middle) = (start + (i * bar), start + ((i + 0.5) * bar));
                svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x:0.#}\" y=\"{Down(point.Y):0.#}\" width=\"{bar - 2:0.#}\" height=\"{Down(0) - Down(point.Y):0.#}\" fill=\"{Svg.Colours[i]}\" fill-opacity=\"0.8\"/>\n");
                svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{middle:0.#}\" x2=\"{middle:0.#}\" y1=\"{Down(point.Low):0.#}\" y2=\"{Down(point.High):0.#}\" stroke=\"#24292f\" stroke-width=\"1.5\"/>\n");
            }
        }

        var (across, row) = (24.0, 82.0);
        for (var i = 0; i < Series.Count; i++)
        {
            var width = 44 + Svg.WidthOf(Series[i].Name);
            (across, row) = across + width > Width ? (24, row + 24) : (across, row);
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{across:0.#}\" y=\"{row - 7:0.#}\" width=\"14\" height=\"14\" fill=\"{Svg.Colours[i]}\" fill-opacity=\"0.8\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{across + 20:0.#}\" y=\"{row + 5:0.#}\">{Svg.Escape(Series[i].Name)}</text>\n");
            across += width;
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static double Down(double share) => Height - Bottom - (share * (Height - Top - Bottom));
}
