using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Xml;

namespace Mechanisms.Mobility;

/// <summary>Walks through a GPX document once, and keeps what lies at gpx/trk/trkseg/trkpt.</summary>
internal sealed class GpxTracks(string file, XmlReader xml, MobilityLimits limits)
{
    private const string Gpx = "http://www.topografix.com/GPX/1/1";

    // xsd:dateTime; the schema says UTC, so that is what a time without a zone means.
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK";

    private readonly ImmutableArray<Trajectory>.Builder tracks = ImmutableArray.CreateBuilder<Trajectory>();
    private readonly ImmutableArray<Fix>.Builder fixes = ImmutableArray.CreateBuilder<Fix>();
    private readonly StringBuilder text = new();

    // The names of the elements that are open, empty for those of other namespaces.
    private readonly string[] path = new string[MobilityLimits.MaxDepth];
    private string name = "";
    private Position position;
    private DateTimeOffset? time;
    private int points;

    public ImmutableArray<Trajectory> Read(CancellationToken cancellationToken)
    {
        while (xml.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (xml.NodeType)
            {
                case XmlNodeType.Element:
                    Open();
                    break;
                case XmlNodeType.EndElement:
                    Close(path.AsSpan(0, xml.Depth + 1));
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA:
                    Append();
                    break;
            }
        }

        return points > 0 ? tracks.DrainToImmutable() : throw Fault("the file has no track point (trk, trkseg, trkpt).");
    }

    private void Open()
    {
        if (xml.Depth >= path.Length)
        {
            throw Fault($"an element lies deeper than the {path.Length} levels that are allowed here.");
        }

        path[xml.Depth] = xml.NamespaceURI == Gpx ? xml.LocalName : "";
        var open = path.AsSpan(0, xml.Depth + 1);
        var isEmpty = xml.IsEmptyElement;
        text.Clear();
        switch (open)
        {
            case [not "gpx"]:
                throw Fault($"the file begins with the element \"{Numbers.Shown(xml.Name)}\" of \"{Numbers.Shown(xml.NamespaceURI)}\"; GPX 1.1 begins with \"gpx\" of \"{Gpx}\".");
            case ["gpx", "trk"]:
                name = file;
                break;
            case ["gpx", "trk", "trkseg", "trkpt"]:
                OpenPoint();
                break;
        }

        if (isEmpty)
        {
            Close(open);
        }
    }

    private void OpenPoint()
    {
        if (++points > limits.MaxPoints)
        {
            throw Fault($"the file has more than the {limits.MaxPoints} points that are allowed here.");
        }

        var (north, east) = (Degrees("lat"), Degrees("lon"));
        position = Position.Problem(north, east) is { } problem ? throw Fault(problem) : new Position(north, east);
        time = null;
    }

    private void Close(ReadOnlySpan<string> closed)
    {
        switch (closed)
        {
            case ["gpx", "trk", "name"]:
                name = text.ToString().Trim();
                break;
            case ["gpx", "trk", "trkseg", "trkpt", "time"]:
                time = DateTimeOffset.TryParseExact(text.ToString().Trim(), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var parsed)
                    ? parsed
                    : throw Fault($"the time is \"{Numbers.Shown(text.ToString())}\"; one looks like 2009-10-11T14:04:30Z.");
                break;
            case ["gpx", "trk", "trkseg", "trkpt"]:
                fixes.Add(new Fix(time ?? throw Fault("the track point has no time; movement cannot be read from it."), position));
                break;
            case ["gpx", "trk", "trkseg"] when fixes.Count > 0:
                tracks.Add(new Trajectory(name, fixes.DrainToImmutable()));
                break;
        }
    }

    // An element's text comes in parts when CDATA is in it.
    private void Append()
    {
        if (path.AsSpan(0, xml.Depth) is not (["gpx", "trk", "name"] or ["gpx", "trk", "trkseg", "trkpt", "time"]))
        {
            return;
        }

        var part = xml.Value;
        if (text.Length + part.Length > limits.MaxLineBytes)
        {
            throw Fault($"the text of \"{path[xml.Depth - 1]}\" is longer than the {limits.MaxLineBytes} characters that are allowed here.");
        }

        text.Append(part);
    }

    private double Degrees(string attribute) =>
        xml.GetAttribute(attribute) is not { } value ? throw Fault($"the track point has no \"{attribute}\".")
        : Numbers.TryRead(value, out var number) ? number
        : throw Fault($"\"{attribute}\" is \"{Numbers.Shown(value)}\", which is no number.");

    private MobilityFileException Fault(string reason) => new(file, Math.Max(1, ((IXmlLineInfo)xml).LineNumber), reason);
}
