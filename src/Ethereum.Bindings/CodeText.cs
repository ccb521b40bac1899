using System;
using System.Text;

namespace Ethereum.Bindings;

/// <summary>Indented C# text.</summary>
internal sealed class CodeText
{
    private readonly StringBuilder _text = new();
    private int _indent;

    public void Line(string line = "") => _text.Append(line.Length == 0 ? "" : new string(' ', 4 * _indent)).Append(line).Append('\n');

    public void Block(string head, Action body)
    {
        Line(head);
        Line("{");
        _indent++;
        body();
        _indent--;
        Line("}");
    }

    public override string ToString() => _text.ToString();
}
