using System.Globalization;
using System.Security;
using System.Text;
using Mechanisms.Mobility;

namespace Workers.Standalone.Oracle;

/// <summary>What happened to one query.</summary>
/// <param name="Truth">Where it was asked about.</param>
/// <param name="Seen">What the service saw.</param>
/// <param name="Guess">Where the best attacker places it.</param>
/// <param name="Belief">The probability that the attacker gives each cell, all members together.</param>
internal sealed record QueryPicture(string Asker, string Sender, int Truth, int Seen, int Guess, IReadOnlyList<double> Belief);

/// <summary>Draws the area as SVG: cells shaded by the attacker's belief, with the query, what was sent and the attacker's guess on them.</summary>
internal static class QueryMap
{
    private const double Cell = 84, Left = 24, Top = 74;

    public static string ToSvg(GridCells grid, QueryPicture picture, double error, double average)
    {
        var (side, most) = (grid.Side, Math.Max(picture.Belief.Max(), 1e-9));
        var (width, height) = ((2 * Left) + (side * Cell), Top + (side * Cell) + 96);
        var svg = new StringBuilder();
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"system-ui, sans-serif\" font-size=\"13\">");
        Add($"<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>");
        Add($"<text x=\"{Left}\" y=\"30\" font-size=\"17\" font-weight=\"600\">One query and what the attacker makes of it</text>");
        Add($"<text x=\"{Left}\" y=\"52\" fill=\"#555555\">{Text(picture.Asker)} asks, {Text(picture.Sender)} sends; the best guess is {Kilometres(error)} km off, {Kilometres(average)} km on average</text>");
        for (var cell = 0; cell < grid.Count; cell++)
        {
            var (x, y) = Corner(cell);
            Add($"<rect x=\"{x}\" y=\"{y}\" width=\"{Cell}\" height=\"{Cell}\" fill=\"#0072b2\" fill-opacity=\"{Number(0.85 * picture.Belief[cell] / most)}\" stroke=\"#d0d0d0\"/>");
            Add($"<text x=\"{x + 6}\" y=\"{y + Cell - 7}\" font-size=\"11\" fill=\"{(picture.Belief[cell] > 0.6 * most ? "#ffffff" : "#555555")}\">{Percent(picture.Belief[cell])}</text>");
        }

        Mark(picture.Truth, -22, "#007a5a", "asked");
        Mark(picture.Seen, 0, "#d55e00", "sent");
        Mark(picture.Guess, 22, "#000000", "guess");
        var below = Top + (side * Cell) + 26;
        Legend(Left, "#007a5a", "where the query was");
        Legend(Left + 160, "#d55e00", "what the service sees");
        Legend(Left, "#000000", "what the best attack says", 24);
        Add($"<text x=\"{Left}\" y=\"{below + 54}\" fill=\"#555555\">Shade and figures: the attacker's belief, with π, F and o' known.</text>");
        Add($"</svg>");
        return svg.ToString();

        void Add(FormattableString line) => svg.AppendLine(line.ToString(CultureInfo.InvariantCulture));

        (double X, double Y) Corner(int cell) => (Left + (cell % side * Cell), Top + ((side - 1 - (cell / side)) * Cell));

        void Mark(int cell, double down, string colour, string label)
        {
            var (x, y) = Corner(cell);
            Add($"<circle cx=\"{x + 14}\" cy=\"{y + 32 + down}\" r=\"6\" fill=\"{colour}\" stroke=\"#ffffff\" stroke-width=\"1.5\"/>");
            Add($"<text x=\"{x + 25}\" y=\"{y + 36 + down}\" fill=\"{colour}\" stroke=\"#ffffff\" stroke-width=\"3\" paint-order=\"stroke\" font-weight=\"600\">{label}</text>");
        }

        void Legend(double x, string colour, string text, double down = 0)
        {
            Add($"<circle cx=\"{x + 6}\" cy=\"{below - 4 + down}\" r=\"6\" fill=\"{colour}\"/>");
            Add($"<text x=\"{x + 18}\" y=\"{below + down}\">{text}</text>");
        }
    }

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Kilometres(double km) => km.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Percent(double share) => share < 0.001 ? "" : share.ToString("0.0 %", CultureInfo.InvariantCulture);

    private static string Text(string text) => SecurityElement.Escape(text);
}
