using Ethereum;
using Workers.Hosting.Cryptography;

namespace Workers.Hosting.Tests.Cryptography;

public sealed class SealIdentityTests
{
    // Expected values: viem 2, keccak256(encodeAbiParameters(...)) over the same inputs.
    private static readonly Hash32 Application = SealIdentity.ApplicationId(Convert.FromHexString("01551220" + new string('a', 64)));
    private static readonly Address Owner = Address.Parse("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");

    [Fact]
    public void Seal_ids_and_commitments_are_what_the_contract_computes()
    {
        Assert.Equal("0xfe64fb41f2680770e0f502549707307549846ba7235ae4a374a95a460add2d3a", Application.ToString());
        Assert.Equal("0xb86010ddf187dd77298d922b8fb10ac86e6231db9850bab38e208e15809e355b", SealIdentity.Tag("mail").ToString());
        var sealId = SealIdentity.SealId(Application, Owner, SealIdentity.Tag("mail"), 0x0102030405060708);
        Assert.Equal("0xdbaa9b5fc0d29a116c1664a03ff632e077d2187aec6b42c1feee8fa5af998a2d", sealId.ToString());
        using var key = Secret.CopyOf("0123456789abcdef0123456789abcdef"u8);
        Assert.Equal("0xd32bb18f5b984fe2d8b76728298261bf9ddbde85dbf6537e958cb612e9cf73d9", SealIdentity.KeyCommitment(sealId, key).ToString());
    }

    [Fact]
    public void A_key_of_another_length_is_not_committed_to()
    {
        using var key = Secret.Random(31);
        Assert.Throws<ArgumentException>(() => SealIdentity.KeyCommitment(Hash32.Zero, key));
    }
}
