namespace Workers.Hosting.Cryptography;

/// <summary>A file that holds one secret: made with random bytes at first start, mode 0600, refused when others can read it.</summary>
public static class SecretFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads the secret, or makes it when the file does not exist yet. Two processes that start at once agree on one.</summary>
    /// <param name="path">The file; its folder is made with mode 0700 if need be.</param>
    /// <param name="length">Bytes that the secret has.</param>
    /// <exception cref="SecretFileException">Another length, or readable by others.</exception>
    public static Secret LoadOrCreate(string path, int length)
    {
        if (!File.Exists(path))
        {
            Create(path, length);
        }

        return Load(path, length);
    }

    private static Secret Load(string path, int length)
    {
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, BufferSize = 0 });
        RefuseOthers(file);
        if (file.Length != length)
        {
            throw new SecretFileException($"'{path}' has {file.Length} bytes instead of {length}. Restore it from a backup: without it, what it protects is lost.");
        }

        return Secret.Create(length, file, static (bytes, source) => source.ReadExactly(bytes));
    }

    /// <summary>Refuses a file with a secret that other users can read.</summary>
    /// <exception cref="SecretFileException">They can.</exception>
    internal static void RefuseOthers(FileStream file)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & ~(OwnerOnly | UnixFileMode.UserExecute)) != UnixFileMode.None)
        {
            throw new SecretFileException($"'{file.Name}' can be read by other users. Find out who did, replace the secret if in doubt, then: chmod 600 '{file.Name}'");
        }
    }

    private static void Create(string path, int length)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        }

        // Written under another name first, so that a crash never leaves a short secret and nobody reads a half-written one.
        var temporary = $"{path}.{Guid.NewGuid():n}";
        try
        {
            using (var secret = Secret.Random(length))
            using (var file = new FileStream(temporary, CreateOptions()))
            {
                file.Write(secret.Reveal());
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was first; its secret is the one.
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static FileStreamOptions CreateOptions()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return options;
    }
}

/// <summary>A secret's file that cannot be used as it is; the message says what to do.</summary>
public sealed class SecretFileException(string message) : Exception(message);
