using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace ContentStore;

/// <summary>What the bytes of a block are (multicodec table, multiformats/multicodec).</summary>
public enum CidCodec : byte
{
    /// <summary>Plain bytes: a UnixFS leaf.</summary>
    Raw = 0x55,

    /// <summary>A dag-pb node: an inner node of a UnixFS file.</summary>
    DagPb = 0x70,
}

/// <summary>
/// A content identifier: codec and SHA-256 digest of one block (multiformats/cid). Only sha2-256 with 32 bytes is accepted, so
/// no caller ever has to ask whether a digest is strong. A CIDv0 ("Qm…") is read as the CIDv1 of the same block.
/// </summary>
public sealed class Cid : IEquatable<Cid>
{
    /// <summary>Length of a binary CIDv1 with sha2-256: version, codec, hash function, digest length, 32 bytes of digest.</summary>
    public const int BinaryLength = 36;

    /// <summary>Length in characters of the text form: the multibase prefix "b" and 58 base32 digits.</summary>
    public const int TextLength = 59;

    private const byte Version = 0x01;
    private const byte Sha256Code = 0x12;
    private const byte DigestLength = 0x20;
    private const int V0TextLength = 46;

    private readonly byte[] _digest;

    /// <param name="codec">What the block's bytes are.</param>
    /// <param name="digest">SHA-256 of the block, 32 bytes; copied.</param>
    /// <exception cref="ArgumentException">The digest has another length.</exception>
    public Cid(CidCodec codec, ReadOnlySpan<byte> digest)
    {
        if (digest.Length != DigestLength)
        {
            throw new ArgumentException($"A SHA-256 digest has 32 bytes, not {digest.Length}.", nameof(digest));
        }

        Codec = codec;
        _digest = digest.ToArray();
    }

    /// <summary>What the block's bytes are.</summary>
    public CidCodec Codec { get; }

    /// <summary>SHA-256 of the block, 32 bytes.</summary>
    public ReadOnlySpan<byte> Digest => _digest;

    /// <summary>The identifier of a block.</summary>
    public static Cid Of(CidCodec codec, ReadOnlySpan<byte> block)
    {
        Span<byte> digest = stackalloc byte[DigestLength];
        SHA256.HashData(block, digest);
        return new Cid(codec, digest);
    }

    /// <summary>Reads the canonical text form: CIDv1 in lower-case base32, or CIDv0 in base58btc.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static Cid Parse(string text) => TryParse(text, out var cid)
        ? cid
        : throw new FormatException($"'{Shorten(text)}' is not a CID with sha2-256 and codec raw or dag-pb in lower-case base32 (or CIDv0).");

    /// <summary>Like <see cref="Parse"/>, without an exception.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Cid? cid)
    {
        cid = null;
        if (text is null)
        {
            return false;
        }

        Span<byte> binary = stackalloc byte[BinaryLength];
        if (text.Length == TextLength && text[0] == 'b')
        {
            return Multibase.TryDecodeBase32(text.AsSpan(1), binary) && TryReadBinary(binary, out cid);
        }

        var v0 = binary[..34];
        if (text.Length == V0TextLength && Multibase.TryDecodeBase58(text, v0) && v0[0] == Sha256Code && v0[1] == DigestLength)
        {
            cid = new Cid(CidCodec.DagPb, v0[2..]);
            return true;
        }

        return false;
    }

    /// <summary>Reads the binary form of a CIDv1 (36 bytes) or CIDv0 (34 bytes), the whole span.</summary>
    public static bool TryReadBinary(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Cid? cid)
    {
        cid = null;
        if (bytes.Length == 34 && bytes[0] == Sha256Code && bytes[1] == DigestLength)
        {
            cid = new Cid(CidCodec.DagPb, bytes[2..]);
            return true;
        }

        if (bytes.Length != BinaryLength || bytes[0] != Version || bytes[2] != Sha256Code || bytes[3] != DigestLength
            || bytes[1] is not ((byte)CidCodec.Raw or (byte)CidCodec.DagPb))
        {
            return false;
        }

        cid = new Cid((CidCodec)bytes[1], bytes[4..]);
        return true;
    }

    /// <summary>Writes the binary form, <see cref="BinaryLength"/> bytes.</summary>
    public void WriteBinary(Span<byte> destination)
    {
        destination[0] = Version;
        destination[1] = (byte)Codec;
        destination[2] = Sha256Code;
        destination[3] = DigestLength;
        _digest.CopyTo(destination[4..]);
    }

    /// <summary>The binary form, <see cref="BinaryLength"/> bytes: what a contract stores.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[BinaryLength];
        WriteBinary(bytes);
        return bytes;
    }

    /// <summary>Whether this is the identifier of the given bytes.</summary>
    public bool Matches(ReadOnlySpan<byte> block)
    {
        Span<byte> digest = stackalloc byte[DigestLength];
        SHA256.HashData(block, digest);
        return digest.SequenceEqual(_digest);
    }

    /// <summary>The text form, CIDv1 in lower-case base32.</summary>
    public override string ToString()
    {
        Span<byte> binary = stackalloc byte[BinaryLength];
        WriteBinary(binary);
        return "b" + Multibase.EncodeBase32(binary);
    }

    /// <inheritdoc/>
    public bool Equals(Cid? other) => other is not null && Codec == other.Codec && Digest.SequenceEqual(other.Digest);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Cid);

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.ToInt32(_digest);

    /// <summary>Same codec and digest.</summary>
    public static bool operator ==(Cid? left, Cid? right) => Equals(left, right);

    /// <summary>Another codec or digest.</summary>
    public static bool operator !=(Cid? left, Cid? right) => !Equals(left, right);

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
