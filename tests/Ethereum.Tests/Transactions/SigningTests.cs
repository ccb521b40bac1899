using System.Numerics;
using System.Security.Cryptography;
using Ethereum.Transactions;

namespace Ethereum.Tests.Transactions;

public class SigningTests
{
    private static readonly BigInteger Order = BigInteger.Parse("115792089237316195423570985008687907852837564279074904382605163141518161494337");

    // EIP-155, "Example".
    [Fact]
    public void Example_of_EIP_155_has_the_published_payload_hash_encoding_and_sender()
    {
        var transaction = new LegacyTransaction
        {
            ChainId = 1,
            Nonce = 9,
            GasPrice = 20_000_000_000,
            GasLimit = 21_000,
            To = Address.Parse("0x3535353535353535353535353535353535353535"),
            Value = BigInteger.Pow(10, 18),
        };
        Assert.Equal("0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53", transaction.SigningHash().ToString());

        var signature = new Signature(
            BigInteger.Parse("18515461264373351373200002665853028612451056578545711640558177340181847433846"),
            BigInteger.Parse("46948507304638947509940763649030358759909902576025900602547168820602576006531"),
            YParity: false);
        var signed = SignedTransaction.Of(transaction, signature);
        Assert.Equal(
            "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83",
            Hex.ToString(signed.Raw));
        using var signer = new LocalKeySigner(Hex.Parse(string.Concat(Enumerable.Repeat("46", 32))));
        Assert.Equal(signer.Address, signed.Sender);
        Assert.Equal(transaction, ((LegacyTransaction)SignedTransaction.Decode(signed.Raw).Transaction) with { Data = transaction.Data });
    }

    // The first account of the mnemonic "test test … junk", whose key and address every development node prints.
    [Fact]
    public void Key_gives_its_well_known_address()
    {
        using var signer = new LocalKeySigner(Hex.Parse("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"));
        Assert.Equal("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", signer.Address.ToChecksumString());
    }

    [Fact]
    public async Task Signature_is_low_s_verified_by_the_platform_and_recovers_to_its_signer()
    {
        for (var i = 0; i < 20; i++)
        {
            using var platform = ECDsa.Create(Secp256k1.Curve);
            var key = platform.ExportParameters(includePrivateParameters: true);
            using var signer = new LocalKeySigner(key.D);
            var transaction = Sample with { Nonce = (ulong)i };
            var signed = await signer.SignAsync(transaction, TestContext.Current.CancellationToken);
            var (r, s, _) = signed.Signature;
            Assert.True(s <= Order / 2);
            Assert.Equal(signer.Address, signed.Sender);
            Assert.True(platform.VerifyHash(transaction.SigningHash().ToArray(), Bytes(r).Concat(Bytes(s)).ToArray(), DSASignatureFormat.IeeeP1363FixedFieldConcatenation));

            var read = SignedTransaction.Decode(signed.Raw);
            Assert.Equal((signed.Hash, signed.Sender), (read.Hash, read.Sender));
            var other = signed.Signature with { YParity = !signed.Signature.YParity };
            Assert.NotEqual(signer.Address, other.Recover(transaction.SigningHash()));
            Assert.Throws<FormatException>(() => new Signature(r, Order - s, false).Recover(transaction.SigningHash()));
        }
    }

    [Fact]
    public void Signature_out_of_range_is_refused()
    {
        foreach (var (r, s) in new[] { (BigInteger.Zero, BigInteger.One), (BigInteger.One, BigInteger.Zero), (Order, BigInteger.One), (BigInteger.One, Order), (new BigInteger(5), BigInteger.One) })
        {
            Assert.Throws<FormatException>(() => new Signature(r, s, false).Recover(Hash32.Zero)); // no point has x = 5
        }
    }

    [Fact]
    public void Key_that_is_no_key_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new LocalKeySigner(new byte[32]));
        Assert.Throws<ArgumentException>(() => new LocalKeySigner(new byte[31]));
        Assert.Throws<ArgumentException>(() => new LocalKeySigner(Bytes(Order)));
        Assert.Throws<ArgumentException>(() => new LocalKeySigner(Enumerable.Repeat((byte)0xff, 32).ToArray()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("01c0")]
    [InlineData("02c0")]
    [InlineData("02cc808080808080808080808080")]
    [InlineData("c9808080808080808080")]
    public void Transaction_that_is_malformed_is_refused(string raw) =>
        Assert.Throws<FormatException>(() => SignedTransaction.Decode(Convert.FromHexString(raw)));

    internal static Eip1559Transaction Sample => new()
    {
        ChainId = 31337,
        Nonce = 0,
        GasLimit = 100_000,
        MaxFeePerGas = 2_000_000_000,
        MaxPriorityFeePerGas = 1,
        To = Address.Parse("0x3535353535353535353535353535353535353535"),
        Value = 7,
        Data = [1, 2, 3],
        AccessList = [new AccessListEntry(Address.Zero, [Hash32.Zero, Keccak256.Hash("x")])],
    };

    private static byte[] Bytes(BigInteger value)
    {
        var bytes = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }
}
