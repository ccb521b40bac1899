using System.Globalization;
using System.Security;
using System.Text;

namespace Experiments.Charts;

/// <summary>What all pictures have: a light background of their own, so that they read the same on light and dark pages, and a title.</summary>
internal static class Svg
{
    /// <summary>Okabe and Ito's palette, safe for colour-blind readers.</summary>
    public static IReadOnlyList<string> Colours { get; } = ["#0072b2", "#d55e00", "#007a5a", "#a04a80", "#8c6d00"];

    /// <summary>Opens a picture and writes its title and subtitle.</summary>
    public static StringBuilder Open(double width, double height, string title, string subtitle) => new StringBuilder().Append(
        CultureInfo.InvariantCulture,
        $"""
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="title subtitle" font-family="system-ui, 'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', sans-serif" font-size="14" fill="#24292f">
        <title id="title">{Escape(title)}</title>
        <desc id="subtitle">{Escape(subtitle)}</desc>
        <rect width="{width}" height="{height}" rx="8" fill="#ffffff"/>
        <text x="24" y="34" font-size="18" font-weight="600">{Escape(title)}</text>
        <text x="24" y="57" fill="#57606a">{Escape(subtitle)}</text>

        """);

    /// <summary>About how wide a text is at 14 px: SVG cannot measure it, 7.4 px is about the mean width of a letter.</summary>
    public static double WidthOf(string text) => 7.4 * text.Length;

    /// <summary>A text without markup.</summary>
    public static string Escape(string text) => SecurityElement.Escape(text);
}
