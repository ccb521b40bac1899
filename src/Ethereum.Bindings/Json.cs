using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Ethereum.Bindings;

/// <summary>Reads JSON (RFC 8259) into dictionaries, lists, strings, booleans and numbers. The compiler loads a generator without System.Text.Json.</summary>
internal sealed class Json
{
    private const int MaxDepth = 64;

    private readonly string _text;
    private int _at;

    private Json(string text) => _text = text;

    /// <summary>Reads one value and nothing else.</summary>
    /// <exception cref="FormatException">Malformed; the message has the line.</exception>
    public static object? Parse(string text)
    {
        var json = new Json(text);
        var value = json.Value(0);
        json.Space();
        return json._at == text.Length ? value : throw json.Malformed("text after the end");
    }

    private object? Value(int depth)
    {
        Space();
        return depth > MaxDepth ? throw Malformed($"nesting deeper than {MaxDepth} levels") : Peek() switch
        {
            '{' => Object(depth),
            '[' => Array(depth),
            '"' => String(),
            't' => Literal("true", true),
            'f' => Literal("false", false),
            'n' => Literal("null", null),
            _ => Number(),
        };
    }

    private Dictionary<string, object?> Object(int depth)
    {
        var members = new Dictionary<string, object?>(StringComparer.Ordinal);
        _at++;
        for (Space(); Peek() != '}'; Space())
        {
            if (members.Count > 0)
            {
                Take(',');
            }

            Space();
            var name = String();
            Space();
            Take(':');
            members[name] = Value(depth + 1);
        }

        _at++;
        return members;
    }

    private List<object?> Array(int depth)
    {
        var elements = new List<object?>();
        _at++;
        for (Space(); Peek() != ']'; Space())
        {
            if (elements.Count > 0)
            {
                Take(',');
            }

            elements.Add(Value(depth + 1));
        }

        _at++;
        return elements;
    }

    private string String()
    {
        Take('"');
        var text = new StringBuilder();
        for (; Peek() != '"'; _at++)
        {
            if (Peek() != '\\')
            {
                text.Append(Peek());
                continue;
            }

            _at++;
            text.Append(Peek() switch
            {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'b' => '\b',
                'f' => '\f',
                'u' => Unicode(),
                '"' or '\\' or '/' => Peek(),
                _ => throw Malformed("unknown escape"),
            });
        }

        _at++;
        return text.ToString();
    }

    private char Unicode()
    {
        if (_at + 4 >= _text.Length || !ushort.TryParse(_text.Substring(_at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            throw Malformed("unknown escape");
        }

        _at += 4;
        return (char)code;
    }

    private object? Literal(string name, object? value)
    {
        if (string.CompareOrdinal(_text, _at, name, 0, name.Length) != 0)
        {
            throw Malformed("unexpected text");
        }

        _at += name.Length;
        return value;
    }

    private object Number()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsDigit(_text[_at]) || _text[_at] is '-' or '+' or '.' or 'e' or 'E'))
        {
            _at++;
        }

        return double.TryParse(_text.Substring(start, _at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Malformed("unexpected text");
    }

    private void Space()
    {
        while (_at < _text.Length && (_text[_at] is ' ' or '\n' or '\r' or '\t'))
        {
            _at++;
        }
    }

    private char Peek() => _at < _text.Length ? _text[_at] : throw Malformed("end of file");

    private void Take(char expected)
    {
        if (Peek() != expected)
        {
            throw Malformed($"'{expected}' expected");
        }

        _at++;
    }

    private FormatException Malformed(string what)
    {
        var line = 1;
        for (var i = 0; i < _at && i < _text.Length; i++)
        {
            line += _text[i] == '\n' ? 1 : 0;
        }

        return new FormatException($"not JSON, {what} at line {line}");
    }
}
