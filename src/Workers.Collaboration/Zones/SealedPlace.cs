using System.Buffers.Binary;
using System.Security.Cryptography;
using Ethereum;
using Ethereum.Contracts;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Members;

namespace Workers.Collaboration.Zones;

/// <summary>
/// A place, sealed to one member: HPKE (RFC 9180, as <see cref="Hpke"/>) of latitude (4) ‖ longitude (4) ‖ salt (32), numbers big-endian, with info = "data-market/zone-place/v1" and
/// aad = request's struct hash (32) ‖ collaborator (20) ‖ reader (20) ‖ chain id (8) ‖ contract (20).
/// </summary>
public static class SealedPlace
{
    /// <summary>Bytes.</summary>
    public const int Length = Hpke.Overhead + PlainLength;

    private const int PlainLength = 4 + 4 + Hash32.Size;

    private static ReadOnlySpan<byte> Info => "data-market/zone-place/v1"u8;

    /// <summary>Seals a place.</summary>
    /// <param name="publicKey">The reader's.</param>
    /// <exception cref="HpkeException">The public key is no point.</exception>
    public static byte[] Seal(ReadOnlySpan<byte> publicKey, Conduct.Place place, ConductReference market, Hash32 request, Address collaborator, Address reader)
    {
        ArgumentNullException.ThrowIfNull(place);
        Span<byte> plain = stackalloc byte[PlainLength];
        BinaryPrimitives.WriteInt32BigEndian(plain, place.Latitude);
        BinaryPrimitives.WriteInt32BigEndian(plain[4..], place.Longitude);
        place.Salt.CopyTo(plain[8..]);
        try
        {
            return Hpke.Seal(publicKey, Info, Binding(market, request, collaborator, reader), plain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>Opens a place.</summary>
    /// <exception cref="HpkeException">It was not sealed to this key, or for something else.</exception>
    public static Conduct.Place Open(P256KeyPair own, ReadOnlySpan<byte> message, ConductReference market, Hash32 request, Address collaborator, Address reader)
    {
        if (message.Length != Length)
        {
            throw new HpkeException($"A sealed place has {Length} bytes, not {message.Length}.");
        }

        using var opened = Hpke.Open(own, Info, Binding(market, request, collaborator, reader), message);
        var plain = opened.Reveal();
        return new Conduct.Place(BinaryPrimitives.ReadInt32BigEndian(plain), BinaryPrimitives.ReadInt32BigEndian(plain[4..]), new Hash32(plain[8..]));
    }

    private static byte[] Binding(ConductReference market, Hash32 request, Address collaborator, Address reader)
    {
        var chain = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(chain, market.ChainId);
        return [.. request.ToArray(), .. collaborator.ToArray(), .. reader.ToArray(), .. chain, .. market.Contract.ToArray()];
    }
}
