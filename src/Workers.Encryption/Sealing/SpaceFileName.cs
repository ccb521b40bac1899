using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Workers.Encryption.Sealing;

/// <summary>Names of files inside a sealed space: relative, parts separated by '/', safe to create below a folder.</summary>
internal static class SpaceFileName
{
    /// <summary>Longest name in bytes of UTF-8.</summary>
    public const int MaxLength = 1024;

    private const int MaxPartLength = 255; // NAME_MAX
    private const int MaxDepth = 64;

    /// <summary>Whether a file of this name can be sealed, and created by whoever opens it; says why not.</summary>
    public static bool IsSafe(string name, [NotNullWhen(false)] out string? reason)
    {
        reason = Reason(name);
        return reason is null;
    }

    private static string? Reason(string name)
    {
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > MaxLength)
        {
            return $"is empty or longer than {MaxLength} bytes";
        }

        foreach (var rune in name.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar)
            {
                return "is not valid UTF-8";
            }

            if (Rune.IsControl(rune) || rune.Value == '\\')
            {
                return "contains a control character or a backslash";
            }
        }

        var parts = name.Split('/');
        if (parts.Length > MaxDepth)
        {
            return $"is nested deeper than {MaxDepth} folders";
        }

        foreach (var part in parts)
        {
            if (part is "" or "." or "..")
            {
                return "is absolute, or has an empty, \".\" or \"..\" part";
            }

            if (Encoding.UTF8.GetByteCount(part) > MaxPartLength)
            {
                return $"has a part longer than {MaxPartLength} bytes";
            }
        }

        return null;
    }
}
