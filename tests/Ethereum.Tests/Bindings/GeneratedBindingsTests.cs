using System.Numerics;
using Ethereum.Abi;
using Ethereum.Contracts;
using static Ethereum.Tests.Abi.AbiSpecificationTests;

namespace Ethereum.Tests.Bindings;

public class GeneratedBindingsTests
{
    private static readonly Address Alice = Address.Parse("0x00000000000000000000000000000000000a11ce");
    private static readonly Address Bob = Address.Parse("0x0000000000000000000000000000000000000b0b");

    [Fact]
    public void Overloads_keep_apart_by_their_parameter_types()
    {
        ICall one = new MarketToken.BalanceOfAddressCall(Alice);
        ICall two = new MarketToken.BalanceOfAddressUint256Call(Alice, 0);
        Assert.Equal("balanceOf(address)", one.Function);
        Assert.Equal("balanceOf(address,uint256)", two.Function);
        Assert.Equal("0x70a08231" + Word("a11ce"), Hex.ToString(one.Encode())); // 0x70a08231: ERC-20
        Assert.Equal(3, new[] { typeof(Zoo.SameNothingCall), typeof(Zoo.SameUint8ArrayCall), typeof(Zoo.SameUint8Uint8Call) }.Distinct().Count());
    }

    [Fact]
    public void Transfer_of_a_token_is_read_from_its_log()
    {
        Hash32[] topics = [MarketToken.TransferEvent.Topic, Alice.ToTopic(), Bob.ToTopic()];
        var data = Hex.Parse(Word("64"));
        Assert.Equal(new MarketToken.TransferEvent(Alice, Bob, 100), MarketToken.DecodeEvent(topics, data));
        Assert.Null(MarketToken.DecodeEvent([], data));
        Assert.Null(DataTrades.DecodeEvent(topics, data));
    }

    [Fact]
    public void Log_with_another_number_of_topics_is_refused_though_its_first_topic_fits()
    {
        // ERC-721 has the same signature with all three parameters indexed.
        Hash32[] topics = [MarketToken.TransferEvent.Topic, Alice.ToTopic(), Bob.ToTopic(), Hash32.Zero];
        Assert.Throws<AbiException>(() => MarketToken.TransferEvent.Decode(topics, []));
        Assert.Throws<AbiException>(() => MarketToken.TransferEvent.Decode(topics.AsSpan(0, 3), []));
        Assert.Throws<AbiException>(() => MarketToken.TransferEvent.Decode([topics[0], Hash32.Parse(new string('f', 64)), Bob.ToTopic()], Hex.Parse(Word("1"))));
    }

    [Fact]
    public void Custom_error_is_read_from_revert_data()
    {
        var data = AbiCodec.Encode(AbiType.Parse("(uint256,uint64)"), Numbers(7, 9), Keccak256.Hash("TooLate(uint256,uint64)").ToArray().AsSpan(0, 4));
        Assert.Equal(new DataTrades.TooLateError(7, 9), DataTrades.DecodeError(data));
        Assert.Null(DataTrades.DecodeError([1, 2, 3]));
        Assert.Throws<AbiException>(() => DataTrades.DecodeError(data.AsSpan(0, 10)));
    }

    [Fact]
    public void Struct_argument_is_encoded_inside_its_call()
    {
        var call = new DataTrades.CommissionCall([1, 2], new DataTrades.Terms(5000, 1, 2, 3, 4, Bob));
        var expected = AbiCodec.Encode(
            AbiType.Parse("(bytes,(uint16,uint32,uint32,uint32,uint32,address))"),
            [new byte[] { 1, 2 }, new object[] { new BigInteger(5000), BigInteger.One, new BigInteger(2), new BigInteger(3), new BigInteger(4), Bob }],
            DataTrades.CommissionCall.Selector);
        Assert.Equal(Hex.ToString(expected), Hex.ToString(call.Encode()));
    }

    [Fact]
    public void Deployment_is_the_bytecode_and_then_the_arguments()
    {
        var data = new MarketToken.Deployment(Alice).Encode();
        Assert.Equal(MarketToken.Bytecode + Word("a11ce"), Hex.ToString(data));
        Assert.StartsWith("0x6001" + Word("7") + Word("40"), Hex.ToString(new Zoo.Deployment(7, "x").Encode()), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_width_survives_the_generated_code_at_its_bounds()
    {
        var call = new Zoo.SmallCall(
            byte.MaxValue, ushort.MaxValue, 0xffffff, ulong.MaxValue, (BigInteger.One << 72) - 1,
            sbyte.MinValue, short.MinValue, -(1L << 39), -(BigInteger.One << 255), true, [1, 2, 3], Hash32.Parse(new string('a', 64)), Alice);
        var encoded = call.Encode();
        var dynamic = AbiCodec.Decode(AbiType.Parse(Zoo.SmallCall.Signature["small".Length..]), encoded.AsSpan(4));
        Assert.Equal(-(BigInteger.One << 39), dynamic[7]);
        var read = call.DecodeResult(encoded.AsSpan(4));
        Assert.Equal((call.A, call.B, call.C, call.D, call.E, call.F, call.G, call.H, call.I), (read.Value0, read.Value1, read.Value2, read.Value3, read.Value4, read.Value5, read.Value6, read.Value7, read.Value8));
        Assert.Equal((call.J, Hex.ToString(call.K), call.L, call.M), (read.Value9, Hex.ToString(read.Value10), read.Value11, read.Value12));
        Assert.Throws<AbiException>(() => (call with { C = 0x1000000 }).Encode());
        Assert.Throws<AbiException>(() => (call with { H = 1L << 39 }).Encode());
    }

    [Fact]
    public void Arrays_of_structs_of_arrays_survive_the_generated_code()
    {
        var herd = new Zoo.Herd("cows", [new Zoo.Animal([1, 2, 3, 4], [[], [9]]), new Zoo.Animal([5, 6, 7, 8], [])], new Zoo.Pen(-1, 1));
        var call = new Zoo.NestedCall([[herd, herd], []], [[1, 2, 3], [4, 5, 6]]);
        var encoded = call.Encode();
        var dynamic = AbiCodec.Decode(AbiType.Parse(Zoo.NestedCall.Signature["nested".Length..]), encoded.AsSpan(4));
        Assert.Equal(Hex.ToString(encoded), Hex.ToString(AbiCodec.Encode(AbiType.Parse(Zoo.NestedCall.Signature["nested".Length..]), dynamic, Zoo.NestedCall.Selector)));
        var read = call.DecodeResult(encoded.AsSpan(4));
        Assert.Equal(Hex.ToString(encoded), Hex.ToString(new Zoo.NestedCall(read.Herds, read.Grid).Encode()));
        Assert.Equal("cows", read.Herds[0][1].Name);
        Assert.Equal(8, read.Herds[0][1].Animals[1].Legs[3]);
        Assert.Equal(6, read.Grid[1][2]);
        Assert.Throws<AbiException>(() => new Zoo.NestedCall([[]], []).Encode());
    }

    [Fact]
    public void Names_that_mean_something_in_csharp_still_compile()
    {
        var call = new Zoo.EventCall(1, 2, 3);
        Assert.Equal((1, 2, 3), (call.String, call.Signature_, call._));
    }

    [Fact]
    public void Indexed_text_is_its_hash_while_indexed_numbers_are_themselves()
    {
        var who = Keccak256.Hash("bob");
        var data = AbiCodec.Encode(AbiType.Parse("(string)"), ["hi"]);
        var seen = Zoo.SeenEvent.Decode([Zoo.SeenEvent.Topic, who, Hash32.Parse(Word("5")), Hash32.Zero], data);
        Assert.Equal(new Zoo.SeenEvent(who, 5, "hi", Hash32.Zero), seen);
    }
}
