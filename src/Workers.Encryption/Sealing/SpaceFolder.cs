using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace Workers.Encryption.Sealing;

/// <summary>What is in a space's folder.</summary>
/// <param name="Files">Regular files with names that can be sealed.</param>
/// <param name="Refused">Everything else but folders: links, pipes, sockets, devices, unsafe names.</param>
public sealed record SpaceListing(IReadOnlyList<SpaceFile> Files, IReadOnlyList<RefusedFile> Refused);

/// <summary>Looks into a space's folder.</summary>
public static class SpaceFolder
{
    private static readonly EnumerationOptions EveryEntry = new() { RecurseSubdirectories = false, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    /// <summary>Lists a folder and the folders in it, hidden ones too. No link is followed.</summary>
    /// <exception cref="IOException">The folder, or one in it, cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder, or one in it, cannot be read.</exception>
    public static SpaceListing List(string folder, CancellationToken cancellationToken)
    {
        var files = new List<SpaceFile>();
        var refused = new List<RefusedFile>();
        var pending = new Stack<string>([""]);
        while (pending.TryPop(out var prefix))
        {
            foreach (var entry in new DirectoryInfo(Path.Combine(folder, prefix)).EnumerateFileSystemInfos("*", EveryEntry))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var name = prefix + entry.Name;
                if (!SpaceFileName.IsSafe(name, out var reason))
                {
                    refused.Add(new RefusedFile(name, reason));
                }
                else if (entry.LinkTarget is not null)
                {
                    refused.Add(new RefusedFile(name, "is a symbolic link; links are not followed"));
                }
                else if (entry is DirectoryInfo)
                {
                    pending.Push(name + "/");
                }
                else if (!IsRegular(entry.FullName))
                {
                    refused.Add(new RefusedFile(name, "is a pipe, socket or device"));
                }
                else if (entry is FileInfo { Exists: true } file)
                {
                    files.Add(new SpaceFile(name, file.Length, new DateTimeOffset(file.LastWriteTimeUtc)));
                }
            }
        }

        return new SpaceListing(files, refused);
    }

    /// <summary>Whether a file is still this version; asked before the owner's copy is removed.</summary>
    public static bool Holds(string folder, SpaceFile file)
    {
        var info = new FileInfo(Path.Combine(folder, file.Name));
        return info.Exists && info.LinkTarget is null && info.Length == file.Size && info.LastWriteTimeUtc == file.ModifiedAt.UtcDateTime;
    }

    /// <summary>.NET does not tell a pipe from a file, and opening a pipe would wait for ever; statx(2) tells, with one layout on every architecture.</summary>
    private static bool IsRegular(string path)
    {
        const int currentFolder = -100; // AT_FDCWD
        const int noFollow = 0x100; // AT_SYMLINK_NOFOLLOW
        const uint wantType = 1; // STATX_TYPE
        const int modeOffset = 28; // stx_mode, 16 bits
        const int typeMask = 0xF000; // S_IFMT
        const int regular = 0x8000; // S_IFREG
        const int notFound = 2; // ENOENT
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        var buffer = new byte[256];
        if (Statx(currentFolder, [.. Encoding.UTF8.GetBytes(path), 0], noFollow, wantType, buffer) == 0)
        {
            return (BitConverter.ToUInt16(buffer, modeOffset) & typeMask) == regular;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == notFound ? true : throw new IOException($"Cannot look at '{path}': {new Win32Exception(error).Message}");
    }

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int folder, byte[] path, int flags, uint mask, byte[] buffer);
}
