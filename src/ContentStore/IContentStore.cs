using ContentStore.UnixFs;

namespace ContentStore;

/// <summary>
/// Where sealed files and application packages live between organisations: content-addressed, so whoever has the CID can check
/// what comes. Two implementations: <see cref="Embedded.EmbeddedStore"/> (a directory) and <see cref="Kubo.KuboStore"/> (IPFS
/// nodes). An adapter to another IPFS library implements these five methods and nothing else.
/// </summary>
public interface IContentStore
{
    /// <summary>Stores everything that the stream still holds, at constant memory. The stream is left open.</summary>
    /// <exception cref="ContentStoreException">The store could not take it; <see cref="ContentStoreException.IsTransient"/> says whether again makes sense.</exception>
    Task<FileDag> PutAsync(Stream content, CancellationToken cancellationToken);

    /// <summary>
    /// Stores a file. Idempotent, and goes on where an interrupted call stopped. When it returns the store holds the content
    /// durably; a store that is another process has been read back block by block. The CID is computed before anything is sent,
    /// unless <see cref="PutFileOptions.Dag"/> brings it.
    /// </summary>
    /// <exception cref="ContentStoreException">The store could not take it, or gave other bytes back.</exception>
    Task<FileDag> PutFileAsync(string path, PutFileOptions options, CancellationToken cancellationToken);

    /// <summary>Whether the store says that it holds this content completely. A hint: reading is what proves it.</summary>
    Task<bool> HasAsync(Cid cid, CancellationToken cancellationToken);

    /// <summary>
    /// Opens content for reading. No byte comes out of the stream before its block was verified against the CID.
    /// <see cref="Stream.Length"/> is the content's size in bytes.
    /// </summary>
    /// <param name="cid">The file's root.</param>
    /// <param name="maxBytes">Content that declares more is refused before it is fetched.</param>
    /// <param name="cancellationToken">Stops waiting for the first block.</param>
    /// <exception cref="ContentNotFoundException">No such content here.</exception>
    /// <exception cref="ContentCorruptException">The store holds, or a node sent, other bytes than the CID stands for.</exception>
    /// <exception cref="ContentTooLargeException">It is larger than allowed.</exception>
    /// <exception cref="ContentMalformedException">What the CID names is no file of this format.</exception>
    Task<Stream> OpenAsync(Cid cid, long maxBytes, CancellationToken cancellationToken);

    /// <summary>Reads all of it back and verifies every block, without handing it out.</summary>
    /// <param name="cid">The file's root.</param>
    /// <param name="progress">Bytes verified so far.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The content's size in bytes.</returns>
    /// <exception cref="ContentStoreException">As for <see cref="OpenAsync"/>.</exception>
    Task<long> VerifyAsync(Cid cid, IProgress<long>? progress, CancellationToken cancellationToken);
}

/// <summary>How to store a file.</summary>
public sealed record PutFileOptions
{
    /// <summary>
    /// The file's structure when it is known already, as <see cref="DagStream"/> hands it out: then the file is not hashed
    /// again. It must belong to the file as it is; read-back and every later read would otherwise name the damage.
    /// </summary>
    public FileDag? Dag { get; init; }

    /// <summary>
    /// The file will never be written again, so the embedded store may keep a hard link to it instead of a copy. The name
    /// given stays; removing it is the caller's business.
    /// </summary>
    public bool Immutable { get; init; }

    /// <summary>Bytes that the store holds so far, blocks found from an earlier attempt included.</summary>
    public IProgress<long>? Progress { get; init; }
}
