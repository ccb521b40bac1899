using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;

namespace Ethereum.Transactions;

/// <summary>Where a signature of typed data counts (EIP-712's domain), so that it cannot be replayed anywhere else.</summary>
/// <param name="Name">Of the protocol.</param>
/// <param name="Version">Of the protocol.</param>
/// <param name="ChainId">EIP-155 id.</param>
/// <param name="VerifyingContract">Whose business it is.</param>
public sealed record TypedDataDomain(string Name, string Version, ulong ChainId, Address VerifyingContract);

/// <summary>One member of a struct of typed data, with its value.</summary>
/// <param name="Type"><c>address</c>, <c>bool</c>, <c>bytes</c>, <c>bytes32</c>, <c>string</c> or <c>uint256</c>.</param>
/// <param name="Value">An <see cref="Address"/>, a <see langword="bool"/>, a <see langword="byte"/> array, a <see cref="Hash32"/>, a <see langword="string"/> or a <see cref="BigInteger"/>.</param>
public sealed record TypedField(string Type, string Name, object Value);

/// <summary>A struct that accounts sign and wallets can show to a person (EIP-712). Its members are no structs or arrays themselves.</summary>
/// <param name="PrimaryType">The struct's name.</param>
/// <param name="Fields">In the order of its definition.</param>
public sealed record TypedData(TypedDataDomain Domain, string PrimaryType, IReadOnlyList<TypedField> Fields)
{
    /// <summary>What is signed: Keccak-256 of 0x1901 ‖ domain separator ‖ hash of the struct.</summary>
    public Hash32 Hash()
    {
        Span<byte> message = stackalloc byte[2 + (2 * Hash32.Size)];
        (message[0], message[1]) = (0x19, 0x01);
        HashStruct("EIP712Domain", DomainFields).CopyTo(message[2..]);
        HashStruct(PrimaryType, Fields).CopyTo(message[(2 + Hash32.Size)..]);
        return Keccak256.Hash(message);
    }

    /// <summary>As <c>eth_signTypedData_v4</c> takes it.</summary>
    public JsonObject ToJson() => new()
    {
        ["types"] = new JsonObject { ["EIP712Domain"] = Types(DomainFields), [PrimaryType] = Types(Fields) },
        ["primaryType"] = PrimaryType,
        ["domain"] = Values(DomainFields),
        ["message"] = Values(Fields),
    };

    private TypedField[] DomainFields =>
    [
        new("string", "name", Domain.Name),
        new("string", "version", Domain.Version),
        new("uint256", "chainId", new BigInteger(Domain.ChainId)),
        new("address", "verifyingContract", Domain.VerifyingContract),
    ];

    /// <summary>EIP-712's hashStruct: Keccak-256 of the type's hash ‖ each member in 32 bytes.</summary>
    internal static Hash32 HashStruct(string name, IReadOnlyList<TypedField> fields)
    {
        var type = $"{name}({string.Join(',', fields.Select(f => $"{f.Type} {f.Name}"))})";
        var encoded = new byte[(1 + fields.Count) * Hash32.Size];
        Keccak256.Hash(Encoding.UTF8.GetBytes(type)).CopyTo(encoded);
        for (var i = 0; i < fields.Count; i++)
        {
            Encode(fields[i], encoded.AsSpan((1 + i) * Hash32.Size, Hash32.Size));
        }

        return Keccak256.Hash(encoded);
    }

    private static void Encode(TypedField field, Span<byte> word)
    {
        switch (field)
        {
            case { Type: "address", Value: Address address }:
                address.CopyTo(word[12..]);
                break;
            case { Type: "bool", Value: bool flag }:
                word[^1] = flag ? (byte)1 : (byte)0;
                break;
            case { Type: "bytes", Value: byte[] bytes }:
                Keccak256.Hash(bytes).CopyTo(word);
                break;
            case { Type: "bytes32", Value: Hash32 hash }:
                hash.CopyTo(word);
                break;
            case { Type: "string", Value: string text }:
                Keccak256.Hash(Encoding.UTF8.GetBytes(text)).CopyTo(word);
                break;
            case { Type: "uint256", Value: BigInteger { Sign: >= 0 } number } when number.GetByteCount(isUnsigned: true) <= word.Length:
                number.TryWriteBytes(word[^number.GetByteCount(isUnsigned: true)..], out _, isUnsigned: true, isBigEndian: true);
                break;
            default:
                throw new ArgumentException($"{field.Name} is declared as {field.Type} and holds a {field.Value.GetType().Name}, or a number out of range.", nameof(field));
        }
    }

    private static JsonArray Types(IReadOnlyList<TypedField> fields) =>
        [.. fields.Select(f => new JsonObject { ["name"] = f.Name, ["type"] = f.Type })];

    private static JsonObject Values(IReadOnlyList<TypedField> fields) => new(fields.Select(f => KeyValuePair.Create(f.Name, (JsonNode?)(f.Value switch
    {
        byte[] bytes => Hex.ToString(bytes),
        bool flag => JsonValue.Create(flag),
        var value => value.ToString(),
    }))));
}
