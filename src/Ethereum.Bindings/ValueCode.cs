using System;
using System.Collections.Generic;
using System.Linq;
using Ethereum.Abi;

namespace Ethereum.Bindings;

/// <summary>Statements that write a value with an AbiWriter named <c>w</c> or read it with an AbiReader.</summary>
internal sealed class ValueCode
{
    private readonly CodeText _code;
    private readonly Func<AbiParameter, string> _structName;
    private int _locals;

    public ValueCode(CodeText code, Func<AbiParameter, string> structName) => (_code, _structName) = (code, structName);

    /// <summary>The C# type of a parameter.</summary>
    public string TypeOf(AbiParameter parameter) => Naming.TypeOf(parameter.Type, () => _structName(parameter));

    /// <summary>Writes <paramref name="value"/>, an expression of the parameter's C# type.</summary>
    public void Write(AbiParameter parameter, AbiType type, string value)
    {
        var local = _locals++;
        switch (type.Kind)
        {
            case AbiKind.Array:
                _code.Line($"var f{local} = w.EnterArray({type.Members[0].HeadBytes}, {value}.Length);");
                WriteElements(parameter, type, value, local);
                _code.Line($"w.Leave(f{local});");
                break;
            case AbiKind.FixedArray:
                _code.Line($"if ({value}.Length != {type.Size}) throw new global::Ethereum.Abi.AbiException($\"{{{value}.Length}} elements are not a {type}.\");");
                Framed(type, local, "w", () => WriteElements(parameter, type, value, local));
                break;
            case AbiKind.Tuple:
                Framed(type, local, "w", () => _code.Line($"{value}.Write(w);"));
                break;
            default:
                _code.Line($"w.{Method(type)}({value}{Width(type, ", ")});");
                break;
        }
    }

    /// <summary>Reads a value with the reader of that name; returns an expression for it.</summary>
    public string Read(AbiParameter parameter, AbiType type, string reader)
    {
        var local = _locals++;
        var name = Naming.TypeOf(type, () => _structName(parameter));
        switch (type.Kind)
        {
            case AbiKind.Array:
                _code.Line($"var f{local} = {reader}.EnterArray({type.Members[0].HeadBytes}, out var n{local});");
                ReadElements(parameter, type, name, $"n{local}", reader, local);
                _code.Line($"{reader}.Leave(f{local});");
                break;
            case AbiKind.FixedArray:
                Framed(type, local, reader, () => ReadElements(parameter, type, name, $"{type.Size}", reader, local));
                break;
            case AbiKind.Tuple:
                Framed(type, local, reader, () => _code.Line($"var v{local} = {name}.Read(ref {reader});"));
                break;
            default:
                var cast = type.Kind is (AbiKind.UInt or AbiKind.Int) && type.Size <= 32 ? $"({name})" : "";
                _code.Line($"var v{local} = {cast}{reader}.{Method(type)}({Width(type, "")});");
                break;
        }

        return $"v{local}";
    }

    /// <summary>Reads the hash that stands for an indexed value longer than a word.</summary>
    public string ReadHash(string reader)
    {
        _code.Line($"var v{_locals} = {reader}.Hash32();");
        return $"v{_locals++}";
    }

    private void WriteElements(AbiParameter parameter, AbiType type, string value, int local) =>
        _code.Block($"foreach (var e{local} in {value})", () => Write(parameter, type.Members[0], $"e{local}"));

    private void ReadElements(AbiParameter parameter, AbiType type, string name, string count, string reader, int local)
    {
        // T[n][] is how C# makes an array of n T[].
        var element = name.Substring(0, name.Length - 2);
        var brackets = element.IndexOf('[');
        var made = brackets < 0 ? $"{element}[{count}]" : element.Insert(brackets, $"[{count}]");
        _code.Line($"var v{local} = new {made};");
        _code.Block($"for (var i{local} = 0; i{local} < v{local}.Length; i{local}++)", () =>
        {
            var value = Read(parameter, type.Members[0], reader);
            _code.Line($"v{local}[i{local}] = {value};");
        });
    }

    private void Framed(AbiType type, int local, string codec, Action members)
    {
        if (type.IsDynamic)
        {
            _code.Line($"var f{local} = {codec}.Enter({type.InlineBytes});");
        }

        members();
        if (type.IsDynamic)
        {
            _code.Line($"{codec}.Leave(f{local});");
        }
    }

    private static string Method(AbiType type) => type.Kind switch
    {
        AbiKind.UInt => type.Size <= 64 ? "UInt64" : "BigUInt",
        AbiKind.Int => type.Size <= 64 ? "Int64" : "BigInt",
        AbiKind.FixedBytes when type.Size == 32 => "Hash32",
        _ => type.Kind.ToString(),
    };

    private static string Width(AbiType type, string before) => type.Size == 0 || Method(type) == "Hash32" ? "" : before + type.Size;

    /// <summary>Length of a tuple's head.</summary>
    public static int Head(IEnumerable<AbiParameter> members) => members.Sum(m => m.Type.HeadBytes);
}
