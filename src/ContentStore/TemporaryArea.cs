namespace ContentStore;

/// <summary>
/// A directory of one instance for files under way, below a parent that instances share. The instance holds an exclusive lock on
/// <c>PARENT/NAME.lock</c> as long as it lives, so whoever can take that lock knows that <c>PARENT/NAME/</c> is a dead instance's and
/// may remove it; the next instance to start does. The kernel drops the lock when a process dies.
/// </summary>
public sealed class TemporaryArea : IDisposable
{
    private readonly FileStream _lock;
    private readonly string _directory;
    private long _count;

    /// <summary>Removes what dead instances left below the parent and claims a directory of its own there.</summary>
    /// <param name="parent">Made if it is not there.</param>
    public TemporaryArea(string parent)
    {
        Directory.CreateDirectory(parent);
        RemoveLeftovers(parent);
        (_lock, _directory) = Claim(parent);
    }

    /// <summary>A path that no other call, instance or process uses.</summary>
    public string NewPath() => Path.Combine(_directory, Interlocked.Increment(ref _count).ToString());

    /// <summary>Removes the directory with everything in it.</summary>
    public void Dispose()
    {
        Directory.Delete(_directory, recursive: true);
        File.Delete(_lock.Name);
        _lock.Dispose();
    }

    private static (FileStream Lock, string Directory) Claim(string parent)
    {
        while (true)
        {
            var directory = Path.Combine(parent, Guid.NewGuid().ToString("n"));
            var held = TryLock(directory + ".lock");
            if (held is null)
            {
                continue;
            }

            // Another instance's clean-up may have removed the file between its creation and its lock.
            if (File.Exists(held.Name))
            {
                Directory.CreateDirectory(directory);
                return (held, directory);
            }

            held.Dispose();
        }
    }

    private static void RemoveLeftovers(string parent)
    {
        foreach (var path in Directory.GetFiles(parent, "*.lock"))
        {
            using var held = TryLock(path);
            if (held is null)
            {
                continue;
            }

            var directory = path[..^".lock".Length];
            if (Directory.Exists(directory))
            {
                Directory.Delete(directory, recursive: true);
            }

            File.Delete(path);
        }
    }

    private static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null; // somebody alive holds it
        }
    }
}
