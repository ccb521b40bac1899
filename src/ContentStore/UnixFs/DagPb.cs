namespace ContentStore.UnixFs;

/// <summary>A child of an inner node.</summary>
/// <param name="Cid">The child's block.</param>
/// <param name="FileSize">Bytes of file content below it.</param>
/// <param name="TotalSize">Bytes of all blocks below it, itself included (dag-pb's Tsize).</param>
internal readonly record struct DagLink(Cid Cid, long FileSize, long TotalSize);

/// <summary>
/// Writes an inner node of a file in dag-pb's canonical form (ipld.io/specs/codecs/dag-pb: links before data, no unknown fields)
/// with a UnixFS message inside (specs.ipfs.tech/unixfs): type File, file size, one block size per child.
/// </summary>
internal static class DagPb
{
    public const byte LinkTag = 0x12;
    public const byte DataTag = 0x0A;

    public static byte[] EncodeFileNode(ReadOnlySpan<DagLink> links)
    {
        long fileSize = 0;
        var unixFsLength = 2;
        var length = 0;
        foreach (var link in links)
        {
            fileSize += link.FileSize;
            unixFsLength += 1 + VarintLength(link.FileSize);
            var linkLength = LinkLength(link);
            length += 1 + VarintLength(linkLength) + linkLength;
        }

        unixFsLength += 1 + VarintLength(fileSize);
        length += 1 + VarintLength(unixFsLength) + unixFsLength;

        var block = new byte[length];
        var at = 0;
        foreach (var link in links)
        {
            block[at++] = LinkTag;
            at += WriteVarint(block.AsSpan(at), LinkLength(link));
            block[at++] = 0x0A; // Hash
            block[at++] = Cid.BinaryLength;
            link.Cid.WriteBinary(block.AsSpan(at));
            at += Cid.BinaryLength;
            block[at++] = 0x12; // Name, present and empty
            block[at++] = 0;
            block[at++] = 0x18; // Tsize
            at += WriteVarint(block.AsSpan(at), link.TotalSize);
        }

        block[at++] = DataTag;
        at += WriteVarint(block.AsSpan(at), unixFsLength);
        block[at++] = 0x08; // Type
        block[at++] = (byte)UnixFsType.File;
        block[at++] = 0x18; // filesize
        at += WriteVarint(block.AsSpan(at), fileSize);
        foreach (var link in links)
        {
            block[at++] = 0x20; // blocksizes
            at += WriteVarint(block.AsSpan(at), link.FileSize);
        }

        return block;
    }

    public static int VarintLength(long value)
    {
        var length = 1;
        for (var rest = (ulong)value >> 7; rest != 0; rest >>= 7)
        {
            length++;
        }

        return length;
    }

    public static int WriteVarint(Span<byte> destination, long value)
    {
        var at = 0;
        var rest = (ulong)value;
        for (; rest >= 0x80; rest >>= 7)
        {
            destination[at++] = (byte)(rest | 0x80);
        }

        destination[at++] = (byte)rest;
        return at;
    }

    private static int LinkLength(DagLink link) => 2 + Cid.BinaryLength + 2 + 1 + VarintLength(link.TotalSize);
}

/// <summary>UnixFS node types (specs.ipfs.tech/unixfs).</summary>
internal enum UnixFsType : byte
{
    Raw = 0,
    Directory = 1,
    File = 2,
    Metadata = 3,
    Symlink = 4,
    HamtShard = 5,
}
