using System.Numerics;
using System.Text;
using Ethereum.Abi;

namespace Ethereum.Tests.Abi;

/// <summary>The worked examples of the Contract ABI specification, sections "Examples" and "Use of Dynamic Types".</summary>
public class AbiSpecificationTests
{
    public static TheoryData<string, object[], string> Examples() => new()
    {
        {
            "baz(uint32,bool)", [new BigInteger(69), true],
            "cdcd77c0" + Word("45") + Word("1")
        },
        {
            "bar(bytes3[2])", [new object[] { "abc"u8.ToArray(), "def"u8.ToArray() }],
            "fce353f6" + Right("616263") + Right("646566")
        },
        {
            "sam(bytes,bool,uint256[])", ["dave"u8.ToArray(), true, Numbers(1, 2, 3)],
            "a5643bf2" + Word("60") + Word("1") + Word("a0") + Word("4") + Right("64617665") + Word("3") + Word("1") + Word("2") + Word("3")
        },
        {
            "f(uint256,uint32[],bytes10,bytes)",
            [new BigInteger(0x123), Numbers(0x456, 0x789), "1234567890"u8.ToArray(), "Hello, world!"u8.ToArray()],
            "8be65246" + Word("123") + Word("80") + Right("31323334353637383930") + Word("e0") + Word("2") + Word("456") + Word("789")
                + Word("d") + Right("48656c6c6f2c20776f726c6421")
        },
        {
            "g(uint256[][],string[])",
            [new object[] { Numbers(1, 2), Numbers(3) }, new object[] { "one", "two", "three" }],
            "2289b18c" + Word("40") + Word("140")
                + Word("2") + Word("40") + Word("a0") + Word("2") + Word("1") + Word("2") + Word("1") + Word("3")
                + Word("3") + Word("60") + Word("a0") + Word("e0") + Word("3") + Right("6f6e65") + Word("3") + Right("74776f") + Word("5") + Right("7468726565")
        },
    };

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_of_the_specification_is_encoded_and_read_back(string signature, object[] values, string expected)
    {
        var type = AbiType.Parse(signature[signature.IndexOf('(', StringComparison.Ordinal)..]);
        var selector = Keccak256.Hash(signature).ToArray().AsSpan(0, 4);
        var encoded = AbiCodec.Encode(type, values, selector);
        Assert.Equal("0x" + expected, Hex.ToString(encoded));
        Assert.Equal(Show(values), Show(AbiCodec.Decode(type, encoded.AsSpan(4))));
    }

    [Theory]
    [InlineData("uint", "uint256")]
    [InlineData("(int,bytes32[2][])[3]", "(int256,bytes32[2][])[3]")]
    public void Alias_is_named_canonically_in_signatures(string text, string canonical) =>
        Assert.Equal(canonical, AbiType.Parse(text).ToString());

    [Theory]
    [InlineData("uint7")]
    [InlineData("uint264")]
    [InlineData("uint08")]
    [InlineData("bytes33")]
    [InlineData("bytes0")]
    [InlineData("uint8[0]")]
    [InlineData("uint8[-1]")]
    [InlineData("uint8[")]
    [InlineData("()")]
    [InlineData("(uint8")]
    [InlineData("(uint8,)")]
    [InlineData("uint8)")]
    [InlineData("fixed128x18")]
    [InlineData("")]
    [InlineData("uint256[2147483647][2147483647]")]
    public void Type_that_does_not_exist_or_has_no_size_is_refused(string text) =>
        Assert.Throws<FormatException>(() => AbiType.Parse(text));

    [Fact]
    public void Type_nested_without_end_is_refused_before_the_stack_ends()
    {
        Assert.Throws<FormatException>(() => AbiType.Parse(new string('(', 100_000)));
        Assert.Throws<FormatException>(() => AbiType.Parse("uint8" + string.Concat(Enumerable.Repeat("[]", 100_000))));
    }

    internal static object[] Numbers(params int[] values) => [.. values.Select(v => (object)new BigInteger(v))];

    internal static string Word(string digits) => digits.PadLeft(64, '0');

    internal static string Right(string digits) => digits.PadRight(64, '0');

    internal static string Show(object value) => value switch
    {
        byte[] bytes => Hex.ToString(bytes),
        object[] many => $"[{string.Join(",", many.Select(Show))}]",
        string text => $"\"{Hex.ToString(Encoding.UTF8.GetBytes(text))}\"",
        _ => value.ToString()!,
    };
}
