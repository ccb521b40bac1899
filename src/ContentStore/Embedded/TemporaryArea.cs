namespace ContentStore.Embedded;

/// <summary>
/// A directory of one store instance for files under way, below <c>tmp/</c>. The instance holds an exclusive lock on
/// <c>tmp/NAME.lock</c> as long as it lives, so whoever can take that lock knows that <c>tmp/NAME/</c> is a dead instance's and may
/// remove it. The kernel drops the lock when a process dies.
/// </summary>
internal sealed class TemporaryArea : IDisposable
{
    private readonly FileStream _lock;
    private readonly string _directory;
    private long _count;

    public TemporaryArea(string parent)
    {
        Directory.CreateDirectory(parent);
        RemoveLeftovers(parent);
        (_lock, _directory) = Claim(parent);
    }

    /// <summary>A path that no other call, instance or process uses.</summary>
    public string NewPath() => Path.Combine(_directory, Interlocked.Increment(ref _count).ToString());

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
