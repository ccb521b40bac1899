using System.Net;
using ContentStore.UnixFs;

namespace ContentStore.Kubo;

/// <summary>A block to send, and how to get its bytes when its turn comes.</summary>
/// <param name="Cid">Its CID.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="ReadAsync">Gives exactly these bytes.</param>
internal sealed record BlockToSend(Cid Cid, int Length, Func<CancellationToken, ValueTask<ReadOnlyMemory<byte>>> ReadAsync);

/// <summary>
/// Blocks as a CARv1 archive (ipld.io/specs/transport/car/carv1): a length-prefixed dag-cbor header {roots, version}, then per
/// block its length, CID and bytes. Streamed; the length is known beforehand.
/// </summary>
internal sealed class CarContent(Cid root, IReadOnlyList<BlockToSend> blocks) : HttpContent
{
    /// <summary>dag-cbor: map(2), "roots", array(1), tag 42, byte string of 37 with the identity multibase prefix 0.</summary>
    private static ReadOnlySpan<byte> HeaderStart => [0xA2, 0x65, (byte)'r', (byte)'o', (byte)'o', (byte)'t', (byte)'s', 0x81, 0xD8, 0x2A, 0x58, 0x25, 0x00];

    /// <summary>dag-cbor: "version", 1.</summary>
    private static ReadOnlySpan<byte> HeaderEnd => [0x67, (byte)'v', (byte)'e', (byte)'r', (byte)'s', (byte)'i', (byte)'o', (byte)'n', 0x01];

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Header(), cancellationToken);
        foreach (var block in blocks)
        {
            await stream.WriteAsync(Frame(block), cancellationToken);
            await stream.WriteAsync(await block.ReadAsync(cancellationToken), cancellationToken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = Header().Length;
        foreach (var block in blocks)
        {
            length += DagPb.VarintLength(Cid.BinaryLength + block.Length) + Cid.BinaryLength + block.Length;
        }

        return true;
    }

    private byte[] Header()
    {
        var header = new byte[1 + HeaderStart.Length + Cid.BinaryLength + HeaderEnd.Length];
        header[0] = (byte)(header.Length - 1);
        HeaderStart.CopyTo(header.AsSpan(1));
        root.WriteBinary(header.AsSpan(1 + HeaderStart.Length));
        HeaderEnd.CopyTo(header.AsSpan(header.Length - HeaderEnd.Length));
        return header;
    }

    private static byte[] Frame(BlockToSend block)
    {
        var length = Cid.BinaryLength + block.Length;
        var frame = new byte[DagPb.VarintLength(length) + Cid.BinaryLength];
        block.Cid.WriteBinary(frame.AsSpan(DagPb.WriteVarint(frame, length)));
        return frame;
    }
}
