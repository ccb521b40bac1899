using System.Globalization;
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
/// <param name="Type"><c>address</c>, <c>bool</c>, <c>bytes</c>, <c>bytes32</c>, <c>string</c>, <c>uintN</c>, <c>intN</c> or a struct's name.</param>
/// <param name="Value">An <see cref="Address"/>, a <see langword="bool"/>, a <see langword="byte"/> array, a <see cref="Hash32"/>, a <see langword="string"/>, a <see cref="BigInteger"/> or a list of the struct's members.</param>
public sealed record TypedField(string Type, string Name, object Value);

/// <summary>A struct that accounts sign and wallets can show to a person (EIP-712). Its members are no arrays, and at most structs without structs.</summary>
/// <param name="PrimaryType">The struct's name.</param>
/// <param name="Fields">In the order of its definition.</param>
public sealed record TypedData(TypedDataDomain Domain, string PrimaryType, IReadOnlyList<TypedField> Fields)
{
    /// <summary>EIP-712's hashStruct, which does not depend on the domain: by it other structs refer to this one.</summary>
    public Hash32 StructHash => HashStruct(PrimaryType, Fields);

    /// <summary>What is signed: Keccak-256 of 0x1901 ‖ domain separator ‖ hash of the struct.</summary>
    public Hash32 Hash()
    {
        Span<byte> message = stackalloc byte[2 + (2 * Hash32.Size)];
        (message[0], message[1]) = (0x19, 0x01);
        HashStruct("EIP712Domain", DomainFields).CopyTo(message[2..]);
        StructHash.CopyTo(message[(2 + Hash32.Size)..]);
        return Keccak256.Hash(message);
    }

    /// <summary>Whether an account signed this, in the one form that a signature has: r ‖ s ‖ v, 65 bytes, s in the lower half (EIP-2), v 27 or 28.</summary>
    public bool IsSignedBy(Address account, ReadOnlySpan<byte> signature) => PersonalMessage.IsSignedBy(account, Hash(), signature);

    /// <summary>As <c>eth_signTypedData_v4</c> takes it.</summary>
    public JsonObject ToJson() => new()
    {
        ["types"] = new JsonObject(
        [
            KeyValuePair.Create("EIP712Domain", (JsonNode?)Types(DomainFields)),
            KeyValuePair.Create(PrimaryType, (JsonNode?)Types(Fields)),
            .. Structs(Fields).Select(s => KeyValuePair.Create(s.Key, (JsonNode?)Types(s.Value))),
        ]),
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
        var type = Definition(name, fields) + string.Concat(Structs(fields).Select(s => Definition(s.Key, s.Value)));
        var encoded = new byte[(1 + fields.Count) * Hash32.Size];
        Keccak256.Hash(Encoding.UTF8.GetBytes(type)).CopyTo(encoded);
        for (var i = 0; i < fields.Count; i++)
        {
            Encode(fields[i], encoded.AsSpan((1 + i) * Hash32.Size, Hash32.Size));
        }

        return Keccak256.Hash(encoded);
    }

    private static string Definition(string name, IReadOnlyList<TypedField> fields) => $"{name}({string.Join(',', fields.Select(f => $"{f.Type} {f.Name}"))})";

    /// <summary>The structs among the members, in the order of their names.</summary>
    private static SortedDictionary<string, IReadOnlyList<TypedField>> Structs(IReadOnlyList<TypedField> fields)
    {
        var structs = new SortedDictionary<string, IReadOnlyList<TypedField>>(StringComparer.Ordinal);
        foreach (var field in fields)
        {
            if (field.Value is IReadOnlyList<TypedField> members)
            {
                structs[field.Type] = members;
            }
        }

        return structs;
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
            case { Value: BigInteger number } when Bits(field.Type, "uint") is { } bits && number.Sign >= 0 && number.GetByteCount(isUnsigned: true) * 8 <= bits:
                number.TryWriteBytes(word[^number.GetByteCount(isUnsigned: true)..], out _, isUnsigned: true, isBigEndian: true);
                break;
            case { Value: BigInteger number } when Bits(field.Type, "int") is { } bits && number.GetByteCount() * 8 <= bits:
                word.Fill(number.Sign < 0 ? (byte)0xff : (byte)0);
                number.TryWriteBytes(word[^number.GetByteCount()..], out _, isBigEndian: true);
                break;
            case { Value: IReadOnlyList<TypedField> members }:
                HashStruct(field.Type, members).CopyTo(word);
                break;
            default:
                throw new ArgumentException($"{field.Name} is declared as {field.Type} and holds a {field.Value.GetType().Name}, or a number out of range.", nameof(field));
        }
    }

    /// <summary>N of uintN or intN: 8, 16, … 256.</summary>
    private static int? Bits(string type, string prefix) =>
        type.StartsWith(prefix, StringComparison.Ordinal) && int.TryParse(type.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var bits) && bits is > 0 and <= 256 && bits % 8 == 0
            ? bits
            : null;

    private static JsonArray Types(IReadOnlyList<TypedField> fields) =>
        [.. fields.Select(f => new JsonObject { ["name"] = f.Name, ["type"] = f.Type })];

    private static JsonObject Values(IReadOnlyList<TypedField> fields) => new(fields.Select(f => KeyValuePair.Create(f.Name, (JsonNode?)(f.Value switch
    {
        byte[] bytes => Hex.ToString(bytes),
        bool flag => JsonValue.Create(flag),
        IReadOnlyList<TypedField> members => Values(members),
        var value => value.ToString(),
    }))));
}
