using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Ethereum.Abi;

/// <summary>What a Solidity type is made of.</summary>
public enum AbiKind
{
    /// <summary>uint8 to uint256.</summary>
    UInt,

    /// <summary>int8 to int256.</summary>
    Int,

    /// <summary>20 bytes.</summary>
    Address,

    /// <summary>0 or 1.</summary>
    Bool,

    /// <summary>bytes1 to bytes32.</summary>
    FixedBytes,

    /// <summary>bytes.</summary>
    Bytes,

    /// <summary>string.</summary>
    String,

    /// <summary>T[k].</summary>
    FixedArray,

    /// <summary>T[].</summary>
    Array,

    /// <summary>A struct, or a list of arguments.</summary>
    Tuple,
}

/// <summary>A Solidity type as the Contract ABI specification names it. The source generator compiles this file as well.</summary>
public sealed class AbiType
{
    /// <summary>How deep arrays and tuples may nest.</summary>
    public const int MaxDepth = 32;

    private AbiType(AbiKind kind, int size, IReadOnlyList<AbiType> members, string text)
    {
        Kind = kind;
        Size = size;
        Members = members;
        Text = text;
        IsDynamic = kind is AbiKind.Bytes or AbiKind.String or AbiKind.Array || members.Any(m => m.IsDynamic);
        long inline = kind == AbiKind.FixedArray ? (long)size * members[0].HeadBytes : members.Sum(m => (long)m.HeadBytes);
        InlineBytes = kind switch
        {
            AbiKind.Array => 32,
            AbiKind.FixedArray or AbiKind.Tuple => inline <= int.MaxValue ? (int)inline : throw new FormatException($"ABI type '{text}' is larger than 2 GiB."),
            _ => 32,
        };
    }

    /// <summary>What the type is made of.</summary>
    public AbiKind Kind { get; }

    /// <summary>Bits of an integer, bytes of bytesN, elements of T[k]; otherwise 0.</summary>
    public int Size { get; }

    /// <summary>Members of a tuple, or the one element type of an array.</summary>
    public IReadOnlyList<AbiType> Members { get; }

    /// <summary>Whether the encoding's length depends on the value.</summary>
    public bool IsDynamic { get; }

    /// <summary>Bytes in the head of what contains it: 32 for the offset of a dynamic type.</summary>
    public int HeadBytes => IsDynamic ? 32 : InlineBytes;

    /// <summary>Bytes of the own head: of all members of a tuple or fixed array.</summary>
    public int InlineBytes { get; }

    private string Text { get; }

    /// <summary>Reads a canonical type, for example <c>(uint256,bytes[2])[]</c>. <c>uint</c> and <c>int</c> mean 256 bits, <c>function</c> is bytes24.</summary>
    /// <exception cref="FormatException">Not a type, nested deeper than <see cref="MaxDepth"/>, or of no size (T[0], an empty struct).</exception>
    public static AbiType Parse(string text)
    {
        var at = 0;
        var type = Read(text, ref at, 0);
        return at == text.Length ? type : throw Malformed(text, at);
    }

    /// <summary>A tuple of these members; a list of arguments may be empty.</summary>
    public static AbiType Tuple(IReadOnlyList<AbiType> members) => new(AbiKind.Tuple, 0, members, $"({string.Join(",", members.Select(m => m.Text))})");

    /// <summary>The canonical name, as in signatures.</summary>
    public override string ToString() => Text;

    private static AbiType Read(string text, ref int at, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new FormatException($"ABI type nests deeper than {MaxDepth} levels.");
        }

        var type = at < text.Length && text[at] == '(' ? ReadTuple(text, ref at, depth) : ReadElementary(text, ref at);
        for (; at < text.Length && text[at] == '['; depth++)
        {
            var close = text.IndexOf(']', at);
            if (close < 0 || depth >= MaxDepth)
            {
                throw Malformed(text, at);
            }

            var length = text.Substring(at + 1, close - at - 1);
            at = close + 1;
            type = length.Length == 0
                ? new AbiType(AbiKind.Array, 0, [type], type.Text + "[]")
                : new AbiType(AbiKind.FixedArray, Number(length, 1, int.MaxValue, text), [type], $"{type.Text}[{length}]");
        }

        return type;
    }

    private static AbiType ReadTuple(string text, ref int at, int depth)
    {
        var members = new List<AbiType>();
        do
        {
            at++;
            members.Add(Read(text, ref at, depth + 1));
        }
        while (at < text.Length && text[at] == ',');
        if (at == text.Length || text[at++] != ')')
        {
            throw Malformed(text, at);
        }

        return Tuple(members);
    }

    private static AbiType ReadElementary(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && text[at] is (>= 'a' and <= 'z') or (>= '0' and <= '9'))
        {
            at++;
        }

        var name = text.Substring(start, at - start);
        return name switch
        {
            "address" => new AbiType(AbiKind.Address, 0, [], name),
            "bool" => new AbiType(AbiKind.Bool, 0, [], name),
            "bytes" => new AbiType(AbiKind.Bytes, 0, [], name),
            "string" => new AbiType(AbiKind.String, 0, [], name),
            "function" => new AbiType(AbiKind.FixedBytes, 24, [], name),
            "uint" => new AbiType(AbiKind.UInt, 256, [], "uint256"),
            "int" => new AbiType(AbiKind.Int, 256, [], "int256"),
            _ when name.StartsWith("uint", StringComparison.Ordinal) => new AbiType(AbiKind.UInt, Bits(name.Substring(4), text), [], name),
            _ when name.StartsWith("int", StringComparison.Ordinal) => new AbiType(AbiKind.Int, Bits(name.Substring(3), text), [], name),
            _ when name.StartsWith("bytes", StringComparison.Ordinal) => new AbiType(AbiKind.FixedBytes, Number(name.Substring(5), 1, 32, text), [], name),
            _ => throw Malformed(text, start),
        };
    }

    private static int Bits(string digits, string text)
    {
        var bits = Number(digits, 8, 256, text);
        return bits % 8 == 0 ? bits : throw new FormatException($"ABI type '{text}' has an integer of {bits} bits; they are multiples of 8.");
    }

    private static int Number(string digits, int low, int high, string text) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= low && number <= high && digits[0] != '0'
            ? number
            : throw new FormatException($"ABI type '{text}' has the size '{digits}'; allowed is {low} to {high}.");

    private static FormatException Malformed(string text, int at) => new($"'{text}' is not an ABI type: unexpected text at character {at}.");
}
