using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ethereum;

namespace Workers.Encryption.Applications;

/// <summary>A kind of data that an application keeps: one space and one key per period for each.</summary>
/// <param name="Tag">Lower-case name, also the name of the space's folder.</param>
/// <param name="Description">What the data is, for people.</param>
public sealed record ApplicationTag(string Tag, string Description);

/// <summary>What a package's config.json says: <c>{"name", "version"?, "provider"?, "tags": [{"tag", "description"}]}</c>. Other members are ignored.</summary>
/// <param name="Name">The application's name, 1 to 100 characters.</param>
/// <param name="Version">The application's version, at most 50 characters.</param>
/// <param name="Tags">1 to 256 different tags.</param>
/// <param name="Provider">The account of the provider, so that nobody else can pass for it on chain by commissioning the package first.</param>
public sealed partial record ApplicationPackage(string Name, string? Version, IReadOnlyList<ApplicationTag> Tags, Address? Provider = null)
{
    /// <summary>Name of the file that describes the application.</summary>
    public const string ConfigName = "config.json";

    /// <summary>Longest config.json in bytes.</summary>
    public const int MaxConfigBytes = 256 << 10;

    private const int MaxTags = 256;
    private const int MaxDepth = 8;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a config.json that may come from anybody.</summary>
    /// <exception cref="ApplicationPackageException">Anything is wrong with it; the message says what.</exception>
    public static ApplicationPackage ParseConfig(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaxConfigBytes)
        {
            throw new ApplicationPackageException($"{ConfigName} has {json.Length} bytes; at most {MaxConfigBytes} are allowed.");
        }

        try
        {
            _ = StrictUtf8.GetCharCount(json.Span);
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            return Read(document.RootElement);
        }
        catch (DecoderFallbackException e)
        {
            throw new ApplicationPackageException($"{ConfigName} is not valid UTF-8.", e);
        }
        catch (JsonException e)
        {
            throw new ApplicationPackageException($"{ConfigName} is not valid JSON, names a member twice, or is nested deeper than {MaxDepth}: {e.Message}", e);
        }
    }

    private static ApplicationPackage Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new ApplicationPackageException($"{ConfigName} must be an object with \"name\" and \"tags\".");
        }

        var name = Text(root, "name", 100) ?? throw new ApplicationPackageException($"{ConfigName} has no \"name\".");
        if (!root.TryGetProperty("tags", out var tags) || tags.ValueKind != JsonValueKind.Array || tags.GetArrayLength() is 0 or > MaxTags)
        {
            throw new ApplicationPackageException($"\"tags\" in {ConfigName} must be a list of 1 to {MaxTags} tags.");
        }

        var found = new List<ApplicationTag>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var element in tags.EnumerateArray())
        {
            var tag = ReadTag(element);
            found.Add(names.Add(tag.Tag) ? tag : throw new ApplicationPackageException($"The tag \"{tag.Tag}\" stands twice in {ConfigName}."));
        }

        return new ApplicationPackage(name, Text(root, "version", 50), found, ReadProvider(root));
    }

    private static Address? ReadProvider(JsonElement root) =>
        Text(root, "provider", 42) is not { } text ? null
        : Address.TryParse(text, null, out var provider) ? provider
        : throw new ApplicationPackageException($"\"provider\" in {ConfigName} is not an address: 0x and 40 hexadecimal digits.");

    private static ApplicationTag ReadTag(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new ApplicationPackageException($"Each of \"tags\" in {ConfigName} must be an object with \"tag\" and \"description\".");
        }

        var tag = Text(element, "tag", 64) ?? throw new ApplicationPackageException($"One of \"tags\" in {ConfigName} has no \"tag\".");
        if (!TagName().IsMatch(tag))
        {
            throw new ApplicationPackageException($"The tag \"{tag}\" is not allowed: a tag has 1 to 64 of a–z, 0–9, '.', '_' and '-', and starts with a letter or digit.");
        }

        return new ApplicationTag(tag, Text(element, "description", 1000) ?? throw new ApplicationPackageException($"The tag \"{tag}\" has no \"description\"."));
    }

    private static string? Text(JsonElement element, string name, int maxLength)
    {
        if (!element.TryGetProperty(name, out var value))
        {
            return null;
        }

        // GetString refuses lone surrogates, which JSON can escape but no text has.
        string? text = null;
        try
        {
            text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException e)
        {
            throw new ApplicationPackageException($"\"{name}\" in {ConfigName} is not valid Unicode.", e);
        }

        return text is { Length: > 0 } && text.Length <= maxLength && !text.Any(char.IsControl)
            ? text
            : throw new ApplicationPackageException($"\"{name}\" in {ConfigName} must be a text of 1 to {maxLength} characters without control characters.");
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,63}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TagName();
}

/// <summary>An application package that is refused; the message says what is wrong, for the person who installs it.</summary>
public sealed class ApplicationPackageException(string message, Exception? inner = null) : Exception(message, inner);
