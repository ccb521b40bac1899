namespace Workers.Standalone.PersonalData;

/// <summary>The value of <c>--space</c>.</summary>
internal static class SpaceArgument
{
    /// <summary>What is wrong with it, or null.</summary>
    public static string? Problem(string value)
    {
        if (value.Split('=', 2) is not [{ Length: > 0 } tag, { Length: > 0 } folder])
        {
            return $"--space takes TAG=PATH, such as mail=/home/me/mail; '{value}' is not of that form.";
        }

        if (!Sample.Tags.Contains(tag))
        {
            return $"'{tag}' is not a tag of the sample application; its tags are {string.Join(", ", Sample.Tags)}.";
        }

        return Directory.Exists(Resolve(folder)) ? null : $"The folder '{folder}' of --space {tag} does not exist.";
    }

    public static (string Tag, string Folder) Parse(string value) =>
        value.Split('=', 2) is [var tag, var folder] ? (tag, Resolve(folder)) : throw new ArgumentException(Problem(value), nameof(value));

    // ./run works in the checkout; a relative path is meant from where the person stands.
    private static string Resolve(string folder) =>
        Path.GetFullPath(folder, Environment.GetEnvironmentVariable("RUN_FROM") ?? Environment.CurrentDirectory);
}
