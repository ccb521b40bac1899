using System.Buffers;
using System.Text.Json;
using Ethereum;
using Ethereum.Transactions;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Formats;

namespace Workers.Hosting.Envelopes;

/// <summary>
/// What members of different organisations send each other. JSON in exactly one encoding: UTF-8, no white space, properties in this order,
/// hexadecimal in lower case with 0x, base64 with padding (RFC 4648, section 4), numbers in decimal.
/// <code>
/// {"version":1,"from":"0x…20","to":"0x…20","kind":"zone-request","sentAt":…,"expiresAt":…,"nonce":"0x…16","replyTo":"0x…16",
///  "body":"base64","signature":"0x…65"}
/// body        HPKE (RFC 9180, as <see cref="Hpke"/>) to the receiver's P-256 key, info = "data-market/envelope/v1", aad = the header's digest,
///             which is the EIP-712 hash of EnvelopeHeader(address from,address to,string kind,uint256 sentAt,uint256 expiresAt,bytes nonce,bytes replyTo)
/// signature   of the account from, r ‖ s ‖ v: EIP-712, Envelope(the same fields …,bytes32 body), body being the SHA-256 of the sealed bytes
/// </code>
/// The domain of both is ("Envelope", "1", chain id, the market's contract Conduct), so that an envelope counts in one market alone.
/// </summary>
/// <param name="Header">Who, whom, what and when.</param>
/// <param name="Body">Sealed.</param>
/// <param name="Signature">65 bytes.</param>
public sealed record Envelope(EnvelopeHeader Header, ReadOnlyMemory<byte> Body, ReadOnlyMemory<byte> Signature)
{
    private const int Version = 1, Depth = 1, JsonLength = 1_024;

    private static ReadOnlySpan<byte> Info => "data-market/envelope/v1"u8;

    /// <summary>Signs a header and seals a body to its receiver.</summary>
    /// <param name="header">Its <see cref="EnvelopeHeader.From"/> is the signer's account.</param>
    /// <param name="body">At least one byte.</param>
    /// <param name="publicKey">The receiver's P-256 key, uncompressed, 65 bytes.</param>
    /// <exception cref="HpkeException">The public key is no point.</exception>
    public static async Task<Envelope> SealAsync(
        EnvelopeHeader header, ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> publicKey, ISigner signer, TypedDataDomain domain, CancellationToken cancellationToken)
    {
        var sealedBody = Hpke.Seal(publicKey.Span, Info, header.Digest(domain).ToArray(), body.Span);
        var signature = await signer.SignTypedDataAsync(header.SignedData(domain, sealedBody), cancellationToken);
        return new Envelope(header, sealedBody, PersonalMessage.ToBytes(signature));
    }

    /// <summary>Most bytes of an envelope whose body has at most so many before it is sealed.</summary>
    public static int MaxLength(int maxBody) => JsonLength + ((maxBody + Hpke.Overhead + 2) / 3 * 4);

    /// <summary>Reads what somebody else wrote; nothing is believed yet.</summary>
    /// <param name="utf8">The one encoding.</param>
    /// <param name="maxBody">Most bytes of the body before it was sealed.</param>
    /// <exception cref="FormatException">Not in the one encoding, or too long; the message shows nothing of it.</exception>
    public static Envelope Read(ReadOnlySpan<byte> utf8, int maxBody)
    {
        if (utf8.Length > MaxLength(maxBody))
        {
            throw new FormatException($"it has {utf8.Length} bytes, and {MaxLength(maxBody)} are allowed");
        }

        try
        {
            var envelope = Parse(utf8);
            return envelope.Body.Length is > Hpke.Overhead and var length && length <= Hpke.Overhead + maxBody
                ? envelope.Encode().WrittenSpan.SequenceEqual(utf8) ? envelope : throw new FormatException("it is not in the one encoding: no white space, lower-case digits, padded base64")
                : throw new FormatException($"its body has not 1 to {maxBody} bytes");
        }
        catch (JsonException)
        {
            throw NoJson();
        }
    }

    /// <summary>The envelope's bytes.</summary>
    public byte[] Write() => Encode().WrittenSpan.ToArray();

    /// <summary>Opens the body; the caller disposes it.</summary>
    /// <exception cref="HpkeException">Not sealed to this key, or for another header or market.</exception>
    public Secret Open(P256KeyPair own, TypedDataDomain domain) => Hpke.Open(own, Info, Header.Digest(domain).ToArray(), Body.Span);

    /// <summary>Kind and who; the rest says nothing to a reader.</summary>
    public override string ToString() => $"{Header.Kind} of {Header.From} to {Header.To}";

    /// <summary>Without the reader's own exception, which may show a piece of the text.</summary>
    private static FormatException NoJson() => new("it is no JSON, is cut off, or nests");

    private static Envelope Parse(ReadOnlySpan<byte> utf8)
    {
        var json = new StrictJson(utf8, Depth);
        json.Take(JsonTokenType.StartObject, "the document");
        json.Name("version");
        if (json.Whole("'version'") is var version and not Version)
        {
            throw new FormatException($"it is of version {version}; this one is known: {Version}");
        }

        json.Name("from");
        var from = new Address(json.Hexadecimal("'from'", Address.Size));
        json.Name("to");
        var to = new Address(json.Hexadecimal("'to'", Address.Size));
        json.Name("kind");
        var kind = json.Text("'kind'", EnvelopeHeader.MaxKindLength);
        if (!EnvelopeHeader.IsKind(kind))
        {
            throw new FormatException($"'kind' is not 1 to {EnvelopeHeader.MaxKindLength} characters a-z and hyphen");
        }

        json.Name("sentAt");
        var sentAt = json.Whole("'sentAt'");
        json.Name("expiresAt");
        var expiresAt = json.Whole("'expiresAt'");
        if (expiresAt <= sentAt)
        {
            throw new FormatException("it expires before it is sent");
        }

        json.Name("nonce");
        var nonce = new EnvelopeNonce(json.Hexadecimal("'nonce'", EnvelopeNonce.Size));
        json.Name("replyTo");
        var replyTo = new EnvelopeNonce(json.Hexadecimal("'replyTo'", EnvelopeNonce.Size));
        json.Name("body");
        var body = json.Base64("'body'");
        json.Name("signature");
        var signature = json.Hexadecimal("'signature'", PersonalMessage.SignatureLength);
        json.End();
        return new Envelope(new EnvelopeHeader(from, to, kind, sentAt, expiresAt, nonce, replyTo), body, signature);
    }

    private ArrayBufferWriter<byte> Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(MaxLength(Body.Length));
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("from", Header.From.ToString());
            json.WriteString("to", Header.To.ToString());
            json.WriteString("kind", Header.Kind);
            json.WriteNumber("sentAt", Header.SentAt);
            json.WriteNumber("expiresAt", Header.ExpiresAt);
            json.WriteString("nonce", Header.Nonce.ToString());
            json.WriteString("replyTo", Header.ReplyTo.ToString());
            json.WriteBase64String("body", Body.Span);
            json.WriteString("signature", Hex.ToString(Signature.Span));
            json.WriteEndObject();
        }

        return buffer;
    }
}
