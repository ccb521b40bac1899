namespace Architecture.Tests;

/// <summary>Fails a test with every violation in full, where a collection's own message would be cut short.</summary>
internal static class Rule
{
    public static void Holds(IEnumerable<string> violations)
    {
        var found = violations.ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }
}
