using System;
using System.Collections.Generic;
using System.Linq;
using Ethereum.Abi;

namespace Ethereum.Bindings;

/// <summary>A committed contract file: <c>{"contractName", "abi", "bytecode"}</c>, the abi as solc writes it.</summary>
internal sealed class ContractAbi
{
    private ContractAbi(string name, string bytecode, List<AbiEntry> entries) => (Name, Bytecode, Entries) = (name, bytecode, entries);

    /// <summary>The contract's name.</summary>
    public string Name { get; }

    /// <summary>0x and the creation code, or 0x for an interface.</summary>
    public string Bytecode { get; }

    /// <summary>Functions, events, errors and the constructor, in the file's order.</summary>
    public List<AbiEntry> Entries { get; }

    /// <summary>Reads the file's text.</summary>
    /// <exception cref="FormatException">It is malformed; the message says how.</exception>
    public static ContractAbi Parse(string text)
    {
        if (Json.Parse(text) is not Dictionary<string, object?> root)
        {
            throw new FormatException("not a JSON object with contractName, abi and bytecode");
        }

        var name = Text(root, "contractName");
        var bytecode = root.ContainsKey("bytecode") ? Text(root, "bytecode") : "0x";
        if (name.Length == 0 || !name.All(c => c is '_' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9')) || char.IsDigit(name[0]))
        {
            throw new FormatException($"contractName '{name}' is not an identifier");
        }

        if (!bytecode.StartsWith("0x", StringComparison.Ordinal) || bytecode.Length % 2 != 0
            || !bytecode.Skip(2).All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f') or (>= 'A' and <= 'F')))
        {
            throw new FormatException("bytecode is not 0x and hexadecimal bytes (an unlinked library?)");
        }

        var entries = List(root, "abi", "the file").Select((entry, i) => AbiEntry.Read(entry, i)).Where(e => e.Kind is not ("fallback" or "receive"));
        return new ContractAbi(name, bytecode, [.. entries]);
    }

    internal static string Text(Dictionary<string, object?> node, string name) =>
        node.TryGetValue(name, out var value) && value is string text ? text : throw new FormatException($"\"{name}\" is missing or not a string");

    internal static IEnumerable<Dictionary<string, object?>> List(Dictionary<string, object?> node, string name, string where) =>
        node.TryGetValue(name, out var value) && value is List<object?> list && list.All(e => e is Dictionary<string, object?>)
            ? list.Cast<Dictionary<string, object?>>()
            : throw new FormatException($"\"{name}\" of {where} is missing or not an array of objects");
}

/// <summary>A function, event, error or constructor.</summary>
internal sealed class AbiEntry
{
    private static readonly string[] Kinds = ["function", "event", "error", "constructor", "fallback", "receive"];

    private AbiEntry(string kind, string name, List<AbiParameter> inputs, List<AbiParameter> outputs) =>
        (Kind, Name, Inputs, Outputs) = (kind, name, inputs, outputs);

    public string Kind { get; }

    public string Name { get; }

    public List<AbiParameter> Inputs { get; }

    public List<AbiParameter> Outputs { get; }

    public string Signature => $"{Name}({string.Join(",", Inputs.Select(p => p.Type))})";

    public static AbiEntry Read(Dictionary<string, object?> node, int index)
    {
        var kind = ContractAbi.Text(node, "type");
        if (!Kinds.Contains(kind, StringComparer.Ordinal))
        {
            throw new FormatException($"abi entry {index} has the unknown type '{kind}'");
        }

        var named = kind is "function" or "event" or "error";
        var name = named ? ContractAbi.Text(node, "name") : "";
        if (node.TryGetValue("anonymous", out var anonymous) && anonymous is true)
        {
            throw new FormatException($"event '{name}' is anonymous; its logs cannot be told from others");
        }

        var where = named ? $"{kind} '{name}'" : kind;
        var inputs = kind is "fallback" or "receive" ? [] : AbiParameter.ReadList(node, "inputs", where);
        var outputs = kind == "function" ? AbiParameter.ReadList(node, "outputs", where) : [];
        if (inputs.Count(p => p.Indexed) > 3)
        {
            throw new FormatException($"{where} has more than three indexed parameters");
        }

        return new AbiEntry(kind, name, inputs, outputs);
    }
}

/// <summary>A parameter, return value or struct member.</summary>
internal sealed class AbiParameter
{
    private AbiParameter(string name, AbiType type, string? structName, bool indexed, List<AbiParameter> components) =>
        (Name, Type, StructName, Indexed, Components) = (name, type, structName, indexed, components);

    public string Name { get; }

    public AbiType Type { get; }

    /// <summary>Solidity's name of the struct (of the innermost element, for arrays): <c>IDataTrades.Terms</c>.</summary>
    public string? StructName { get; }

    public bool Indexed { get; }

    /// <summary>Members of the struct.</summary>
    public List<AbiParameter> Components { get; }

    public static List<AbiParameter> ReadList(Dictionary<string, object?> node, string name, string where) =>
        [.. ContractAbi.List(node, name, where).Select(p => Read(p, where, 0))];

    private static AbiParameter Read(Dictionary<string, object?> node, string where, int depth)
    {
        if (depth > AbiType.MaxDepth)
        {
            throw new FormatException($"structs of {where} nest deeper than {AbiType.MaxDepth} levels");
        }

        var name = node.TryGetValue("name", out var given) && given is string text ? text : "";
        var written = ContractAbi.Text(node, "type");
        List<AbiParameter> components = [];
        if (written.StartsWith("tuple", StringComparison.Ordinal))
        {
            components = [.. ContractAbi.List(node, "components", $"'{name}' of {where}").Select(c => Read(c, where, depth + 1))];
            written = $"({string.Join(",", components.Select(c => c.Type))}){written.Substring("tuple".Length)}";
        }

        AbiType type;
        try
        {
            type = AbiType.Parse(written);
        }
        catch (FormatException e)
        {
            throw new FormatException($"parameter '{name}' of {where}: {e.Message}", e);
        }

        var indexed = node.TryGetValue("indexed", out var flag) && flag is true;
        return new AbiParameter(name, type, SolidityStruct(node), indexed, components);
    }

    private static string? SolidityStruct(Dictionary<string, object?> node) =>
        node.TryGetValue("internalType", out var value) && value is string text && text.StartsWith("struct ", StringComparison.Ordinal)
            ? text.Substring("struct ".Length).Split('[')[0]
            : null;
}
