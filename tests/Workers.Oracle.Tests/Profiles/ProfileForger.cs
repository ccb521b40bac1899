using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ethereum;
using Ethereum.Transactions;
using Workers.Hosting.Cryptography;
using Workers.Oracle.Profiles;

namespace Workers.Oracle.Tests.Profiles;

/// <summary>
/// A member with its own software, written from the format's description alone: it seals bytes of any kind, and signs another hash if it likes. That
/// the product opens what it makes also shows that the description is complete.
/// </summary>
internal static class ProfileForger
{
    /// <param name="signed">What is signed; the hash of the content when null.</param>
    /// <param name="content">What is sealed.</param>
    public static async Task<ProfileEnvelope> SealAsync(Hash32? signed, byte[] content)
    {
        var (member, oracle) = (Samples.Member.Address, Samples.Oracle);
        var (issued, expires) = (Samples.Now.AddDays(-1).ToUnixTimeSeconds(), Samples.Now.AddDays(1).ToUnixTimeSeconds());
        var hash = signed ?? new Hash32(SHA256.HashData(content));
        var signature = await Samples.Member.SignTypedDataAsync(
            new TypedData(
                new TypedDataDomain("PrivacyOracle", "1", oracle.ChainId, oracle.Contract),
                "Profile",
                [
                    new("address", "member", member),
                    new("bytes32", "content", hash),
                    new("uint256", "issuedAt", new System.Numerics.BigInteger(issued)),
                    new("uint256", "expiresAt", new System.Numerics.BigInteger(expires)),
                ]),
            Samples.Cancellation);

        byte[] bound = [.. Number(oracle.ChainId), .. oracle.Contract.ToArray(), .. member.ToArray(), .. hash.ToArray()];
        var key = RandomNumberGenerator.GetBytes(32);
        var sealedKey = Hpke.Seal(Samples.Pair.PublicKey, [.. "data-market/profile-key/v1"u8, .. bound, .. Samples.Node.ToArray()], [], key);
        byte[] aad = [.. "data-market/profile/v1"u8, .. bound, .. Number((ulong)issued), .. Number((ulong)expires), .. Samples.Node.ToArray(), .. sealedKey];
        var body = new byte[12 + content.Length + 16];
        using var gcm = new AesGcm(key, 16);
        gcm.Encrypt(body.AsSpan(0, 12), content, body.AsSpan(12..^16), body.AsSpan(^16..), aad);

        return ProfileEnvelope.Read(Encoding.UTF8.GetBytes(
            $$"""{"version":1,"member":"{{member}}","issuedAt":{{issued}},"expiresAt":{{expires}},"content":"{{hash}}","signature":"{{Hex.ToString(PersonalMessage.ToBytes(signature))}}","keys":[{"node":"{{Samples.Node}}","key":"{{Convert.ToBase64String(sealedKey)}}"}],"sealed":"{{Convert.ToBase64String(body)}}"}"""));
    }

    private static byte[] Number(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }
}
