namespace Bench.Shared;

/// <summary>Where this benchmark was built from.</summary>
internal static class SourceTree
{
    /// <summary>The folder of Workers.sln.</summary>
    public static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Workers.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("Run it inside the source tree.");
        }

        return directory.FullName;
    }
}
