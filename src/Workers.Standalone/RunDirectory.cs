namespace Workers.Standalone;

/// <summary>The folder of one <c>./run</c>: keys and databases in it serve one process at a time.</summary>
internal static class RunDirectory
{
    private const string Lock = "lock";

    /// <summary>How .NET reports a file that somebody else holds: EWOULDBLOCK of flock(2), or Windows' sharing violation.</summary>
    private const int WouldBlock = 11, SharingViolation = unchecked((int)0x80070020);

    /// <summary>A folder under <c>.run/</c> that no other run has, also when two start in the same second.</summary>
    public static string New() => Path.GetFullPath(
        Path.Combine(".run", $"{TimeProvider.System.GetLocalNow():yyyyMMdd-HHmmss}-{Environment.ProcessId}"));

    /// <summary>Makes the folder, or takes an empty one, and holds it until it is disposed of or the process ends, however it ends.</summary>
    /// <param name="directory">Absolute.</param>
    /// <param name="problem">Why it cannot be taken, for a person; otherwise null.</param>
    /// <returns>Null when it cannot be taken.</returns>
    public static IDisposable? TryHold(string directory, out string? problem)
    {
        Directory.CreateDirectory(directory);
        FileStream hold;
        try
        {
            hold = new FileStream(Path.Combine(directory, Lock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.HResult is WouldBlock or SharingViolation)
        {
            problem = $"Another ./run works in {directory}: stop it, or name another folder with --data.";
            return null;
        }

        if (Directory.EnumerateFileSystemEntries(directory).Any(entry => !string.Equals(Path.GetFileName(entry), Lock, StringComparison.Ordinal)))
        {
            hold.Dispose();
            problem = $"{directory} is not empty. The chain of a run ends with it, so its databases serve no other: name a new folder with --data.";
            return null;
        }

        problem = null;
        return hold;
    }
}
