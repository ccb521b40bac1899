using ContentStore;
using ContentStore.UnixFs;

namespace Workers.Oracle.Tests.Retrieval;

/// <summary>IPFS that has what is asked for and never delivers it.</summary>
/// <param name="opens">Whether at least its size is known.</param>
/// <param name="failure">What it throws instead of being silent.</param>
internal sealed class StuckStore(bool opens, Exception? failure = null) : IContentStore
{
    public async Task<Stream> OpenAsync(Cid cid, long maxBytes, CancellationToken cancellationToken)
    {
        if (failure is not null)
        {
            throw failure;
        }

        if (!opens)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        return new StuckStream();
    }

    public Task<FileDag> PutAsync(Stream content, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<FileDag> PutFileAsync(string path, PutFileOptions options, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> HasAsync(Cid cid, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<long> VerifyAsync(Cid cid, IProgress<long>? progress, CancellationToken cancellationToken) => throw new NotSupportedException();

    private sealed class StuckStream() : MemoryStream(new byte[1_000])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}
