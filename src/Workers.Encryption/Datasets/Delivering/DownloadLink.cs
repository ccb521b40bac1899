using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Ethereum;
using Ethereum.Transactions;

namespace Workers.Encryption.Datasets.Delivering;

/// <summary>A link to one delivery that is good for a while: whoever has it can download what only the requester can open.</summary>
public sealed record DownloadLink(long RequestId, DateTimeOffset Expires, string Signature)
{
    /// <summary>Path and query.</summary>
    public string Path => string.Create(CultureInfo.InvariantCulture, $"/deliveries/{RequestId}?expires={Expires.ToUnixTimeSeconds()}&signature={Signature}");

    /// <summary>Makes a link.</summary>
    /// <param name="key">Of this house's links, 32 bytes.</param>
    internal static DownloadLink Make(long requestId, DateTimeOffset expires, ReadOnlySpan<byte> key) =>
        new(requestId, expires, Sign(requestId, expires.ToUnixTimeSeconds(), key));

    /// <summary>Whether somebody shows a link that was made here and has not expired. Takes the same time for every wrong signature.</summary>
    internal static bool IsGood(long requestId, long expires, string signature, DateTimeOffset now, ReadOnlySpan<byte> key) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(Sign(requestId, expires, key)))
        && now.ToUnixTimeSeconds() < expires;

    /// <summary>What a requester signs with the account that asked, to be given a link (EIP-712): Download(uint256 requestId,uint256 issuedAt), seconds since 1970.</summary>
    public static TypedData Demand(ulong chainId, Address market, long requestId, long issuedAt) => new(
        DeliveryDomain.Of(chainId, market), "Download", [new("uint256", "requestId", new BigInteger(requestId)), new("uint256", "issuedAt", new BigInteger(issuedAt))]);

    private static string Sign(long requestId, long expires, ReadOnlySpan<byte> key)
    {
        Span<byte> message = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(message, requestId);
        BinaryPrimitives.WriteInt64BigEndian(message[8..], expires);
        return Base64Url.EncodeToString(HMACSHA256.HashData(key, message));
    }
}
