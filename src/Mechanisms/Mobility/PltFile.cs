using System.Collections.Immutable;
using System.Globalization;

namespace Mechanisms.Mobility;

/// <summary>
/// GeoLife's trajectories (GPS trajectory dataset user guide 1.3, Microsoft Research Asia): six lines of header, then lines of latitude,
/// longitude, 0, altitude in feet (−777 when unknown), days since 1899-12-30, date and time, both in GMT. The altitude is not used.
/// </summary>
public static class PltFile
{
    private const int HeaderLines = 6;
    private const int DatumLine = 2;
    private const int Fields = 7;
    private static readonly DateTimeOffset Epoch = new(1899, 12, 30, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    /// <summary>Reads a whole file as one trajectory that is named like the file.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="source">Its content from the beginning; it is not disposed.</param>
    /// <exception cref="MobilityFileException">
    /// It has no header, another datum than WGS 84, no points, too many bytes or points, or a line that is broken, out of range, or whose
    /// two notations of the time differ by more than two seconds.
    /// </exception>
    public static async Task<Trajectory> ReadAsync(string file, Stream source, MobilityLimits limits, CancellationToken cancellationToken)
    {
        var text = await FileText.ReadAsync(file, source, limits, cancellationToken);
        ReadHeader(text, limits);
        var fixes = ImmutableArray.CreateBuilder<Fix>();
        while (text.ReadLine(limits) is { } line)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (fixes.Count == limits.MaxPoints)
            {
                throw text.Fault($"the file has more than the {limits.MaxPoints} points that are allowed here.");
            }

            fixes.Add(ReadFix(text, line));
        }

        return fixes.Count > 0
            ? new Trajectory(file, fixes.DrainToImmutable())
            : throw text.Fault("the file ends after its header, without a point.");
    }

    private static void ReadHeader(FileText text, MobilityLimits limits)
    {
        for (var i = 1; i <= HeaderLines; i++)
        {
            var line = text.ReadLine(limits) ?? throw text.Fault($"the file ends inside its header, which has {HeaderLines} lines.");
            if (i == DatumLine && !string.Equals(line.Trim(), "WGS 84", StringComparison.OrdinalIgnoreCase))
            {
                throw text.Fault("the second line of the header must name the datum \"WGS 84\"; positions of another one lie elsewhere.");
            }
        }
    }

    private static Fix ReadFix(FileText text, string line)
    {
        var fields = line.Split(',');
        if (fields.Length != Fields)
        {
            throw text.Fault($"a point has {Fields} fields between commas, this line has {fields.Length}.");
        }

        var position = Numbers.Position(text, fields[0], fields[1]);
        var days = Numbers.Read(text, fields[4], "number of days");
        if (!DateTimeOffset.TryParseExact($"{fields[5]} {fields[6]}", "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            throw text.Fault($"the date and time are \"{Numbers.Shown(fields[5])}\" and \"{Numbers.Shown(fields[6])}\"; they look like 2009-10-11 and 14:04:30.");
        }

        return Math.Abs(days - (time - Epoch).TotalDays) <= Tolerance.TotalDays
            ? new Fix(time, position)
            : throw text.Fault($"{days} days since 1899-12-30 are not the date and time beside them, {time:yyyy-MM-dd HH:mm:ss}.");
    }
}
