namespace ContentStore.UnixFs;

/// <summary>
/// A decoded dag-pb block that is part of a UnixFS file, from whoever sent it: bytes of its own, then children. Other programs' layouts are
/// accepted (any chunk size, inner nodes with data, dag-pb leaves) as long as every size is declared and the sums agree.
/// </summary>
internal sealed class FileNode
{
    private FileNode(byte[] data, IReadOnlyList<(Cid Cid, long Size)> children, long size)
    {
        Data = data;
        Children = children;
        Size = size;
    }

    /// <summary>Content bytes inside the node; they come before the children's.</summary>
    public byte[] Data { get; }

    /// <summary>The children in order, with the bytes of content that each must have, at least one.</summary>
    public IReadOnlyList<(Cid Cid, long Size)> Children { get; }

    /// <summary>Bytes of content in and below this node, as declared and as the sum of its parts.</summary>
    public long Size { get; }

    /// <summary>Decodes a block whose digest was checked.</summary>
    /// <exception cref="ContentMalformedException">It is no node of a file, or contradicts itself.</exception>
    public static FileNode Decode(Cid cid, ReadOnlySpan<byte> block)
    {
        var links = new List<Cid>();
        byte[]? unixFs = null;
        var reader = new ProtobufReader(block);
        while (!reader.AtEnd)
        {
            if (!reader.TryReadTag(out var field, out var wireType) || wireType != ProtobufReader.LengthDelimited || !reader.TryReadBytes(out var value))
            {
                throw new ContentMalformedException(cid, "it is not dag-pb");
            }

            switch (field)
            {
                case 1 when unixFs is null:
                    unixFs = value.ToArray();
                    break;
                case 2:
                    links.Add(DecodeLink(cid, value));
                    break;
                default:
                    throw new ContentMalformedException(cid, $"it is not dag-pb: field {field} is unknown or stands twice");
            }
        }

        return DecodeUnixFs(cid, unixFs ?? throw new ContentMalformedException(cid, "it has no UnixFS part"), links);
    }

    private static Cid DecodeLink(Cid cid, ReadOnlySpan<byte> link)
    {
        Cid? child = null;
        var reader = new ProtobufReader(link);
        while (!reader.AtEnd)
        {
            var ok = reader.TryReadTag(out var field, out var wireType);
            ok = ok && (field, wireType) switch
            {
                (1, ProtobufReader.LengthDelimited) => child is null && reader.TryReadBytes(out var hash) && Cid.TryReadBinary(hash, out child),
                (2, ProtobufReader.LengthDelimited) => reader.TryReadBytes(out _),
                (3, ProtobufReader.Varint) => reader.TryReadVarint(out _),
                _ => false,
            };
            if (!ok)
            {
                throw new ContentMalformedException(cid, "it has a malformed link, or one that is not sha2-256 of a raw or dag-pb block");
            }
        }

        return child ?? throw new ContentMalformedException(cid, "it has a link without a CID");
    }

    private static FileNode DecodeUnixFs(Cid cid, ReadOnlySpan<byte> message, List<Cid> links)
    {
        ulong? type = null, declared = null;
        byte[]? data = null;
        var sizes = new List<long>(links.Count);
        var reader = new ProtobufReader(message);
        while (!reader.AtEnd)
        {
            ulong number = 0;
            ReadOnlySpan<byte> value = default;
            var ok = reader.TryReadTag(out var field, out var wireType)
                && (wireType == ProtobufReader.Varint ? reader.TryReadVarint(out number)
                    : wireType == ProtobufReader.LengthDelimited && reader.TryReadBytes(out value));
            switch (field, wireType)
            {
                case var _ when !ok:
                    throw new ContentMalformedException(cid, "its UnixFS part is no protobuf message");
                case (1, ProtobufReader.Varint) when type is null:
                    type = number;
                    break;
                case (2, ProtobufReader.LengthDelimited) when data is null:
                    data = value.ToArray();
                    break;
                case (3, ProtobufReader.Varint) when declared is null:
                    declared = number;
                    break;
                case (4, ProtobufReader.Varint) when number is > 0 and <= long.MaxValue:
                    sizes.Add((long)number);
                    break;
                case (7, ProtobufReader.Varint) or (8, ProtobufReader.LengthDelimited): // mode and mtime say nothing about the content
                    break;
                default:
                    throw new ContentMalformedException(cid, $"its UnixFS part has field {field} where a file has none, twice, or out of range");
            }
        }

        if (type is not ((ulong)UnixFsType.File or (ulong)UnixFsType.Raw))
        {
            throw new ContentMalformedException(cid, $"it is of UnixFS type {type?.ToString() ?? "(none)"}, and only files (2) can be read");
        }

        if (sizes.Count != links.Count)
        {
            throw new ContentMalformedException(cid, $"it has {links.Count} links, but declares {sizes.Count} block sizes");
        }

        data ??= [];
        UInt128 sum = (uint)data.Length;
        foreach (var size in sizes)
        {
            sum += (ulong)size;
        }

        if (sum != (declared ?? 0) || sum > long.MaxValue)
        {
            throw new ContentMalformedException(cid, $"it declares {declared ?? 0} bytes, but its parts have {sum}");
        }

        return new FileNode(data, [.. links.Zip(sizes)], (long)sum);
    }
}
