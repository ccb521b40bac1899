using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace ContentStore.Embedded;

/// <summary>
/// The three steps of a file system that .NET does not offer: making a directory entry durable, linking, and both in the right
/// order. On Windows, where a directory cannot be synced, the file's own flush has to do.
/// </summary>
internal static partial class DurableFile
{
    /// <summary>Puts a written file in its final place, so that after a power cut there is the whole file or none.</summary>
    /// <param name="handle">The open temporary file.</param>
    /// <param name="temporary">Its path, on the same file system as <paramref name="final"/>.</param>
    /// <param name="final">The final path; a file that is there is replaced.</param>
    public static void Commit(SafeFileHandle handle, string temporary, string final)
    {
        RandomAccess.FlushToDisk(handle);
        File.Move(temporary, final, overwrite: true);
        SyncDirectory(Path.GetDirectoryName(final)!);
    }

    /// <summary>Makes the entries of a directory durable (fsync(2) on the directory).</summary>
    public static void SyncDirectory(string directory)
    {
        if (!OperatingSystem.IsWindows())
        {
            SyncUnixDirectory(directory);
        }
    }

    /// <summary>Makes a second name for a file (link(2)). False when the file system cannot, for instance because it is another one.</summary>
    public static bool TryLink(string existing, string link) =>
        !OperatingSystem.IsWindows() && UnixLink(existing, link) == 0;

    [UnsupportedOSPlatform("windows")]
    private static void SyncUnixDirectory(string directory)
    {
        const int readOnly = 0; // O_RDONLY
        var descriptor = UnixOpen(directory, readOnly);
        if (descriptor < 0)
        {
            throw new IOException($"Cannot open directory '{directory}' to sync it: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        try
        {
            if (UnixFsync(descriptor) != 0)
            {
                throw new IOException($"Cannot sync directory '{directory}': {Marshal.GetLastPInvokeErrorMessage()}.");
            }
        }
        finally
        {
            _ = UnixClose(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int UnixOpen(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int UnixFsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int UnixClose(int descriptor);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int UnixLink(string existing, string link);
}
