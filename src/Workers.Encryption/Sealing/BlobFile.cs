using System.Security.Cryptography;
using ContentStore.UnixFs;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Sealing;

/// <summary>A sealed blob that is written to disk.</summary>
internal static class BlobFile
{
    /// <summary>Seals what is written into a file. It is on disk when this returns, or gone when this fails.</summary>
    /// <param name="path">The file; an older one, left by a crash, is replaced.</param>
    /// <param name="key">The blob's key, 32 bytes. Sealing again with it is safe: every attempt has its own salt.</param>
    /// <param name="context">What the blob belongs to.</param>
    /// <param name="write">Writes the plaintext.</param>
    /// <param name="prefix">Comes before the blob in the file, and counts for its CID.</param>
    /// <param name="compresses">See <see cref="ChunkWriter"/>.</param>
    /// <returns>The file's CID and leaf digests.</returns>
    public static async Task<FileDag> WriteAsync(
        string path, Secret key, BlobContext context, Func<ChunkWriter, Task> write, CancellationToken cancellationToken, ReadOnlyMemory<byte> prefix = default, bool compresses = true)
    {
        var done = false;
        try
        {
            using var output = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None);
            await using var dag = new DagStream(output);
            dag.Write(prefix.Span);
            using (var chunks = new ChunkWriter(dag, key, context, RandomNumberGenerator.GetBytes(SealedBlobFormat.SaltLength), compresses: compresses))
            {
                await write(chunks);
                chunks.Complete();
            }

            var fileDag = await dag.CompleteAsync(cancellationToken);
            RandomAccess.FlushToDisk(output);
            done = true;
            return fileDag;
        }
        finally
        {
            if (!done)
            {
                File.Delete(path);
            }
        }
    }
}
