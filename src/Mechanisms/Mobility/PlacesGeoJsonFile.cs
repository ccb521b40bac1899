using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Mechanisms.Mobility;

/// <summary>
/// Points of interest as a FeatureCollection of GeoJSON (RFC 7946) whose geometries are Points: longitude first, then latitude, then
/// perhaps a height, which is not used. The properties "name" and "category" may be missing; other properties are passed over.
/// </summary>
public static class PlacesGeoJsonFile
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MobilityLimits.MaxDepth, AllowDuplicateProperties = false };

    /// <summary>Reads a whole file.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="source">Its content from the beginning; it is not disposed.</param>
    /// <exception cref="MobilityFileException">
    /// It is no JSON in UTF-8, no FeatureCollection, has a feature that is no Point, a member twice, no place, too many bytes, points or
    /// levels, or a position out of range. The line is where the feature begins.
    /// </exception>
    public static async Task<ImmutableArray<PointOfInterest>> ReadAsync(string file, Stream source, MobilityLimits limits, CancellationToken cancellationToken)
    {
        var text = await FileText.ReadAsync(file, source, limits, cancellationToken);
        var bytes = text.Bytes.Span.StartsWith(Encoding.UTF8.Preamble) ? text.Bytes[Encoding.UTF8.Preamble.Length..] : text.Bytes;
        try
        {
            using var json = JsonDocument.Parse(bytes, Strict);
            return ReadFeatures(file, bytes, json.RootElement, limits, cancellationToken);
        }
        catch (JsonException fault) when (fault.LineNumber is { } lines)
        {
            throw new MobilityFileException(file, 1 + lines, $"the JSON cannot be read: {fault.Message}", fault);
        }
        catch (JsonException fault)
        {
            throw new MobilityFileException(file, 1, $"from here on, an object has a member twice: {fault.Message}", fault);
        }
    }

    private static ImmutableArray<PointOfInterest> ReadFeatures(
        string file, ReadOnlyMemory<byte> bytes, JsonElement root, MobilityLimits limits, CancellationToken cancellationToken)
    {
        if (!IsOfType(root, "FeatureCollection") || !root.TryGetProperty("features", out var features) || features.ValueKind != JsonValueKind.Array)
        {
            throw new MobilityFileException(file, 1, "the file must hold one object of type \"FeatureCollection\" with an array \"features\".");
        }

        var count = features.GetArrayLength();
        if (count == 0 || count > limits.MaxPoints)
        {
            throw new MobilityFileException(file, 1, count == 0 ? "the collection has no features." : $"the collection has {count} features; {limits.MaxPoints} are allowed here.");
        }

        var places = ImmutableArray.CreateBuilder<PointOfInterest>(count);
        foreach (var feature in features.EnumerateArray())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (place, problem) = ReadFeature(feature, limits);
            places.Add(place ?? throw new MobilityFileException(file, LineOf(bytes.Span, feature), $"feature {places.Count + 1}: {problem}"));
        }

        return places.MoveToImmutable();
    }

    private static (PointOfInterest? Place, string? Problem) ReadFeature(JsonElement feature, MobilityLimits limits)
    {
        if (!IsOfType(feature, "Feature"))
        {
            return (null, "it is no object of type \"Feature\".");
        }

        if (!feature.TryGetProperty("geometry", out var geometry) || !IsOfType(geometry, "Point"))
        {
            return (null, "its geometry is no Point; only points can be places.");
        }

        if (!geometry.TryGetProperty("coordinates", out var coordinates) || coordinates.ValueKind != JsonValueKind.Array
            || coordinates.GetArrayLength() is not (2 or 3) || coordinates.EnumerateArray().Any(number => number.ValueKind != JsonValueKind.Number))
        {
            return (null, "its coordinates are not longitude, latitude and perhaps a height, as numbers.");
        }

        var (east, north) = (coordinates[0].GetDouble(), coordinates[1].GetDouble());
        if (Position.Problem(north, east) is { } problem)
        {
            return (null, $"{problem} GeoJSON puts the longitude first.");
        }

        return TextOf(feature, "name", limits, out var name) && TextOf(feature, "category", limits, out var category)
            ? (new PointOfInterest(name ?? "", new Position(north, east), category), null)
            : (null, $"its name or category is no Unicode text of at most {limits.MaxLineBytes} bytes.");
    }

    private static bool TextOf(JsonElement feature, string property, MobilityLimits limits, out string? text)
    {
        text = null;
        if (!feature.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object
            || !properties.TryGetProperty(property, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        text = value.ValueKind == JsonValueKind.String && JsonMarshal.GetRawUtf8Value(value).Length <= limits.MaxLineBytes + 2 ? Decoded(value) : null;
        return text is not null;
    }

    // Text that is no Unicode (a lone surrogate behind \u, or bytes that are no UTF-8) is found out only when it is asked for.
    private static string? Decoded(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static bool IsOfType(JsonElement element, string type) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty("type", out var member)
        && member.ValueKind == JsonValueKind.String && member.ValueEquals(type);

    // The document refers to the file's bytes, so an element's place in them is known.
    private static int LineOf(ReadOnlySpan<byte> bytes, JsonElement element) =>
        bytes.Overlaps(JsonMarshal.GetRawUtf8Value(element), out var offset) ? FileText.LineAt(bytes, offset) : 1;
}
