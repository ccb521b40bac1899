using System.Security.Cryptography;
using Ethereum;
using Ethereum.Abi;
using Workers.Oracle.Solving;

namespace Workers.Oracle.Tests.Solving;

public sealed class ProfileDigestTests
{
    private static readonly Hash32 Request = Keccak256.Hash("request");
    private static readonly Address Anna = Address.Parse("0x00000000000000000000000000000000000000c1"), Bert = Address.Parse("0x00000000000000000000000000000000000000c2");

    [Fact]
    public void It_is_the_hash_that_its_description_says()
    {
        byte[] text =
        [
            .. "data-market/profiles/v1"u8, .. Request.ToArray(), .. Anna.ToArray(), 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, .. Bert.ToArray(), 0, 0, 0, 0, 0, 0, 1, 0, .. new byte[256],
        ];
        Assert.Equal(new Hash32(SHA256.HashData(text)), Of((Anna, [1, 2]), (Bert, new byte[256])));
        Assert.Equal(new Hash32(SHA256.HashData([.. "data-market/unusable-terms/v1"u8, .. Request.ToArray()])), ProfileDigest.OfUnusableTerms(Request));
    }

    [Fact]
    public void Whatever_differs_makes_another_digest()
    {
        Hash32[] digests =
        [
            Of((Anna, [1, 2]), (Bert, [3])), Of((Bert, [3]), (Anna, [1, 2])), Of((Bert, [1, 2]), (Anna, [3])), Of((Anna, [1, 2]), (Anna, [3])), Of((Anna, [1]), (Bert, [2, 3])),
            Of((Anna, [1, 2, 3]), (Bert, [])), Of((Anna, [1, 2])), Of((Anna, [1, 2, .. Bert.ToArray(), 3])), Of((Anna, [1, 2]), (Bert, [4])), Of(), ProfileDigest.OfUnusableTerms(Request),
            ProfileDigest.Of(Hash32.Zero, [(Anna, new byte[] { 1, 2 }), (Bert, new byte[] { 3 })]), ProfileDigest.OfUnusableTerms(Hash32.Zero),
        ];
        Assert.Distinct(digests);
    }

    [Fact]
    public void A_mark_is_what_the_contract_computes()
    {
        var digest = Of((Anna, [1]));
        var encoded = AbiCodec.Encode(AbiType.Parse("(bytes32,address,bytes32)"), [Request.ToArray(), Bert, digest.ToArray()]);
        Assert.Equal(96, encoded.Length);
        Assert.Equal(Keccak256.Hash(encoded), ProfileDigest.Mark(Request, Bert, digest));
        Assert.Distinct([ProfileDigest.Mark(Request, Bert, digest), ProfileDigest.Mark(Request, Anna, digest), ProfileDigest.Mark(digest, Bert, Request)]);
    }

    private static Hash32 Of(params (Address Member, byte[] Content)[] profiles) => ProfileDigest.Of(Request, profiles.Select(p => (p.Member, (ReadOnlyMemory<byte>)p.Content)));
}
