using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Xml;

namespace Mechanisms.Mobility;

/// <summary>
/// Tracks of GPX 1.1 (https://www.topografix.com/GPX/1/1/gpx.xsd). Every track segment is a trajectory of its own, since a new one begins
/// where reception was lost. Waypoints, routes and extensions are passed over.
/// </summary>
public static class GpxFile
{
    /// <summary>Reads the track segments of a file, in its order; a segment is named like its track, or like the file.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="source">Its content from the beginning; it is not disposed.</param>
    /// <exception cref="MobilityFileException">
    /// It is no GPX 1.1, has a document type definition, no track point, too many bytes, points or levels, or a point without time or out
    /// of range.
    /// </exception>
    public static async Task<ImmutableArray<Trajectory>> ReadAsync(string file, Stream source, MobilityLimits limits, CancellationToken cancellationToken)
    {
        var text = await FileText.ReadAsync(file, source, limits, cancellationToken);
        var bytes = MemoryMarshal.TryGetArray(text.Bytes, out var array) ? array : text.Bytes.ToArray();
        using var stream = new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false);
        using var xml = XmlReader.Create(stream, new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = limits.MaxBytes,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
        });
        try
        {
            return new GpxTracks(file, xml, limits).Read(cancellationToken);
        }
        catch (XmlException fault)
        {
            throw new MobilityFileException(file, Math.Max(1, fault.LineNumber), $"the XML cannot be read: {fault.Message}", fault);
        }
    }
}
