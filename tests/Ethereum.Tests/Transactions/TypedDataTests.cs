using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Testing;

namespace Ethereum.Tests.Transactions;

/// <summary>EIP-712, by its own example.</summary>
public sealed class TypedDataTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Structs_hash_as_in_the_EIPs_example()
    {
        Assert.Equal(
            "0xf2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f",
            TypedData.HashStruct(
                "EIP712Domain",
                [
                    new("string", "name", "Ether Mail"), new("string", "version", "1"), new("uint256", "chainId", BigInteger.One),
                    new("address", "verifyingContract", Address.Parse("0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC")),
                ]).ToString());
        Assert.Equal("0xfc71e5fa27ff56c350aa531bc129ebdf613b772b6604664f5d8dbe21b85eb0c8", Person("Cow", "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"));
        Assert.Equal("0xcd54f074a4af31b4411ff6a60c9719dbd559c221c8ac3492d9d872b041d703d1", Person("Bob", "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"));

        var mail = new TypedData(
            new("Ether Mail", "1", 1, Address.Parse("0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC")),
            "Mail",
            [
                new("Person", "from", Fields("Cow", "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826")), new("Person", "to", Fields("Bob", "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB")),
                new("string", "contents", "Hello, Bob!"),
            ]);
        Assert.Equal("0xc52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e", mail.StructHash.ToString());
        Assert.Equal("0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2", mail.Hash().ToString());

        static string Person(string name, string wallet) => TypedData.HashStruct("Person", Fields(name, wallet)).ToString();

        static TypedField[] Fields(string name, string wallet) => [new("string", "name", name), new("address", "wallet", Address.Parse(wallet))];
    }

    [Fact]
    public async Task A_local_key_and_a_node_sign_the_same_struct()
    {
        await using var node = await AnvilNode.StartAsync(new AnvilOptions(), Cancellation);
        using var http = new HttpClient(EthereumRpc.CreateHandler());
        var rpc = new EthereumRpc(http, new EthereumRpcOptions { Endpoints = [node.Address] }, TimeProvider.System);
        using var local = new LocalKeySigner(Convert.FromHexString(AnvilNode.Accounts[0].PrivateKey[2..]));
        var data = Data(31337);
        foreach (ISigner signer in new ISigner[] { local, new NodeSigner(rpc, local.Address) })
        {
            var signature = await signer.SignTypedDataAsync(data, Cancellation);
            Assert.Equal(local.Address, signature.Recover(data.Hash()));
            Assert.NotEqual(local.Address, signature.Recover(Data(1).Hash()));
        }
    }

    [Fact]
    public void A_value_that_is_not_of_its_declared_type_is_refused()
    {
        Assert.Throws<ArgumentException>(() => TypedData.HashStruct("T", [new("uint256", "n", BigInteger.MinusOne)]));
        Assert.Throws<ArgumentException>(() => TypedData.HashStruct("T", [new("uint256", "n", BigInteger.One << 256)]));
        Assert.Throws<ArgumentException>(() => TypedData.HashStruct("T", [new("bytes32", "h", new byte[32])]));
        Assert.Throws<ArgumentException>(() => TypedData.HashStruct("T", [new("bool", "b", BigInteger.One)]));
        Assert.Throws<ArgumentException>(() => TypedData.HashStruct("T", [new("uint8", "n", new BigInteger(256))]));
        Assert.Throws<ArgumentException>(() => TypedData.HashStruct("T", [new("int8", "n", new BigInteger(128))]));
        Assert.Throws<ArgumentException>(() => TypedData.HashStruct("T", [new("int8", "n", new BigInteger(-129))]));
        Assert.Throws<ArgumentException>(() => TypedData.HashStruct("T", [new("uint7", "n", BigInteger.One)]));
        Assert.Throws<ArgumentException>(() => TypedData.HashStruct("T", [new("uint264", "n", BigInteger.One)]));
        Assert.Throws<ArgumentException>(() => TypedData.HashStruct("T", [new("uint+8", "n", BigInteger.One)]));
    }

    /// <summary>One of viem's.</summary>
    internal static void Compare(JsonElement item)
    {
        var domain = item.GetProperty("domain");
        var data = new TypedData(
            new TypedDataDomain(
                domain.GetProperty("name").GetString()!, domain.GetProperty("version").GetString()!, domain.GetProperty("chainId").GetUInt64(),
                Address.Parse(domain.GetProperty("verifyingContract").GetString()!)),
            "Thing",
            Fields(item.GetProperty("fields"), item.GetProperty("values"), item.GetProperty("structs")));
        Assert.Equal(item.GetProperty("hash").GetString(), data.Hash().ToString());
        var signature = PersonalMessage.FromBytes(Hex.Parse(item.GetProperty("signature").GetString()!));
        Assert.Equal(item.GetProperty("signer").GetString(), signature.Recover(data.Hash()).ToChecksumString());
    }

    private static List<TypedField> Fields(JsonElement fields, JsonElement values, JsonElement structs) =>
        [.. fields.EnumerateArray().Zip(values.EnumerateArray(), (field, value) => Field(field, value, structs))];

    private static TypedField Field(JsonElement field, JsonElement value, JsonElement structs)
    {
        var type = field.GetProperty("type").GetString()!;
        return new TypedField(type, field.GetProperty("name").GetString()!, structs.TryGetProperty(type, out var members) ? Fields(members, value, structs) : type switch
        {
            "address" => Address.Parse(value.GetString()!),
            "bytes" => Hex.Parse(value.GetString()!),
            "bytes32" => Hash32.Parse(value.GetString()!),
            "string" => value.GetString()!,
            _ => BigInteger.Parse(value.GetString()!, CultureInfo.InvariantCulture),
        });
    }

    private static TypedData Data(ulong chainId) => new(
        new TypedDataDomain("Test", "1", chainId, Address.Parse("0x5FbDB2315678afecb367f032d93F642f64180aa3")),
        "Thing",
        [
            new("uint256", "number", new BigInteger(7)), new("address", "account", Address.Zero), new("bytes", "data", new byte[] { 1, 2 }),
            new("bytes32", "hash", Keccak256.Hash("x"u8)), new("string", "text", "ü"),
            new("bool", "yes", true), new("bool", "no", false), new("int32", "west", new BigInteger(-122_419_415)), new("uint8", "size", new BigInteger(8)),
            new("Place", "place", new TypedField[] { new("int32", "latitude", new BigInteger(-1)), new("bytes32", "salt", Hash32.Zero) }),
        ]);
}
