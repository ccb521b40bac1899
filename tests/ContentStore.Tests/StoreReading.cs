namespace ContentStore.Tests;

internal static class StoreReading
{
    /// <summary>Everything that the store gives for a CID; its length must be the one that the stream declared.</summary>
    public static async Task<byte[]> ReadAllAsync(this IContentStore store, Cid cid, long maxBytes = long.MaxValue)
    {
        await using var stream = await store.OpenAsync(cid, maxBytes, TestContext.Current.CancellationToken);
        var copy = new MemoryStream();
        await stream.CopyToAsync(copy, TestContext.Current.CancellationToken);
        Assert.Equal(stream.Length, copy.Length);
        return copy.ToArray();
    }
}
