using System.Text;

namespace Mechanisms.Mobility;

/// <summary>A file's bytes, taken up to a limit, so that one that never ends is refused; and its lines.</summary>
/// <param name="file">Its name, for messages.</param>
/// <param name="bytes">Its whole content.</param>
internal sealed class FileText(string file, ReadOnlyMemory<byte> bytes)
{
    private const int FirstBuffer = 64 << 10;

    /// <summary>UTF-8 that refuses bytes that are none.</summary>
    public static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private int start = bytes.Span.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;

    /// <summary>All bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>The number of the line that was read last; 0 before the first.</summary>
    public int Line { get; private set; }

    /// <summary>Reads a stream to its end.</summary>
    /// <exception cref="MobilityFileException">It has more bytes than allowed; the rest is not read.</exception>
    public static async Task<FileText> ReadAsync(string file, Stream source, MobilityLimits limits, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(file);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(limits);
        var buffer = new byte[Math.Min(FirstBuffer, limits.MaxBytes + 1)];
        var length = 0;
        while (true)
        {
            var read = await source.ReadAsync(buffer.AsMemory(length), cancellationToken);
            length += read;
            if (read == 0)
            {
                return new FileText(file, buffer.AsMemory(0, length));
            }

            if (length > limits.MaxBytes)
            {
                throw new MobilityFileException(file, LineAt(buffer, length - 1), $"the file has more than the {limits.MaxBytes} bytes that are allowed here.");
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min(2L * length, limits.MaxBytes + 1L));
            }
        }
    }

    /// <summary>The next line without its end (LF or CRLF); null after the last one.</summary>
    /// <exception cref="MobilityFileException">It is too long, or no UTF-8.</exception>
    public string? ReadLine(MobilityLimits limits)
    {
        var rest = bytes.Span[start..];
        if (rest.IsEmpty)
        {
            return null;
        }

        Line++;
        var end = rest.IndexOf((byte)'\n');
        var line = end < 0 ? rest : rest[..end];
        start += end < 0 ? rest.Length : end + 1;
        line = line.EndsWith("\r"u8) ? line[..^1] : line;
        if (line.Length > limits.MaxLineBytes)
        {
            throw Fault($"the line has {line.Length} bytes; {limits.MaxLineBytes} are allowed here.");
        }

        try
        {
            return Strict.GetString(line);
        }
        catch (DecoderFallbackException fault)
        {
            throw new MobilityFileException(file, Line, $"byte {fault.Index + 1} of the line is not UTF-8; save the file in that encoding.", fault);
        }
    }

    /// <summary>What is wrong with the line that was read last.</summary>
    public MobilityFileException Fault(string reason) => new(file, Math.Max(1, Line), reason);

    /// <summary>The number of the line, from 1, in which a byte lies.</summary>
    public static int LineAt(ReadOnlySpan<byte> bytes, long offset) => 1 + bytes[..(int)offset].Count((byte)'\n');
}
