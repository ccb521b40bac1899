using System.Buffers;
using Ethereum;
using Workers.Encryption.Market;
using Workers.Encryption.Sealing;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Tests.Sealing;

/// <summary>A temporary folder, a key, a context, and short ways to seal and open.</summary>
public abstract class SealingFixture : IDisposable
{
    protected static readonly SealContext Context =
        new(Keccak256.Hash("application"), Address.Parse("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"), SealIdentity.Tag("mail"), 7);

    protected string Folder { get; } = Directory.CreateTempSubdirectory("sealing-").FullName;

    protected Secret Key { get; } = Secret.CopyOf("0123456789abcdef0123456789abcdef"u8);

    protected string Space => Directory.CreateDirectory(Path.Combine(Folder, "space")).FullName;

    protected string Blob => Path.Combine(Folder, "blob.sealed");

    protected string Destination => Path.Combine(Folder, "opened");

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Key.Dispose();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A blob with small chunks around any plaintext, proper archive or not.</summary>
    internal byte[] SealPlaintext(ReadOnlySpan<byte> plaintext, int chunkSize = SealedBlobFormat.MinChunkSize, byte salt = 1)
    {
        var output = new ArrayBufferWriter<byte>();
        using var chunks = new ChunkWriter(output, Key, Context, Enumerable.Repeat(salt, 32).ToArray(), chunkSize);
        chunks.Write(plaintext);
        chunks.Complete();
        return output.WrittenSpan.ToArray();
    }

    internal async Task<byte[]> OpenPlaintextAsync(Stream blob)
    {
        using var reader = await ChunkReader.OpenAsync(blob, Key, Context, Cancellation);
        using var output = new MemoryStream();
        var buffer = new byte[1000];
        while (await reader.ReadAsync(buffer, Cancellation) is var read and > 0)
        {
            output.Write(buffer, 0, read);
        }

        return output.ToArray();
    }

    internal Task<byte[]> OpenPlaintextAsync(byte[] blob) => OpenPlaintextAsync(new MemoryStream(blob));

    /// <summary>The record of a blob, as the chain lists it.</summary>
    internal ListedSealRow Listed(Hash32 contentHash, string cid, long block, string blockHash) => new()
    {
        SealId = Context.SealId.ToString(),
        ApplicationId = Context.ApplicationId.ToString(),
        Owner = Context.Owner.ToString(),
        Tag = Context.Tag.ToString(),
        Period = (long)Context.Period,
        KeyCommitment = SealIdentity.KeyCommitment(Context.SealId, Key).ToString(),
        ContentHash = contentHash.ToString(),
        Cid = cid,
        SealedAt = DateTimeOffset.UnixEpoch,
        BlockNumber = block,
        BlockHash = blockHash,
    };

    protected async Task<SealedBlobError> RefusalAsync(byte[] blob)
    {
        var error = await Assert.ThrowsAsync<SealedBlobException>(() => OpenPlaintextAsync(blob));
        return error.Error;
    }

    protected void Put(string name, byte[] content)
    {
        var path = Path.Combine(Space, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }

    protected IReadOnlyList<SpaceFile> List() =>
        SpaceSnapshot.Select(SpaceFolder.List(Space, Cancellation), new HashSet<SpaceFile>(), DateTimeOffset.MaxValue, new SnapshotLimits()).Files;

    protected async Task<OpenedSpace> OpenAsync(byte[] blob, OpenLimits? limits = null) =>
        await Opener.OpenAsync(new MemoryStream(blob), Key, Context, Destination, limits ?? new OpenLimits(), Cancellation);
}
