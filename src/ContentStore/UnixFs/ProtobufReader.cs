namespace ContentStore.UnixFs;

/// <summary>
/// Reads the two protobuf wire types that dag-pb and UnixFS use. Every method returns false instead of reading past the end, so
/// hostile blocks cannot make it throw or loop.
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes)
{
    public const int Varint = 0;
    public const int LengthDelimited = 2;

    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>A field's number and wire type.</summary>
    public bool TryReadTag(out int field, out int wireType)
    {
        var ok = TryReadVarint(out var tag) && tag <= int.MaxValue;
        field = (int)(tag >> 3);
        wireType = (int)(tag & 7);
        return ok;
    }

    /// <summary>An unsigned number below 2^63, in its shortest form.</summary>
    public bool TryReadVarint(out ulong value)
    {
        value = 0;
        for (var i = 0; i < Math.Min(_rest.Length, 9); i++)
        {
            var b = _rest[i];
            value |= (ulong)(b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return i == 0 || b != 0;
            }
        }

        return false;
    }

    public bool TryReadBytes(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryReadVarint(out var length) || length > (ulong)_rest.Length)
        {
            return false;
        }

        value = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }
}
