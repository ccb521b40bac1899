namespace Testing;

/// <summary>Finds the project's own files from a test that runs in its output directory.</summary>
public static class RepositoryFiles
{
    /// <summary>The top directory: the nearest one above the running test that holds Workers.sln.</summary>
    public static string Top { get; } = FindTop();

    /// <summary>A path under the top directory.</summary>
    /// <param name="parts">Names below the top, in order.</param>
    /// <returns>An absolute path; whether it exists is not checked.</returns>
    public static string At(params string[] parts) => Path.Combine([Top, .. parts]);

    private static string FindTop()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Workers.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"No Workers.sln above {AppContext.BaseDirectory}: run the tests inside the source tree.");
    }
}
