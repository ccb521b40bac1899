using System.Security.Cryptography;
using ContentStore.UnixFs;
using Ethereum;
using Microsoft.Win32.SafeHandles;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Sealing;

/// <summary>A sealed blob on disk.</summary>
/// <param name="Path">The file.</param>
/// <param name="Files">What is in it, in this order.</param>
/// <param name="LeftOut">Files that changed or vanished while they were read; they belong to a later period.</param>
/// <param name="PlainBytes">Bytes of the files.</param>
/// <param name="SealedBytes">Bytes of the blob.</param>
/// <param name="ContentHash">The blob's <see cref="Sealing.ContentHash"/>.</param>
/// <param name="Dag">The blob's CID and leaf digests; hand it to the content store, so that it need not hash again.</param>
public sealed record SealedBlob(
    string Path, IReadOnlyList<SpaceFile> Files, IReadOnlyList<SpaceFile> LeftOut, long PlainBytes, long SealedBytes, Hash32 ContentHash, FileDag Dag);

/// <summary>Seals the files of a space into one blob (docs/sealed-blob.md).</summary>
public static class Sealer
{
    /// <summary>
    /// Reads, compresses, encrypts, hashes and writes in one pass over the data, at constant memory. A file that changes under the reader's hands
    /// makes it start again without that file, so no half-written file is ever sealed. The blob is on disk when this returns.
    /// </summary>
    /// <param name="folder">The space's folder.</param>
    /// <param name="files">What to seal, as <see cref="SpaceSnapshot"/> chose it.</param>
    /// <param name="context">What the blob belongs to.</param>
    /// <param name="key">The period's key, 32 bytes. Sealing again with the same key is safe: every attempt has its own salt.</param>
    /// <param name="outputPath">The file to write; an older one, left by a crash, is replaced.</param>
    /// <param name="progress">Bytes of files read so far, about every MiB.</param>
    /// <param name="cancellationToken">Stops and removes what was written.</param>
    /// <returns>The blob, or null when every file had changed or vanished.</returns>
    public static async Task<SealedBlob?> SealAsync(
        string folder, IReadOnlyList<SpaceFile> files, SealContext context, Secret key, string outputPath, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var remaining = files.ToList();
        var leftOut = new List<SpaceFile>();
        while (remaining.Count > 0)
        {
            try
            {
                return await SealOnceAsync(folder, remaining, leftOut, context, key, outputPath, progress, cancellationToken);
            }
            catch (SpaceFileChangedException e)
            {
                remaining.Remove(e.File);
                leftOut.Add(e.File);
            }
        }

        return null;
    }

    private static async Task<SealedBlob> SealOnceAsync(
        string folder, List<SpaceFile> files, List<SpaceFile> leftOut, SealContext context, Secret key, string outputPath, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var dag = await BlobFile.WriteAsync(
            outputPath, key, context,
            chunks =>
            {
                Fill(chunks, folder, files, progress, cancellationToken);
                return Task.CompletedTask;
            },
            cancellationToken);
        return new SealedBlob(outputPath, files, leftOut, files.Sum(file => file.Size), dag.Size, Sealing.ContentHash.Of(dag), dag);
    }

    private static void Fill(ChunkWriter chunks, string folder, List<SpaceFile> files, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        long sealedBytes = 0;
        foreach (var file in files)
        {
            ArchiveWriter.WriteHeader(chunks, file.Name, file.Size, file.ModifiedAt);
            SealFile(chunks, folder, file, sealedBytes, progress, cancellationToken);
            ArchiveWriter.WritePadding(chunks, file.Size);
            sealedBytes += file.Size;
        }

        ArchiveWriter.WriteEnd(chunks);
    }

    private static void SealFile(ChunkWriter chunks, string folder, SpaceFile file, long before, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        const long reportEvery = 1 << 20;
        using var input = OpenUnchanged(folder, file);
        for (long offset = 0, reported = 0; offset < file.Size;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var room = chunks.GetSpan();
            var read = RandomAccess.Read(input, room[..(int)Math.Min(room.Length, file.Size - offset)], offset);
            if (read == 0)
            {
                throw new SpaceFileChangedException(file);
            }

            chunks.Advance(read);
            offset += read;
            if (offset - reported >= reportEvery || offset == file.Size)
            {
                progress?.Report(before + offset);
                reported = offset;
            }
        }

        if (!IsUnchanged(input, file))
        {
            throw new SpaceFileChangedException(file);
        }
    }

    private static SafeFileHandle OpenUnchanged(string folder, SpaceFile file)
    {
        SafeFileHandle input;
        try
        {
            input = File.OpenHandle(Path.Combine(folder, file.Name), options: FileOptions.SequentialScan, share: FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SpaceFileChangedException(file);
        }

        if (IsUnchanged(input, file))
        {
            return input;
        }

        input.Dispose();
        throw new SpaceFileChangedException(file);
    }

    private static bool IsUnchanged(SafeFileHandle input, SpaceFile file) =>
        RandomAccess.GetLength(input) == file.Size && File.GetLastWriteTimeUtc(input) == file.ModifiedAt.UtcDateTime;

    private sealed class SpaceFileChangedException(SpaceFile file) : Exception
    {
        public SpaceFile File { get; } = file;
    }
}
