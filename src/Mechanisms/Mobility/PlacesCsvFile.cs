using System.Collections.Immutable;
using System.Text;

namespace Mechanisms.Mobility;

/// <summary>
/// Points of interest as comma-separated values (RFC 4180) in UTF-8. The first record names the columns, in any order and case: "name",
/// "latitude" or "lat", "longitude" or "lon", and optionally "category"; others are passed over.
/// </summary>
public static class PlacesCsvFile
{
    /// <summary>Reads a whole file.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="source">Its content from the beginning; it is not disposed.</param>
    /// <exception cref="MobilityFileException">
    /// A column is missing or named twice, there is no place, there are too many bytes or points, or a record is broken or out of range.
    /// </exception>
    public static async Task<ImmutableArray<PointOfInterest>> ReadAsync(string file, Stream source, MobilityLimits limits, CancellationToken cancellationToken)
    {
        var text = await FileText.ReadAsync(file, source, limits, cancellationToken);
        var header = ReadRecord(text, limits) ?? throw text.Fault("the file is empty.");
        var name = Column(text, header, "name") ?? throw text.Fault("the header has no column \"name\".");
        var latitude = Column(text, header, "latitude", "lat") ?? throw text.Fault("the header has no column \"latitude\" or \"lat\".");
        var longitude = Column(text, header, "longitude", "lon") ?? throw text.Fault("the header has no column \"longitude\" or \"lon\".");
        var category = Column(text, header, "category");
        var places = ImmutableArray.CreateBuilder<PointOfInterest>();
        while (ReadRecord(text, limits) is { } record)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (record.Count != header.Count)
            {
                throw text.Fault($"the record has {record.Count} fields, the header {header.Count}.");
            }

            if (places.Count == limits.MaxPoints)
            {
                throw text.Fault($"the file has more than the {limits.MaxPoints} points that are allowed here.");
            }

            var kind = category is { } column && record[column].Length > 0 ? record[column] : null;
            places.Add(new PointOfInterest(record[name], Numbers.Position(text, record[latitude], record[longitude]), kind));
        }

        return places.Count > 0 ? places.DrainToImmutable() : throw text.Fault("the file ends after its header, without a place.");
    }

    private static int? Column(FileText text, List<string> header, params ReadOnlySpan<string> names)
    {
        int? found = null;
        for (var i = 0; i < header.Count; i++)
        {
            foreach (var name in names)
            {
                if (string.Equals(header[i].Trim(), name, StringComparison.OrdinalIgnoreCase))
                {
                    found = found is null ? i : throw text.Fault($"the header has two columns for the {names[0]}.");
                }
            }
        }

        return found;
    }

    // A quoted field may hold commas, doubled quotes and ends of lines; the limit on a line holds for the whole record.
    private static List<string>? ReadRecord(FileText text, MobilityLimits limits)
    {
        if (text.ReadLine(limits) is not { } line)
        {
            return null;
        }

        while (line.AsSpan().Count('"') % 2 == 1)
        {
            line += "\n" + (text.ReadLine(limits) ?? throw text.Fault("the file ends inside a quoted field."));
            if (line.Length > limits.MaxLineBytes)
            {
                throw text.Fault($"the record is longer than the {limits.MaxLineBytes} characters that are allowed here; a quote may be missing.");
            }
        }

        var fields = new List<string>();
        for (var at = 0; at <= line.Length; at++)
        {
            fields.Add(ReadField(text, line, ref at));
        }

        return fields;
    }

    // Leaves "at" on the comma behind the field, or at the end.
    private static string ReadField(FileText text, string line, ref int at)
    {
        var start = at;
        if (at == line.Length || line[at] != '"')
        {
            var comma = line.IndexOf(',', at);
            at = comma < 0 ? line.Length : comma;
            var plain = line[start..at];
            return plain.Contains('"', StringComparison.Ordinal) ? throw text.Fault("a quote stands inside a field that does not begin with one.") : plain;
        }

        var field = new StringBuilder();
        for (at++; ; at += 2)
        {
            var quote = line.IndexOf('"', at);
            field.Append(line, at, quote - at);
            at = quote;
            if (at + 1 >= line.Length || line[at + 1] != '"')
            {
                break;
            }

            field.Append('"');
        }

        at++;
        return at == line.Length || line[at] == ',' ? field.ToString() : throw text.Fault("something stands between a closing quote and the next comma.");
    }
}
