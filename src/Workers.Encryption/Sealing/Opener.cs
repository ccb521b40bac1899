using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Sealing;

/// <summary>What came out of a sealed blob.</summary>
/// <param name="Files">Number of files.</param>
/// <param name="Bytes">Bytes of all files together.</param>
public sealed record OpenedSpace(int Files, long Bytes);

/// <summary>Opens sealed blobs into folders.</summary>
public static class Opener
{
    private const int BufferLength = 256 << 10;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Opens a blob and writes its files into a new folder. They are written beside it first, under "(name).opening", and the folder gets its name when
    /// everything was authenticated, so a failure or a crash never leaves a folder that looks complete. Memory: about three chunks.
    /// </summary>
    /// <param name="sealedBlob">The blob, read once from where it stands to its end.</param>
    /// <param name="key">The period's key.</param>
    /// <param name="context">What the blob must have been sealed for.</param>
    /// <param name="destination">A folder that does not exist yet.</param>
    /// <param name="limits">How much may be written.</param>
    /// <param name="cancellationToken">Stops and removes what was written.</param>
    /// <exception cref="SealedBlobException">The blob is refused; nothing was left on disk.</exception>
    /// <exception cref="IOException">The destination exists, or the disk refused.</exception>
    public static async Task<OpenedSpace> OpenAsync(
        Stream sealedBlob, Secret key, SealContext context, string destination, OpenLimits limits, CancellationToken cancellationToken)
    {
        destination = Path.TrimEndingDirectorySeparator(Path.GetFullPath(destination));
        if (Path.Exists(destination))
        {
            throw new IOException($"'{destination}' exists already. Files are opened into a new folder only, so that none is overwritten.");
        }

        using var reader = await ChunkReader.OpenAsync(sealedBlob, key, context, cancellationToken);
        var temporary = destination + ".opening";
        DeleteFolder(temporary); // left by a crash
        CreateFolder(temporary);
        try
        {
            var opened = await ExtractAsync(new ArchiveReader(reader), temporary, limits, cancellationToken);
            Directory.Move(temporary, destination);
            return opened;
        }
        finally
        {
            DeleteFolder(temporary);
        }
    }

    private static async Task<OpenedSpace> ExtractAsync(ArchiveReader archive, string folder, OpenLimits limits, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferLength];
        var files = 0;
        long bytes = 0;
        while (await archive.NextAsync(cancellationToken) is { } file)
        {
            if (++files > limits.MaxFiles || file.Size > limits.MaxBytes - bytes)
            {
                throw new SealedBlobException(
                    SealedBlobError.TooLarge, $"The blob holds more than the {limits.MaxFiles} files or {limits.MaxBytes} bytes that are allowed here.");
            }

            await using var output = Create(folder, file.Name);
            while (await archive.ReadAsync(buffer, cancellationToken) is var read and > 0)
            {
                await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            bytes += file.Size;
            File.SetLastWriteTimeUtc(output.SafeFileHandle, file.ModifiedAt.UtcDateTime);
        }

        return new OpenedSpace(files, bytes);
    }

    private static FileStream Create(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        try
        {
            // The temporary folder is ours alone and holds no links, so a safe relative name cannot lead out of it.
            CreateFolder(Path.GetDirectoryName(path)!);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            return new FileStream(path, options);
        }
        catch (IOException e) when (Path.Exists(path) || IsBelowFile(folder, name))
        {
            throw new SealedBlobException(SealedBlobError.UnsafeContent, $"The blob holds two files that cannot both be written: '{name}' and one of the same name or inside it.", e);
        }
    }

    private static bool IsBelowFile(string folder, string name)
    {
        for (var slash = name.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = name.IndexOf('/', slash + 1))
        {
            if (File.Exists(Path.Combine(folder, name[..slash])))
            {
                return true;
            }
        }

        return false;
    }

    private static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    private static void DeleteFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
