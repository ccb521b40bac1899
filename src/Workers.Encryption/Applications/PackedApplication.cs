using System.Buffers.Binary;
using System.IO.Compression;
using ContentStore;
using ContentStore.UnixFs;
using Ethereum;
using Workers.Encryption.Sealing;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Applications;

/// <summary>An application package as the one file that goes to IPFS: a zip with config.json at its top.</summary>
/// <param name="Bytes">The zip file.</param>
/// <param name="Package">What its config.json says.</param>
/// <param name="Cid">The zip file's CID, by which people know the application.</param>
/// <param name="ApplicationId">keccak256 of the binary CID, by which the contract knows it.</param>
public sealed record PackedApplication(ReadOnlyMemory<byte> Bytes, ApplicationPackage Package, Cid Cid, Hash32 ApplicationId)
{
    /// <summary>Largest package in bytes.</summary>
    public const int MaxPackageBytes = 16 << 20;

    private const int MaxEntries = 1000;
    private const long MaxUnpackedBytes = 64 << 20;
    private const int MaxRatio = 200;
    private const int EndLength = 22; // end of central directory record, APPNOTE 4.3.16
    private const int UnixTypeMask = 0xF000;
    private const int UnixRegular = 0x8000;
    private const int UnixFolder = 0x4000;

    /// <summary>Reads a package from a zip file, or packs a folder: same files, same CID.</summary>
    /// <exception cref="ApplicationPackageException">The package is refused.</exception>
    public static async Task<PackedApplication> LoadAsync(string path, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
        {
            return await ReadAsync(Pack(path, cancellationToken), cancellationToken);
        }

        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
        CheckSize(file.Length);
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes, cancellationToken);
        return await ReadAsync(bytes, cancellationToken);
    }

    /// <summary>Reads a package that may come from anybody.</summary>
    /// <exception cref="ApplicationPackageException">The package is refused.</exception>
    public static async Task<PackedApplication> ReadAsync(byte[] zip, CancellationToken cancellationToken)
    {
        CheckSize(zip.Length);
        CheckFrame(zip);
        ApplicationPackage package;
        try
        {
            package = ApplicationPackage.ParseConfig(Unpack(zip));
        }
        catch (InvalidDataException e)
        {
            throw new ApplicationPackageException($"The package is a damaged zip file: {e.Message}", e);
        }

        var dag = await FileDag.ComputeAsync(new MemoryStream(zip), cancellationToken);
        var cid = new byte[Cid.BinaryLength];
        dag.Root.WriteBinary(cid);
        return new PackedApplication(zip, package, dag.Root, SealIdentity.ApplicationId(cid));
    }

    private static void CheckSize(long length)
    {
        if (length > MaxPackageBytes)
        {
            throw new ApplicationPackageException($"The package has {length} bytes; at most {MaxPackageBytes} are allowed.");
        }
    }

    /// <summary>Starts with an entry, ends with the directory's end: nothing before, between or after, where another reader could see another package.</summary>
    private static void CheckFrame(ReadOnlySpan<byte> zip)
    {
        var end = zip.Length - EndLength;
        if (end < 0 || !zip.StartsWith("PK\u0003\u0004"u8))
        {
            throw new ApplicationPackageException("The package is no zip file.");
        }

        if (!zip[end..].StartsWith("PK\u0005\u0006"u8)
            || BinaryPrimitives.ReadUInt32LittleEndian(zip[(end + 12)..]) + (long)BinaryPrimitives.ReadUInt32LittleEndian(zip[(end + 16)..]) != end)
        {
            throw new ApplicationPackageException("The package is cut, or has data after its end or a comment. Pack it again.");
        }
    }

    /// <summary>Checks every entry, by what it says and by what it really holds, and returns config.json.</summary>
    private static byte[] Unpack(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip), ZipArchiveMode.Read);
        if (archive.Entries.Count > MaxEntries)
        {
            throw new ApplicationPackageException($"The package has {archive.Entries.Count} files; at most {MaxEntries} are allowed.");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        byte[]? config = null;
        long total = 0;
        foreach (var entry in archive.Entries)
        {
            CheckEntry(entry, names);
            total += entry.Length;
            if (total > MaxUnpackedBytes)
            {
                throw new ApplicationPackageException($"The package unpacks to more than the {MaxUnpackedBytes} bytes that are allowed.");
            }

            if (entry.Length > Math.Max(1, entry.CompressedLength) * MaxRatio)
            {
                throw new ApplicationPackageException($"\"{entry.FullName}\" in the package unpacks to more than {MaxRatio} times its size. That is a zip bomb.");
            }

            if (string.Equals(entry.FullName, ApplicationPackage.ConfigName, StringComparison.Ordinal))
            {
                config = ReadConfig(entry);
            }
            else
            {
                CheckLength(entry);
            }
        }

        return config ?? throw new ApplicationPackageException($"The package has no {ApplicationPackage.ConfigName} at its top.");
    }

    private static void CheckEntry(ZipArchiveEntry entry, HashSet<string> names)
    {
        var name = entry.FullName;
        var isFolder = name.EndsWith('/');
        if (!SpaceFileName.IsSafe(isFolder ? name[..^1] : name, out var reason))
        {
            throw new ApplicationPackageException($"The package contains \"{name}\", whose name {reason}.");
        }

        var type = (entry.ExternalAttributes >> 16) & UnixTypeMask;
        if (type is not 0 && type != (isFolder ? UnixFolder : UnixRegular))
        {
            throw new ApplicationPackageException($"The package contains \"{name}\", which is a link or another special file.");
        }

        if (entry.IsEncrypted)
        {
            throw new ApplicationPackageException($"\"{name}\" in the package is encrypted.");
        }

        if (!names.Add(name))
        {
            throw new ApplicationPackageException($"The package contains \"{name}\" twice.");
        }
    }

    private static byte[] ReadConfig(ZipArchiveEntry entry)
    {
        if (entry.Length > ApplicationPackage.MaxConfigBytes)
        {
            throw new ApplicationPackageException($"{entry.FullName} has {entry.Length} bytes; at most {ApplicationPackage.MaxConfigBytes} are allowed.");
        }

        using var content = entry.Open();
        var bytes = new byte[entry.Length + 1];
        var read = content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read == entry.Length ? bytes[..read] : throw WrongLength(entry);
    }

    private static void CheckLength(ZipArchiveEntry entry)
    {
        using var content = entry.Open();
        var buffer = new byte[64 << 10];
        long length = 0;
        while (length <= entry.Length && content.Read(buffer) is var read and > 0)
        {
            length += read;
        }

        if (length != entry.Length)
        {
            throw WrongLength(entry);
        }
    }

    private static ApplicationPackageException WrongLength(ZipArchiveEntry entry) =>
        new($"\"{entry.FullName}\" in the package does not have the {entry.Length} bytes that it declares.");

    /// <summary>Sorted, stored and dated alike, so that the bytes depend on names and contents alone.</summary>
    private static byte[] Pack(string folder, CancellationToken cancellationToken)
    {
        var listing = SpaceFolder.List(folder, cancellationToken);
        if (listing.Refused is [var refused, ..])
        {
            throw new ApplicationPackageException($"\"{refused.Name}\" cannot be packed: it {refused.Reason}.");
        }

        CheckSize(listing.Files.Sum(file => file.Size));
        using var output = new MemoryStream();
        using (var archive = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in listing.Files.OrderBy(file => file.Name, StringComparer.Ordinal))
            {
                var entry = archive.CreateEntry(file.Name, CompressionLevel.NoCompression);
                entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
                entry.ExternalAttributes = (UnixRegular | 0x1A4) << 16; // 0644
                using var content = entry.Open();
                content.Write(File.ReadAllBytes(Path.Combine(folder, file.Name)));
            }
        }

        return output.ToArray();
    }
}
