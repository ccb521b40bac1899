using System.Buffers;
using System.Numerics;
using System.Security.Cryptography;
using Ethereum;
using Ethereum.Transactions;

namespace Workers.Hosting.Envelopes;

/// <summary>What anybody on the way can read of an envelope.</summary>
/// <param name="From">The sender's account.</param>
/// <param name="To">The receiver's account.</param>
/// <param name="Kind">What the body is: 1 to 64 characters a–z and hyphen.</param>
/// <param name="SentAt">Unix seconds.</param>
/// <param name="ExpiresAt">Unix seconds; above <paramref name="SentAt"/>.</param>
/// <param name="Nonce">Random; no receiver takes the same twice from one sender.</param>
/// <param name="ReplyTo">Nonce of the envelope that this one answers; <see cref="EnvelopeNonce.None"/> when it answers none.</param>
public sealed record EnvelopeHeader(Address From, Address To, string Kind, long SentAt, long ExpiresAt, EnvelopeNonce Nonce, EnvelopeNonce ReplyTo)
{
    /// <summary>Longest <see cref="Kind"/>.</summary>
    public const int MaxKindLength = 64;

    private static readonly SearchValues<char> KindCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz-");

    /// <summary>Whether a text names a kind.</summary>
    public static bool IsKind(string text) => text.Length is > 0 and <= MaxKindLength && !text.AsSpan().ContainsAnyExcept(KindCharacters);

    /// <summary>The body's associated data: whoever opens it knows that it was sealed for this header, in this market.</summary>
    public Hash32 Digest(TypedDataDomain domain) => new TypedData(domain, "EnvelopeHeader", Fields).Hash();

    /// <summary>What the sender signs: the header and the SHA-256 of the sealed body.</summary>
    public TypedData SignedData(TypedDataDomain domain, ReadOnlySpan<byte> sealedBody) =>
        new(domain, "Envelope", [.. Fields, new("bytes32", "body", new Hash32(SHA256.HashData(sealedBody)))]);

    private TypedField[] Fields =>
    [
        new("address", "from", From),
        new("address", "to", To),
        new("string", "kind", Kind),
        new("uint256", "sentAt", new BigInteger(SentAt)),
        new("uint256", "expiresAt", new BigInteger(ExpiresAt)),
        new("bytes", "nonce", Nonce.ToArray()),
        new("bytes", "replyTo", ReplyTo.ToArray()),
    ];
}
