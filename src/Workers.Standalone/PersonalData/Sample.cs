namespace Workers.Standalone.PersonalData;

/// <summary>The mail application and the mailbox that the project ships.</summary>
internal static class Sample
{
    /// <summary>The tags of <c>samples/mail-application/config.json</c>.</summary>
    public static IReadOnlyList<string> Tags { get; } = ["mail", "attachments", "contacts"];

    public static string Application => Find("mail-application");

    public static string Mailbox(string tag) => Path.Combine(Find("mailbox"), tag);

    private static string Find(string name)
    {
        for (var directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            var candidate = Path.Combine(directory, "samples", name);
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException($"samples/{name} is not above {AppContext.BaseDirectory}: run this from a checkout of the project.");
    }
}
