using System.Text;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Testing;

namespace Ethereum.Tests.Transactions;

/// <summary>EIP-191, version 0x45; the hashes are those that viem 2 gives for the same messages.</summary>
public sealed class PersonalMessageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Messages_hash_as_wallets_hash_them()
    {
        Assert.Equal("0xa1de988600a42c4b4ab089b619297c17d53cffae5d5120d82d8a92d0bb3b78f2", PersonalMessage.Hash("Hello World"u8).ToString());
        Assert.Equal("0xc9f7ac21ad15113f5bcf8fec921a3c6e77649f4601e3cc0928eb5fe54756e010", PersonalMessage.Hash([0xff, 0x00]).ToString());
    }

    [Fact]
    public async Task A_local_key_and_a_node_sign_for_the_same_account()
    {
        await using var node = await AnvilNode.StartAsync(new AnvilOptions(), Cancellation);
        using var http = new HttpClient(EthereumRpc.CreateHandler());
        var rpc = new EthereumRpc(http, new EthereumRpcOptions { Endpoints = [node.Address] }, TimeProvider.System);
        using var local = new LocalKeySigner(Convert.FromHexString(AnvilNode.Accounts[0].PrivateKey[2..]));
        var message = Encoding.UTF8.GetBytes("a report");
        foreach (ISigner signer in new ISigner[] { local, new NodeSigner(rpc, local.Address) })
        {
            var bytes = PersonalMessage.ToBytes(await signer.SignMessageAsync(message, Cancellation));
            Assert.Equal(local.Address, PersonalMessage.FromBytes(bytes).Recover(PersonalMessage.Hash(message)));
            Assert.NotEqual(local.Address, PersonalMessage.FromBytes(bytes).Recover(PersonalMessage.Hash("another report"u8)));
        }
    }

    [Fact]
    public void A_signature_of_another_form_is_refused()
    {
        Assert.Throws<FormatException>(() => PersonalMessage.FromBytes(new byte[64]));
        Assert.Throws<FormatException>(() => PersonalMessage.FromBytes([.. new byte[64], 29]));
    }
}
