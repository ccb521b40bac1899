namespace Experiments;

/// <summary>Where an experiment's files go.</summary>
internal static class OutputFolder
{
    /// <summary>Makes the folder before the work, so that one that can't be written costs no minute, and says so also when it can't be written afterwards.</summary>
    /// <returns>The command's exit code.</returns>
    public static async Task<int> FillAsync(string folder, Func<Task<int>> work)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return await work();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"Can't write to '{folder}': {error.Message} Choose another folder with --out.");
            return 1;
        }
    }

    /// <summary>Writes texts into the folder.</summary>
    public static async Task WriteAsync(string folder, IEnumerable<(string Name, string Content)> files, CancellationToken cancellationToken)
    {
        foreach (var (name, content) in files)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, name), content, cancellationToken);
        }
    }
}
