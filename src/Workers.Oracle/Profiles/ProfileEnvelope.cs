using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Ethereum;
using Ethereum.Transactions;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Formats;

namespace Workers.Oracle.Profiles;

/// <summary>A node that shall be able to open a profile.</summary>
/// <param name="Node">Its account.</param>
/// <param name="PublicKey">The P-256 key that it registered, uncompressed, 65 bytes.</param>
public sealed record ProfileRecipient(Address Node, ReadOnlyMemory<byte> PublicKey);

/// <summary>The content key, sealed to one node.</summary>
/// <param name="Node">Its account.</param>
/// <param name="Key">HPKE: enc (65) ‖ ciphertext (32) ‖ tag (16), 113 bytes.</param>
public sealed record SealedContentKey(Address Node, ReadOnlyMemory<byte> Key);

/// <summary>
/// A profile as it lies on servers and on IPFS: signed by its member, sealed to the nodes. JSON in exactly one encoding: UTF-8, no white space,
/// properties in this order, hexadecimal in lower case with 0x, base64 with padding (RFC 4648, section 4), numbers in decimal.
/// <code>
/// {"version":1,"member":"0x…20","issuedAt":…,"expiresAt":…,"content":"0x…32","signature":"0x…65",
///  "keys":[{"node":"0x…20","key":"base64 of 113"},…],"sealed":"base64"}
/// version     1
/// issuedAt    Unix seconds, 0 to 253402300799; expiresAt likewise, above it
/// content     SHA-256 of the content (<see cref="ProfileContent"/>)
/// signature   the member's, of member, content and times (<see cref="ProfileHeader"/>)
/// keys        1 to 128, nodes strictly ascending. key: HPKE (RFC 9180, as <see cref="Hpke"/>) of the content key, 32 bytes, without aad, info =
///             "data-market/profile-key/v1" ‖ chain id (8) ‖ contract (20) ‖ member (20) ‖ content (32) ‖ node (20)
/// sealed      nonce (12) ‖ AES-256-GCM ciphertext of the content ‖ tag (16) under the content key, with aad =
///             "data-market/profile/v1" ‖ chain id (8) ‖ contract (20) ‖ member (20) ‖ content (32) ‖ issuedAt (8) ‖ expiresAt (8) ‖
///             node (20) ‖ key (113) for each of keys
/// </code>
/// Numbers of the bindings are big-endian. The aad covers all keys, so a node that opens an envelope knows that nobody changed another node's.
/// </summary>
public sealed class ProfileEnvelope
{
    /// <summary>Longest envelope in bytes: the longest content in base64, and <see cref="MaxKeys"/> keys.</summary>
    public const int MaxBytes = 12 << 20;

    /// <summary>Most nodes that one envelope is sealed to.</summary>
    public const int MaxKeys = 128;

    private const int Version = 1, Depth = 3, KeyLength = 32, NonceLength = 12, TagLength = 16, SealedKeyLength = Hpke.Overhead + KeyLength;
    private const string KeyPurpose = "data-market/profile-key/v1", ContentPurpose = "data-market/profile/v1";

    private readonly byte[] _sealed;

    private ProfileEnvelope(ProfileHeader header, ImmutableArray<SealedContentKey> keys, byte[] sealedContent)
    {
        Header = header;
        Keys = keys;
        _sealed = sealedContent;
    }

    /// <summary>The signed part.</summary>
    public ProfileHeader Header { get; }

    /// <summary>Who can open it.</summary>
    public ImmutableArray<SealedContentKey> Keys { get; }

    /// <summary>Signs a content and seals it to nodes, under a fresh key.</summary>
    /// <param name="member">Whose profile it is.</param>
    /// <param name="nodes">1 to <see cref="MaxKeys"/> different ones.</param>
    /// <param name="issuedAt">Parts of a second are cut off.</param>
    /// <param name="expiresAt">At least a second later.</param>
    /// <param name="oracle">The only one for which it counts.</param>
    /// <exception cref="ArgumentException">No nodes, too many or the same twice; or the times are not in order.</exception>
    /// <exception cref="HpkeException">A node's public key is no point.</exception>
    public static async Task<ProfileEnvelope> SealAsync(
        ProfileContent content,
        ISigner member,
        IEnumerable<ProfileRecipient> nodes,
        DateTimeOffset issuedAt,
        DateTimeOffset expiresAt,
        OracleReference oracle,
        CancellationToken cancellationToken)
    {
        var (issued, expires) = (issuedAt.ToUnixTimeSeconds(), expiresAt.ToUnixTimeSeconds());
        if (issued < 0 || expires <= issued)
        {
            throw new ArgumentException("A profile is issued after 1970 and expires at least a second later.", nameof(expiresAt));
        }

        var signature = await member.SignTypedDataAsync(ProfileHeader.SignedData(oracle, member.Address, content.Hash, issued, expires), cancellationToken);
        var header = new ProfileHeader(member.Address, content.Hash, issued, expires, PersonalMessage.ToBytes(signature));
        using var key = Secret.Random(KeyLength);
        var keys = nodes.OrderBy(n => n.Node.ToString(), StringComparer.Ordinal)
            .Select(n => new SealedContentKey(n.Node, Hpke.Seal(n.PublicKey.Span, KeyInfo(oracle, header, n.Node), aad: [], key.Reveal())))
            .ToImmutableArray();
        if (OrderProblem(keys) is { } problem)
        {
            throw new ArgumentException(problem, nameof(nodes));
        }

        var body = new byte[NonceLength + content.Bytes.Length + TagLength];
        RandomNumberGenerator.Fill(body.AsSpan(0, NonceLength));
        using var gcm = new AesGcm(key.Reveal(), TagLength);
        gcm.Encrypt(body.AsSpan(0, NonceLength), content.Bytes.Span, body.AsSpan(NonceLength..^TagLength), body.AsSpan(^TagLength..), AssociatedData(oracle, header, keys));
        return new ProfileEnvelope(header, keys, body);
    }

    /// <summary>Reads what somebody else wrote; nothing is believed yet.</summary>
    /// <exception cref="ProfileException">Too large, or not in the one encoding.</exception>
    public static ProfileEnvelope Read(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxBytes)
        {
            throw new ProfileException(ProfileProblem.TooLarge, $"The envelope has {utf8.Length} bytes; {MaxBytes} are allowed.");
        }

        try
        {
            var envelope = Parse(utf8);
            return envelope.Encode().WrittenSpan.SequenceEqual(utf8)
                ? envelope
                : throw Malformed("it is not in the one encoding: no white space, lower-case digits, padded base64");
        }
        catch (JsonException)
        {
            throw Malformed("it is no JSON, is cut off, or nests too deeply");
        }
        catch (FormatException e)
        {
            throw Malformed(e.Message);
        }
    }

    /// <summary>The envelope's bytes.</summary>
    public byte[] Write() => Encode().WrittenSpan.ToArray();

    /// <summary>Checks signature and times, opens the content and compares it with what was signed.</summary>
    /// <param name="node">This node's account.</param>
    /// <param name="pair">Its registered key.</param>
    /// <param name="oracle">The oracle for which the profile must have been made.</param>
    /// <param name="now">This node's clock.</param>
    /// <param name="maxAge">Longest time since it was issued.</param>
    /// <exception cref="ProfileException">One of these does not hold; in this order, the first.</exception>
    public ProfileContent Open(Address node, P256KeyPair pair, OracleReference oracle, DateTimeOffset now, TimeSpan maxAge)
    {
        if (!Header.IsSignedFor(oracle))
        {
            throw new ProfileException(
                ProfileProblem.BadSignature,
                $"The signature is not that of {Header.Member} for this content, these times and the oracle {oracle.Contract} on chain {oracle.ChainId}.");
        }

        Header.CheckTimes(now, maxAge);
        var content = Decrypt(node, pair, oracle);
        return new Hash32(SHA256.HashData(content)) == Header.Content
            ? ProfileContent.Read(content)
            : throw new ProfileException(ProfileProblem.NotAsSigned, "The profile opens to another content than its member signed.");
    }

    private ArrayBufferWriter<byte> Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(1024 + (Keys.Length * 256) + (_sealed.Length / 3 * 4));
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("member", Header.Member.ToString());
            json.WriteNumber("issuedAt", Header.IssuedAt);
            json.WriteNumber("expiresAt", Header.ExpiresAt);
            json.WriteString("content", Header.Content.ToString());
            json.WriteString("signature", Hex.ToString(Header.Signature.Span));
            json.WriteStartArray("keys");
            foreach (var (node, key) in Keys)
            {
                json.WriteStartObject();
                json.WriteString("node", node.ToString());
                json.WriteBase64String("key", key.Span);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteBase64String("sealed", _sealed);
            json.WriteEndObject();
        }

        return buffer;
    }

    private byte[] Decrypt(Address node, P256KeyPair pair, OracleReference oracle)
    {
        var own = Keys.FirstOrDefault(k => k.Node == node)
            ?? throw new ProfileException(ProfileProblem.NotForThisNode, $"The profile is sealed to {Keys.Length} nodes, and {node} is not among them.");
        var content = new byte[_sealed.Length - NonceLength - TagLength];
        try
        {
            using var key = Hpke.Open(pair, KeyInfo(oracle, Header, node), aad: [], own.Key.Span);
            using var gcm = new AesGcm(key.Reveal(), TagLength);
            gcm.Decrypt(_sealed.AsSpan(0, NonceLength), _sealed.AsSpan(NonceLength..^TagLength), _sealed.AsSpan(^TagLength..), content, AssociatedData(oracle, Header, Keys));
            return content;
        }
        catch (CryptographicException)
        {
            throw new ProfileException(
                ProfileProblem.DoesNotOpen, $"The profile does not open with the key of {node}: it was changed, sealed to a former key, or copied from another profile or oracle.");
        }
    }

    private static ProfileEnvelope Parse(ReadOnlySpan<byte> utf8)
    {
        var json = new StrictJson(utf8, Depth);
        json.Take(JsonTokenType.StartObject, "the document");
        json.Name("version");
        if (json.Whole("'version'") is var version and not Version)
        {
            throw new FormatException($"it is of version {version}; this one is known: {Version}");
        }

        json.Name("member");
        var member = new Address(json.Hexadecimal("'member'", Address.Size));
        json.Name("issuedAt");
        var issuedAt = json.Whole("'issuedAt'");
        json.Name("expiresAt");
        var expiresAt = json.Whole("'expiresAt'");
        if (expiresAt <= issuedAt)
        {
            throw new FormatException("it expires before it is issued");
        }

        json.Name("content");
        var content = new Hash32(json.Hexadecimal("'content'", Hash32.Size));
        json.Name("signature");
        var signature = json.Hexadecimal("'signature'", PersonalMessage.SignatureLength);
        json.Name("keys");
        var keys = ReadKeys(ref json);
        json.Name("sealed");
        var body = json.Base64("'sealed'");
        json.End();
        return body.Length > NonceLength + TagLength
            ? new ProfileEnvelope(new ProfileHeader(member, content, issuedAt, expiresAt, signature), keys, body)
            : throw new FormatException("'sealed' holds nothing");
    }

    private static ImmutableArray<SealedContentKey> ReadKeys(ref StrictJson json)
    {
        json.Take(JsonTokenType.StartArray, "'keys'");
        var keys = ImmutableArray.CreateBuilder<SealedContentKey>();
        while (!json.EndsOrStarts(JsonTokenType.StartObject, "an entry of 'keys'") && keys.Count <= MaxKeys)
        {
            json.Name("node");
            var node = new Address(json.Hexadecimal("'node'", Address.Size));
            json.Name("key");
            var key = json.Base64("'key'");
            json.Take(JsonTokenType.EndObject, "what comes after 'key'");
            keys.Add(key.Length == SealedKeyLength ? new SealedContentKey(node, key) : throw new FormatException($"a sealed key has not {SealedKeyLength} bytes"));
        }

        var read = keys.DrainToImmutable();
        return OrderProblem(read) is { } problem ? throw new FormatException(problem) : read;
    }

    private static string? OrderProblem(ImmutableArray<SealedContentKey> keys)
    {
        if (keys.Length is 0 or > MaxKeys)
        {
            return $"a profile is sealed to 1 to {MaxKeys} nodes";
        }

        for (var i = 1; i < keys.Length; i++)
        {
            if (string.CompareOrdinal(keys[i - 1].Node.ToString(), keys[i].Node.ToString()) >= 0)
            {
                return "a node stands twice among the keys, or they are not in ascending order";
            }
        }

        return null;
    }

    private static byte[] KeyInfo(OracleReference oracle, ProfileHeader header, Address node) =>
        [.. oracle.Info(KeyPurpose, header.Member, header.Content), .. node.ToArray()];

    private static byte[] AssociatedData(OracleReference oracle, ProfileHeader header, ImmutableArray<SealedContentKey> keys)
    {
        Span<byte> times = stackalloc byte[2 * sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(times, header.IssuedAt);
        BinaryPrimitives.WriteInt64BigEndian(times[sizeof(long)..], header.ExpiresAt);
        return [.. oracle.Info(ContentPurpose, header.Member, header.Content), .. times, .. keys.SelectMany(k => (byte[])[.. k.Node.ToArray(), .. k.Key.Span])];
    }

    private static ProfileException Malformed(string reason) => new(ProfileProblem.MalformedEnvelope, $"The envelope is refused: {reason}.");
}
