using System.Globalization;

namespace Mechanisms.Mobility;

/// <summary>Numbers of text files.</summary>
internal static class Numbers
{
    private const int MaxShown = 40;

    /// <summary>A position from two fields.</summary>
    /// <exception cref="MobilityFileException">One is no number or out of its range.</exception>
    public static Position Position(FileText text, string latitude, string longitude)
    {
        var (north, east) = (Read(text, latitude, "latitude"), Read(text, longitude, "longitude"));
        return Mobility.Position.Problem(north, east) is { } problem ? throw text.Fault(problem) : new Position(north, east);
    }

    /// <summary>A number with a point, as every program writes it, whatever the machine's language. It may be infinite or no number.</summary>
    /// <exception cref="MobilityFileException">It is none.</exception>
    public static double Read(FileText text, string field, string what) =>
        TryRead(field, out var number) ? number : throw text.Fault($"the {what} is \"{Shown(field)}\", which is no number.");

    /// <inheritdoc cref="Read"/>
    public static bool TryRead(string field, out double number) =>
        double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    /// <summary>The beginning of a text from outside, as a message may show it: short, on one line.</summary>
    public static string Shown(string text)
    {
        var start = text.Length <= MaxShown ? text : text[..MaxShown] + "…";
        return string.Create(start.Length, start, (span, from) =>
        {
            for (var i = 0; i < from.Length; i++)
            {
                span[i] = char.IsControl(from[i]) ? '?' : from[i];
            }
        });
    }
}
