using System.Globalization;
using System.Security;
using System.Text;
using Mechanisms.Mobility;

namespace Workers.Standalone.Zones;

/// <summary>A zone on the map.</summary>
/// <param name="Asker">Who asked.</param>
/// <param name="Seen">The places that the location service saw.</param>
/// <param name="Found">What is near to the asker.</param>
internal sealed record ZonePicture(int Asker, IReadOnlyList<Position> Seen, IReadOnlyList<string> Found);

/// <summary>Draws the town as SVG: who is where, what there is, whom a location service saw in a zone and what the asker got of its answer.</summary>
internal static class ZoneMap
{
    private const double Scale = 0.55, Left = 24, Top = 76, Metres = 1_560;

    /// <param name="names">Of the people.</param>
    /// <param name="cheats">What those did who are penalised, by person.</param>
    public static string ToSvg(Town town, IReadOnlyList<string> names, IReadOnlyDictionary<int, string> cheats, ZonePicture picture)
    {
        var (side, svg) = (Metres * Scale, new StringBuilder());
        var labels = new List<(double Left, double Right, double Base)>();
        var (width, height) = (side + (2 * Left), Top + side + 92);
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"system-ui, sans-serif\" font-size=\"13\">");
        Add($"<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>");
        Add($"<text x=\"{Left}\" y=\"30\" font-size=\"17\" font-weight=\"600\">One of {picture.Seen.Count} asks for the nearest café</text>");
        Add($"<text x=\"{Left}\" y=\"52\" fill=\"#555555\">The service sees {picture.Seen.Count} places and cannot say which is {Text(names[picture.Asker])}'s, who keeps what is near of its answer</text>");
        Add($"<rect x=\"{Left}\" y=\"{Top}\" width=\"{side}\" height=\"{side}\" fill=\"#f7f7f5\" stroke=\"#d0d0d0\"/>");
        var (x, y) = At(town.People[picture.Asker]);
        Add($"<circle cx=\"{x}\" cy=\"{y}\" r=\"{Town.Reach * Scale}\" fill=\"#0072b2\" fill-opacity=\"0.07\" stroke=\"#0072b2\" stroke-dasharray=\"5 4\"/>");
        foreach (var point in town.Points)
        {
            var (px, py) = At(point.Position);
            var found = picture.Found.Contains(point.Name);
            Add($"<rect x=\"{px - 4}\" y=\"{py - 4}\" width=\"8\" height=\"8\" fill=\"{(found ? "#007a5a" : "#b8b8b0")}\" transform=\"rotate(45 {px} {py})\"/>");
            if (found)
            {
                Add($"<line x1=\"{x}\" y1=\"{y}\" x2=\"{px}\" y2=\"{py}\" stroke=\"#007a5a\" stroke-width=\"1.5\"/>");
                Label(px, py, point.Name, "#007a5a");
            }
        }

        foreach (var place in picture.Seen)
        {
            var (sx, sy) = At(place);
            Add($"<circle cx=\"{sx}\" cy=\"{sy}\" r=\"11\" fill=\"none\" stroke=\"#d55e00\" stroke-width=\"2.5\"/>");
        }

        for (var i = 0; i < names.Count; i++)
        {
            var (mx, my) = At(town.People[i]);
            var cheat = cheats.GetValueOrDefault(i);
            var colour = cheat is not null ? "#a0002a" : i == picture.Asker ? "#0072b2" : "#333333";
            Add($"<circle cx=\"{mx}\" cy=\"{my}\" r=\"5.5\" fill=\"{colour}\" stroke=\"#ffffff\" stroke-width=\"1.5\"/>");
            Label(mx, my, cheat is null ? names[i] : $"{names[i]}: {cheat}", colour);
        }

        var below = Top + side + 28;
        Legend(0, "#333333", "member");
        Legend(110, "#0072b2", "who asks, and its radio's reach");
        Legend(350, "#a0002a", "who cheated and is locked");
        Add($"<circle cx=\"{Left + 6}\" cy=\"{below + 22}\" r=\"8\" fill=\"none\" stroke=\"#d55e00\" stroke-width=\"2.5\"/><text x=\"{Left + 20}\" y=\"{below + 26}\">place that the service saw</text>");
        Add($"<rect x=\"{Left + 212}\" y=\"{below + 18}\" width=\"8\" height=\"8\" fill=\"#007a5a\" transform=\"rotate(45 {Left + 216} {below + 22})\"/><text x=\"{Left + 228}\" y=\"{below + 26}\">what the asker found</text>");
        Add($"</svg>");
        return svg.ToString();

        void Add(FormattableString line) => svg.AppendLine(line.ToString(CultureInfo.InvariantCulture));

        static (double X, double Y) At(Position position)
        {
            var (east, north) = Town.ToMetres(position);
            return (Math.Round(Left + ((Metres / 2) + east) * Scale, 1), Math.Round(Top + ((Metres / 2) - north) * Scale, 1));
        }

        // At the first of four corners where no other label is.
        void Label(double px, double py, string text, string colour)
        {
            var width = 7.5 * text.Length;
            (double Left, double Right, double Base)[] corners = [(px + 9, px + 9 + width, py - 7), (px + 9, px + 9 + width, py + 17), (px - 9 - width, px - 9, py - 7), (px - 9 - width, px - 9, py + 17)];
            var free = corners.FirstOrDefault(c => !labels.Any(l => l.Left < c.Right && c.Left < l.Right && Math.Abs(l.Base - c.Base) < 13), corners[0]);
            labels.Add(free);
            var (anchor, at) = free.Left > px ? ("start", free.Left) : ("end", free.Right);
            Add($"<text x=\"{at}\" y=\"{free.Base}\" text-anchor=\"{anchor}\" font-size=\"12\" fill=\"{colour}\" stroke=\"#f7f7f5\" stroke-width=\"3\" paint-order=\"stroke\" font-weight=\"600\">{Text(text)}</text>");
        }

        void Legend(double right, string colour, string text) =>
            Add($"<circle cx=\"{Left + right + 6}\" cy=\"{below - 4}\" r=\"5.5\" fill=\"{colour}\"/><text x=\"{Left + right + 20}\" y=\"{below}\">{text}</text>");
    }

    private static string Text(string text) => SecurityElement.Escape(text);
}
