namespace Workers.Encryption.Sealing;

/// <summary>Why a sealed blob was refused.</summary>
public enum SealedBlobError
{
    /// <summary>The bytes are no sealed blob, or one of a version or suite that is not known here.</summary>
    NotASealedBlob,

    /// <summary>Sealed for another application, owner, tag or period.</summary>
    WrongContext,

    /// <summary>The key is not the one it was sealed with, or the header was changed.</summary>
    WrongKey,

    /// <summary>A chunk was changed, moved, repeated, left out or taken from another blob.</summary>
    DamagedChunk,

    /// <summary>The blob ends before its last chunk does.</summary>
    Truncated,

    /// <summary>There are bytes after the last chunk.</summary>
    TrailingBytes,

    /// <summary>More data or files than the limits allow.</summary>
    TooLarge,

    /// <summary>It opens, but its hash is not the one that its owner recorded.</summary>
    WrongHash,

    /// <summary>Sealed properly, but what is inside must not be written to disk: unsafe names, links, malformed archive.</summary>
    UnsafeContent,
}

/// <summary>A sealed blob that does not open. Nothing of it was left on disk.</summary>
public sealed class SealedBlobException : Exception
{
    internal SealedBlobException(SealedBlobError error, string message, Exception? inner = null) : base(message, inner) => Error = error;

    /// <summary>Why, for a program.</summary>
    public SealedBlobError Error { get; }
}
