using System.Globalization;
using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>The rules for docs/decisions: 0001-what-was-decided.md, 0002-…, without gaps, each with its date.</summary>
internal static partial class DecisionRecords
{
    /// <summary>How many lines from the top a record's date may stand.</summary>
    private const int HeadLines = 10;

    /// <summary>A sentence for every file that breaks a rule. A README.md beside the records is left alone.</summary>
    /// <param name="files">File names and texts, in any order.</param>
    public static IEnumerable<string> Violations(IEnumerable<(string Name, string Text)> files)
    {
        var expected = 1;
        foreach (var (name, text) in files.Where(file => !string.Equals(file.Name, "README.md", StringComparison.Ordinal)).OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            var match = FileName().Match(name);
            if (!match.Success)
            {
                yield return $"{name} is not named like 0001-what-was-decided.md.";
                continue;
            }

            var number = int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
            if (number != expected)
            {
                yield return $"{name} is number {number} where {expected} follows.";
            }

            expected = number + 1;
            if (!HasDate(text))
            {
                yield return $"{name} has no date (yyyy-mm-dd) in its first {HeadLines} lines.";
            }
        }
    }

    private static bool HasDate(string text) => text.Split('\n').Take(HeadLines)
        .SelectMany(line => IsoDate().Matches(line))
        .Any(match => DateOnly.TryParseExact(match.Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _));

    [GeneratedRegex(@"^(?<number>[0-9]{4})-[a-z0-9]+(-[a-z0-9]+)*\.md$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FileName();

    [GeneratedRegex(@"\b20[0-9]{2}-[0-9]{2}-[0-9]{2}\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IsoDate();
}
