namespace Ethereum.Tests;

public class KeccakTests
{
    // Keccak team, KeccakKAT-3.zip, ShortMsgKAT_256.txt (Len = 0, 8, 1080, 1088) and the Ethereum yellow paper's constants:
    // KEC(()), KEC(RLP(())) and KEC of the event signature of ERC-20.
    [Theory]
    [InlineData("", "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("cc", "0xeead6dbfc7340a56caedc044696a168870549a6a7f6f56961e84a54bd9970b8a")]
    [InlineData("c0", "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347")]
    [InlineData("80", "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421")]
    public void Hashes_what_the_published_vectors_say(string message, string expected) =>
        Assert.Equal(expected, Keccak256.Hash(Hex.Parse(message)).ToString());

    [Fact]
    public void Event_signature_gives_the_topic_that_every_erc20_token_emits() =>
        Assert.Equal(
            "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",
            Keccak256.Hash("Transfer(address,address,uint256)").ToString());
}
