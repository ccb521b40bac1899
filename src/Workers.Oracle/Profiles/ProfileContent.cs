using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Ethereum;
using Mechanisms.Mobility;
using Workers.Hosting.Formats;

namespace Workers.Oracle.Profiles;

/// <summary>
/// Where a member was: what a profile holds once it is opened. UTF-8 without a byte order mark, one JSON object with its properties in this order:
/// <code>
/// {"version":1,"salt":"0x…","positions":[[seconds,latitude,longitude],…]}
/// version     1
/// salt        32 random bytes, 0x and 64 digits: without it the hash could be guessed from a guessed way
/// seconds     whole, since 1970-01-01 00:00 UTC, 0 to 253402300799, each above the one before
/// latitude    degrees north, −90 to 90 (WGS 84)
/// longitude   degrees east, −180 to 180
/// </code>
/// At most <see cref="MaxBytes"/> and <see cref="MaxPositions"/>, at least one position, numbers of at most 32 characters. White space is free. The
/// profile's hash is the SHA-256 of these bytes as they are.
/// </summary>
public sealed class ProfileContent
{
    /// <summary>Longest content in bytes.</summary>
    public const int MaxBytes = 8 << 20;

    /// <summary>Most positions.</summary>
    public const int MaxPositions = 100_000;

    private const int Version = 1, SaltLength = 32, Depth = 3;

    private readonly ImmutableArray<Fix> _positions;

    private ProfileContent(byte[] bytes, ImmutableArray<Fix> positions)
    {
        Bytes = bytes;
        _positions = positions;
        Hash = new Hash32(SHA256.HashData(bytes));
    }

    /// <summary>The content as it is hashed and sealed. Private: it belongs into no log and, unsealed, into no database.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>SHA-256 of <see cref="Bytes"/>: what the member signs and a request pins.</summary>
    public Hash32 Hash { get; }

    /// <summary>Writes a content with a fresh salt.</summary>
    /// <param name="fixes">Parts of a second are cut off; ascending then.</param>
    /// <exception cref="ProfileException">None, too many, or not ascending.</exception>
    public static ProfileContent Create(IEnumerable<Fix> fixes)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("salt", Hex.ToString(RandomNumberGenerator.GetBytes(SaltLength)));
            json.WriteStartArray("positions");
            foreach (var (time, position) in fixes)
            {
                json.WriteStartArray();
                json.WriteNumberValue(time.ToUnixTimeSeconds());
                json.WriteNumberValue(position.Latitude);
                json.WriteNumberValue(position.Longitude);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Read(buffer.WrittenSpan);
    }

    /// <summary>Reads and checks what somebody else wrote; copies it.</summary>
    /// <exception cref="ProfileException">It breaks a rule of the format; the message says which and where, without any value.</exception>
    public static ProfileContent Read(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxBytes)
        {
            throw new ProfileException(ProfileProblem.TooLarge, $"The content has {utf8.Length} bytes; {MaxBytes} are allowed.");
        }

        try
        {
            return new ProfileContent(utf8.ToArray(), Parse(utf8));
        }
        catch (JsonException)
        {
            throw Malformed("it is no JSON, is cut off, or nests too deeply");
        }
        catch (FormatException e)
        {
            throw Malformed(e.Message);
        }
    }

    /// <summary>As the mechanisms take it.</summary>
    /// <param name="name">Whose it is; may be empty.</param>
    public Trajectory ToTrajectory(string name = "") => new(name, _positions);

    /// <summary>Its hash alone, so that nothing of it comes into a log.</summary>
    public override string ToString() => $"content {Hash}";

    private static ImmutableArray<Fix> Parse(ReadOnlySpan<byte> utf8)
    {
        var json = new StrictJson(utf8, Depth);
        json.Take(JsonTokenType.StartObject, "the document");
        json.Name("version");
        if (json.Whole("'version'") is var version and not Version)
        {
            throw new FormatException($"it is of version {version}; this one is known: {Version}");
        }

        json.Name("salt");
        _ = json.Hexadecimal("'salt'", SaltLength);
        json.Name("positions");
        json.Take(JsonTokenType.StartArray, "'positions'");
        var fixes = ImmutableArray.CreateBuilder<Fix>();
        var last = -1L;
        while (!json.EndsOrStarts(JsonTokenType.StartArray, "a position"))
        {
            if (fixes.Count == MaxPositions)
            {
                throw new ProfileException(ProfileProblem.TooLarge, $"The content has more than the {MaxPositions} positions that are allowed.");
            }

            fixes.Add(ReadFix(ref json, fixes.Count, ref last));
        }

        json.End();
        return fixes.Count > 0 ? fixes.DrainToImmutable() : throw new FormatException("it has no position");
    }

    private static Fix ReadFix(ref StrictJson json, int index, ref long last)
    {
        var seconds = json.Whole("the time of a position");
        var (latitude, longitude) = (json.Number("a latitude"), json.Number("a longitude"));
        json.Take(JsonTokenType.EndArray, "what comes after a longitude");
        if (seconds <= last)
        {
            throw new FormatException($"position {index} is not later than the one before");
        }

        last = seconds;
        return Position.Problem(latitude, longitude) is null
            ? new Fix(DateTimeOffset.FromUnixTimeSeconds(seconds), new Position(latitude, longitude))
            : throw new FormatException($"position {index} is not on the earth: latitudes go from -90 to 90, longitudes from -180 to 180");
    }

    private static ProfileException Malformed(string reason) =>
        new(ProfileProblem.MalformedContent, $"The content of the profile is refused: {reason}. Its member has to publish it again.");
}
