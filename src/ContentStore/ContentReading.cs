namespace ContentStore;

/// <summary>Reads small content at once.</summary>
public static class ContentReading
{
    /// <summary>All bytes of some content; null when it is larger than allowed or no such file.</summary>
    /// <exception cref="ContentStoreException">It cannot be had now.</exception>
    public static async Task<byte[]?> ReadAllAsync(this IContentStore content, Cid cid, long maxBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        try
        {
            await using var stream = await content.OpenAsync(cid, maxBytes, cancellationToken);
            var bytes = new byte[stream.Length];
            await stream.ReadExactlyAsync(bytes, cancellationToken);
            return bytes;
        }
        catch (Exception e) when (e is ContentTooLargeException or ContentMalformedException)
        {
            return null;
        }
    }
}
