using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Workers.Dashboard.Datasets;

/// <summary>What a dataset's token says about it (docs/dataset-metadata.md). Anybody can publish any bytes, so every rule is checked here.</summary>
internal sealed record DatasetMetadata(
    string Name, string? Description, string File, string Format, long Units, long Bytes, IReadOnlyList<string> Tags, IReadOnlyList<string> Columns, string? Delivery)
{
    public const int MaxBytes = 64 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>Reads the bytes, or says as a sentence which rule they break.</summary>
    public static (DatasetMetadata? Metadata, string? Problem) Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            if (bytes.Length > MaxBytes)
            {
                return (null, $"The metadata has more than {MaxBytes} bytes.");
            }

            if (!Utf8.IsValid(bytes.Span))
            {
                return (null, "The metadata is not UTF-8.");
            }

            using var document = JsonDocument.Parse(bytes, Strict);
            return (Of(document.RootElement), null);
        }
        catch (JsonException)
        {
            return (null, "The metadata is not JSON, names something twice, or nests too deeply.");
        }
        catch (BrokenRuleException e)
        {
            return (null, e.Message);
        }
    }

    private static DatasetMetadata Of(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            throw new BrokenRuleException("The metadata is no object with an object 'properties'.");
        }

        var format = Text(properties, "format", 1, 6);
        if (format is not ("blocks" or "lines" or "csv"))
        {
            throw new BrokenRuleException("'format' is not blocks, lines or csv.");
        }

        var file = Text(properties, "file", 1, 120);
        if (file.AsSpan().ContainsAny('/', '\\') || file.Any(char.IsControl) || file is "." or "..")
        {
            throw new BrokenRuleException("'file' is no file name.");
        }

        var columns = Texts(properties, "columns", 256, 120);
        if (columns.Count > 0 && format != "csv")
        {
            throw new BrokenRuleException("Only csv has 'columns'.");
        }

        return new DatasetMetadata(
            Text(root, "name", 1, 120),
            root.TryGetProperty("description", out _) ? Text(root, "description", 0, 4_000) : null,
            file,
            format,
            Count(properties, "units"),
            Count(properties, "bytes"),
            Texts(properties, "tags", 16, 40),
            columns,
            properties.TryGetProperty("delivery", out _) ? Address(Text(properties, "delivery", 1, 2_000)) : null);
    }

    private static string Text(JsonElement parent, string name, int minimum, int maximum) =>
        parent.TryGetProperty(name, out var value) ? Checked(value, name, minimum, maximum) : throw new BrokenRuleException($"'{name}' is missing.");

    private static string Checked(JsonElement value, string name, int minimum, int maximum)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw new BrokenRuleException($"'{name}' is no text.");
        }

        string text;
        try
        {
            text = value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new BrokenRuleException($"'{name}' escapes half a character.");
        }

        // PostgreSQL keeps no U+0000, and no reader could see it.
        var length = text.EnumerateRunes().Count();
        return length < minimum || length > maximum ? throw new BrokenRuleException($"'{name}' does not have {minimum} to {maximum} characters.")
            : minimum > 0 && string.IsNullOrWhiteSpace(text) ? throw new BrokenRuleException($"'{name}' is blank.")
            : text.Contains('\0', StringComparison.Ordinal) ? throw new BrokenRuleException($"'{name}' holds the character U+0000.")
            : text;
    }

    private static List<string> Texts(JsonElement parent, string name, int count, int maximum)
    {
        if (!parent.TryGetProperty(name, out var list))
        {
            return [];
        }

        return list.ValueKind == JsonValueKind.Array && list.GetArrayLength() <= count
            ? [.. list.EnumerateArray().Select(item => Checked(item, name, 1, maximum))]
            : throw new BrokenRuleException($"'{name}' is no list of at most {count} texts.");
    }

    private static long Count(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count >= 1
            ? count
            : throw new BrokenRuleException($"'{name}' is no whole number from 1 on.");

    private static string Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri.AbsoluteUri : throw new BrokenRuleException("'delivery' is no http or https address.");

    private sealed class BrokenRuleException(string message) : Exception(message);
}
