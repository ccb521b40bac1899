using System.Collections.Immutable;
using System.Text;
using System.Xml;

namespace Mechanisms.Mobility;

/// <summary>
/// Tracks of GPX 1.1 (https://www.topografix.com/GPX/1/1/gpx.xsd). Every track segment is a trajectory of its own, since a new one begins
/// where reception was lost. Waypoints, routes and extensions are passed over. The encoding is UTF-8, whatever the XML declaration says.
/// </summary>
public static class GpxFile
{
    private const int MaxTagBytes = 64 << 10;

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
        ThrowIfTagTooLong(file, text.Bytes.Span);
        try
        {
            // A text reader overrides what the XML declaration says of the encoding.
            using var characters = new StringReader(FileText.Strict.GetString(text.Bytes.Span).TrimStart('\uFEFF'));
            using var xml = XmlReader.Create(characters, new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit,
                XmlResolver = null,
                MaxCharactersInDocument = limits.MaxBytes,
                IgnoreComments = true,
                IgnoreProcessingInstructions = true,
            });
            return new GpxTracks(file, xml, limits).Read(cancellationToken);
        }
        catch (DecoderFallbackException fault)
        {
            throw new MobilityFileException(file, FileText.LineAt(text.Bytes.Span, fault.Index), "a byte of the line is not UTF-8; save the file in that encoding.", fault);
        }
        catch (XmlException fault)
        {
            throw new MobilityFileException(file, Math.Max(1, fault.LineNumber), $"the XML cannot be read: {fault.Message}", fault);
        }
    }

    // The library compares the attributes of an element with each other: 800,000 of them, in 8 MB, keep it busy for 8 s.
    private static void ThrowIfTagTooLong(string file, ReadOnlySpan<byte> bytes)
    {
        for (var start = 0; start < bytes.Length;)
        {
            var next = bytes[start..].IndexOf((byte)'<');
            var length = next < 0 ? bytes.Length - start : next;
            if (length > MaxTagBytes)
            {
                throw new MobilityFileException(file, FileText.LineAt(bytes, start), $"a tag or text has {length} bytes; {MaxTagBytes} are allowed.");
            }

            start += length + 1;
        }
    }
}
