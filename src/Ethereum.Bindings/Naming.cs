using System;
using System.Collections.Generic;
using System.Linq;
using Ethereum.Abi;

namespace Ethereum.Bindings;

/// <summary>C# names for Solidity's.</summary>
internal static class Naming
{
    // Members that a generated record has besides its parameters.
    private static readonly HashSet<string> Taken = new(StringComparer.Ordinal)
    {
        "Encode", "Decode", "DecodeResult", "Signature", "Selector", "Topic", "Read", "Write", "Equals", "GetHashCode", "ToString", "GetType",
        "MemberwiseClone", "ReferenceEquals", "Finalize", "Clone", "Deconstruct", "PrintMembers", "EqualityContract",
    };

    /// <summary>Pascal case: <c>tradeId</c> is TradeId, <c>MAX_WINDOW</c> is MaxWindow, <c>token_</c> is Token.</summary>
    public static string Pascal(string name)
    {
        var shouted = !name.Any(char.IsLower);
        var words = name.Split('_', '$').Where(w => w.Length > 0)
            .Select(w => char.ToUpperInvariant(w[0]) + (shouted ? w.Substring(1).ToLowerInvariant() : w.Substring(1)));
        var pascal = string.Concat(words);
        return pascal.Length == 0 || char.IsDigit(pascal[0]) ? "_" + pascal : pascal;
    }

    /// <summary>Property names of a record's parameters, distinct among themselves and from the record's other members.</summary>
    public static List<string> Properties(IReadOnlyList<AbiParameter> parameters, string record)
    {
        var names = new List<string>();
        for (var i = 0; i < parameters.Count; i++)
        {
            var name = parameters[i].Name.Length > 0 ? Pascal(parameters[i].Name) : parameters.Count == 1 ? "Value" : $"Value{i}";
            while (Taken.Contains(name) || names.Contains(name) || name == record)
            {
                name += "_";
            }

            names.Add(name);
        }

        return names;
    }

    /// <summary>The C# type of a value, fully qualified.</summary>
    public static string TypeOf(AbiType type, Func<string> structName) => type.Kind switch
    {
        AbiKind.UInt when type.Size <= 64 => type.Size switch { 8 => "byte", 16 => "ushort", <= 32 => "uint", _ => "ulong" },
        AbiKind.Int when type.Size <= 64 => type.Size switch { 8 => "sbyte", 16 => "short", <= 32 => "int", _ => "long" },
        AbiKind.UInt or AbiKind.Int => "global::System.Numerics.BigInteger",
        AbiKind.Address => "global::Ethereum.Address",
        AbiKind.Bool => "bool",
        AbiKind.FixedBytes when type.Size == 32 => "global::Ethereum.Hash32",
        AbiKind.FixedBytes or AbiKind.Bytes => "byte[]",
        AbiKind.String => "string",
        AbiKind.Tuple => structName(),
        _ => TypeOf(type.Members[0], structName) + "[]",
    };

    /// <summary>What tells overloads apart: <c>AddressUint256</c>, <c>Bytes32Array</c>.</summary>
    public static string Overload(IEnumerable<AbiParameter> parameters) =>
        string.Concat(parameters.Select(p => Suffix(p.Type))) is { Length: > 0 } suffix ? suffix : "Nothing";

    private static string Suffix(AbiType type) => type.Kind switch
    {
        AbiKind.Array => Suffix(type.Members[0]) + "Array",
        AbiKind.FixedArray => Suffix(type.Members[0]) + "Array" + type.Size,
        AbiKind.Tuple => "Tuple",
        _ => Pascal(type.ToString()),
    };
}
