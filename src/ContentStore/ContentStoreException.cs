namespace ContentStore;

/// <summary>Something went wrong between us and a store. The message names the store without credentials.</summary>
public class ContentStoreException : Exception
{
    /// <param name="message">What happened, to what, and what to do.</param>
    /// <param name="isTransient">Whether the same call can succeed later without anybody changing anything.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public ContentStoreException(string message, bool isTransient, Exception? innerException = null)
        : base(message, innerException) => IsTransient = isTransient;

    /// <summary>Whether the same call can succeed later: time-outs, refused connections, 429 and 5xx answers.</summary>
    public bool IsTransient { get; }
}

/// <summary>The content, or one of its blocks, is not there. Transient: it may still arrive.</summary>
public sealed class ContentNotFoundException : ContentStoreException
{
    /// <param name="cid">What was asked for.</param>
    /// <param name="source">Who was asked.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public ContentNotFoundException(Cid cid, string source, Exception? innerException = null)
        : base($"{source} does not hold {cid}.", isTransient: true, innerException) => Cid = cid;

    /// <summary>What was asked for.</summary>
    public Cid Cid { get; }
}

/// <summary>A block does not have the digest that its CID promises: damage on disk, or a node that lies.</summary>
public sealed class ContentCorruptException : ContentStoreException
{
    /// <param name="expected">The CID that was asked for.</param>
    /// <param name="actual">The CID of what came.</param>
    /// <param name="source">Who sent it: a node's address without credentials, or a file and block number.</param>
    public ContentCorruptException(Cid expected, Cid actual, string source)
        : base($"{source} gave bytes that are not what was asked for: asked for {expected}, the bytes that came are {actual}. " +
               "Take that source out of the configuration or store the content again.", isTransient: false)
    {
        Expected = expected;
        Actual = actual;
        Origin = source;
    }

    /// <summary>The CID that was asked for.</summary>
    public Cid Expected { get; }

    /// <summary>The CID of what came.</summary>
    public Cid Actual { get; }

    /// <summary>Who sent it.</summary>
    public string Origin { get; }
}

/// <summary>The content is larger than the caller allows: a limit of this side, no fault of whoever stored it.</summary>
public sealed class ContentTooLargeException : ContentStoreException
{
    /// <param name="cid">What was asked for.</param>
    /// <param name="size">What it declares, bytes.</param>
    /// <param name="maxBytes">What is allowed.</param>
    public ContentTooLargeException(Cid cid, long size, long maxBytes)
        : base($"{cid} is refused: it declares {size} bytes, and at most {maxBytes} are allowed here.", isTransient: false) => Cid = cid;

    /// <summary>What was asked for.</summary>
    public Cid Cid { get; }
}

/// <summary>The bytes are what the CID stands for, but no file that we accept: malformed, inconsistent or too deep.</summary>
public sealed class ContentMalformedException : ContentStoreException
{
    /// <param name="cid">The block at fault.</param>
    /// <param name="reason">What is wrong with it, as the end of a sentence.</param>
    public ContentMalformedException(Cid cid, string reason)
        : base($"{cid} is refused: {reason}.", isTransient: false) => Cid = cid;

    /// <summary>The block at fault.</summary>
    public Cid Cid { get; }
}
