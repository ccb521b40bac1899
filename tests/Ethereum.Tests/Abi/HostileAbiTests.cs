using System.Numerics;
using Ethereum.Abi;
using static Ethereum.Tests.Abi.AbiSpecificationTests;

namespace Ethereum.Tests.Abi;

public class HostileAbiTests
{
    private static readonly string Ones = new('f', 64);

    public static TheoryData<string, string> NotCanonical() => new()
    {
        { "(uint8)", Word("100") },
        { "(uint64)", Word("1" + new string('0', 16)) },
        { "(uint128)", Word("1" + new string('0', 32)) },
        { "(int8)", Word("80") },
        { "(int8)", new string('f', 62) + "7f" },
        { "(int64)", new string('f', 48) + "7fffffffffffffff" },
        { "(bool)", Word("2") },
        { "(address)", "01" + Word("0")[2..] },
        { "(bytes3)", Right("61626364") },
        { "(bytes)", Word("20") + Word("1") + Right("6162") },
        { "(string)", Word("20") + Word("1") + Right("ff") },
        { "(bytes)", Word("0") },
        { "(bytes)", Word("40") + Word("0") + Word("0") },
        { "(bytes)", Ones + Word("0") },
        { "(bytes)", Word("20") },
        { "(bytes)", Word("20") + Word("21") + Word("0") },
        { "(bytes)", Word("20") + Ones },
        { "(bytes)", Word("20") + Word("7fffffff") },
        { "(bytes,bytes)", Word("40") + Word("40") + Word("0") },
        { "(bytes,bytes)", Word("60") + Word("40") + Word("0") + Word("0") },
        { "(uint256[])", Word("20") + Word("8000000") + Word("1") },
        { "(uint256[])", Word("20") + Word("2") + Word("1") },
        { "((uint256,uint256)[])", Word("20") + Word("1") + Word("1") },
        { "(string[2])", Word("20") + Word("40") },
        { "(uint8)", Word("1") + Word("0") },
        { "(uint8)", "01" },
        { "(uint8)", "" },
        { "(uint8[2])", Word("1") },
    };

    [Theory]
    [MemberData(nameof(NotCanonical))]
    public void Data_that_no_compiler_emits_is_refused(string type, string data) =>
        Assert.Throws<AbiException>(() => AbiCodec.Decode(AbiType.Parse(type), Hex.Parse(data)));

    [Fact]
    public void Offsets_that_share_one_tail_cannot_multiply_the_work()
    {
        // Each level holds 8 offsets to the same next level: 8^10 elements in 3 KB for a reader that follows offsets freely.
        var level = "";
        for (var i = 0; i < 10; i++)
        {
            level += Word("8") + string.Concat(Enumerable.Repeat(Word("100"), 8));
        }

        var type = AbiType.Parse($"(uint8{string.Concat(Enumerable.Repeat("[]", 11))})");
        Assert.Throws<AbiException>(() => AbiCodec.Decode(type, Hex.Parse(Word("20") + level + Word("0"))));
    }

    [Fact]
    public void Announced_length_allocates_nothing_before_it_is_checked()
    {
        var data = Hex.Parse(Word("20") + Word("7ffffff") + Word("0"));
        var type = AbiType.Parse("(uint256[])");
        Assert.Throws<AbiException>(() => AbiCodec.Decode(type, data));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<AbiException>(() => AbiCodec.Decode(type, data));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    [Fact]
    public void Every_single_bit_flip_is_either_refused_or_gives_another_value_never_another_failure()
    {
        var type = AbiType.Parse("(uint16,(bytes,int64[])[],string[2],bytes4)");
        object[] values =
        [
            new BigInteger(7),
            new object[] { new object[] { "ab"u8.ToArray(), Numbers(-1, 5) }, new object[] { Array.Empty<byte>(), Numbers() } },
            new object[] { "x", "" },
            "wxyz"u8.ToArray(),
        ];
        var encoded = AbiCodec.Encode(type, values);
        for (var bit = 0; bit < encoded.Length * 8; bit++)
        {
            var flipped = (byte[])encoded.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                var read = AbiCodec.Decode(type, flipped);
                Assert.NotEqual(Show(values), Show(read), StringComparer.Ordinal);
                Assert.Equal(Hex.ToString(flipped), Hex.ToString(AbiCodec.Encode(type, read)));
            }
            catch (AbiException)
            {
                // refused: the other allowed outcome
            }
        }
    }

    public static TheoryData<string, object> Unfit() => new()
    {
        { "(uint8)", new BigInteger(256) },
        { "(uint256)", BigInteger.MinusOne },
        { "(uint256)", BigInteger.One << 256 },
        { "(int8)", new BigInteger(128) },
        { "(int8)", new BigInteger(-129) },
        { "(bytes3)", new byte[2] },
        { "(uint8[2])", Numbers(1) },
        { "(bool)", BigInteger.One },
        { "(string)", "\ud800" },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public void Value_that_does_not_fit_its_type_is_refused_not_truncated(string type, object value) =>
        Assert.Throws<AbiException>(() => AbiCodec.Encode(AbiType.Parse(type), [value]));
}
