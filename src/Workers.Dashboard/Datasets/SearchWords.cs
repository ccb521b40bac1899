using System.Globalization;
using System.Text;

namespace Workers.Dashboard.Datasets;

/// <summary>
/// Words as they are searched: lower case, Latin letters without accents, letters and digits only. A dataset matches when each word of a search begins one of its words.
/// Unlike FTS5 or pg_trgm this is one table with an ordinary index on both databases.
/// </summary>
internal static class SearchWords
{
    /// <summary>Words that are kept of one dataset.</summary>
    public const int MaxPerDataset = 256;

    /// <summary>Words of one search that count.</summary>
    public const int MaxPerSearch = 8;

    /// <summary>Longer words are cut; a token's id in full has 66 characters.</summary>
    private const int MaxLength = 66;

    // The platform's Unicode normalisation needs ICU, which the product does without: Latin letters with a mark, and without it.
    private const string Marked = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿāăąćĉċčďēĕėęěĝğġģĥĩīĭįĵķĺļľńņňōŏőŕŗřśŝşšţťũūŭůűųŵŷźżž";
    private const string Plain = "aaaaaaceeeeiiiinooooouuuuyyaaaccccdeeeeegggghiiiijklllnnnooorrrssssttuuuuuuwyzzz";

    /// <summary>Past every word that begins with <paramref name="word"/>, in the order of code points.</summary>
    public static string EndOf(string word) => word + "\U0010FFFF";

    /// <summary>The words of a search.</summary>
    public static IReadOnlyList<string> OfSearch(string? text) => [.. Of(text is { Length: > 400 } ? text[..400] : text).Take(MaxPerSearch)];

    /// <summary>The words under which a dataset is found: who and what it is on chain, then name, tags, format, file, columns and description.</summary>
    /// <param name="metadata">Null while there is none.</param>
    public static IReadOnlyList<string> OfDataset(DatasetMetadata? metadata, string tokenId, string publisher)
    {
        string[] texts = metadata is null ? [] : [metadata.Name, .. metadata.Tags, metadata.Format, metadata.File, .. metadata.Columns, metadata.Description ?? ""];
        return [.. new[] { tokenId, publisher }.Concat(texts.SelectMany(Of)).Distinct(StringComparer.Ordinal).Take(MaxPerDataset)];
    }

    /// <summary>The different words of a text, in its order.</summary>
    public static IEnumerable<string> Of(string? text)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        var word = new StringBuilder();
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
            {
                word.Append(PlainOf(Rune.ToLowerInvariant(rune)));
            }
            else if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark) && Take(word, words) is { } taken)
            {
                yield return taken;
            }
        }

        if (Take(word, words) is { } last)
        {
            yield return last;
        }
    }

    private static string PlainOf(Rune rune) =>
        rune.IsBmp && Marked.IndexOf((char)rune.Value, StringComparison.Ordinal) is >= 0 and var at ? Plain[at].ToString() : rune.ToString();

    private static string? Take(StringBuilder word, HashSet<string> words)
    {
        var text = word.Length > MaxLength ? word.ToString(0, char.IsHighSurrogate(word[MaxLength - 1]) ? MaxLength - 1 : MaxLength) : word.ToString();
        word.Clear();
        return text.Length > 0 && words.Add(text) ? text : null;
    }
}
