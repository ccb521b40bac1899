using System.Collections.Immutable;
using System.Globalization;

namespace Mechanisms.Datasets;

/// <summary>
/// The header of an NPY file: a Python dictionary with exactly the keys descr, fortran_order and shape. Only what NumPy writes for plain
/// numbers is read; everything else is refused by its place.
/// </summary>
internal sealed class NpyHeader
{
    private readonly string _file;
    private readonly int _start;
    private readonly string _text;
    private int _at;

    private string? _descr;
    private bool? _fortranOrder;
    private ImmutableArray<int>? _shape;

    public NpyHeader(string file, int start, string text)
    {
        (_file, _start, _text) = (file, start, text);
        Expect('{');
        while (!Take('}'))
        {
            ReadEntry();
            if (!Take(','))
            {
                Expect('}');
                break;
            }
        }

        if (_text.AsSpan(_at).Trim().Length > 0)
        {
            throw Fault("text after the dictionary.");
        }

        if (_descr is null || _fortranOrder is null || _shape is null)
        {
            throw Fault("the dictionary lacks 'descr', 'fortran_order' or 'shape'.");
        }

        if (_fortranOrder.Value && _shape.Value.Length > 1)
        {
            throw Fault("the array is stored by columns; save numpy.ascontiguousarray(array) instead.");
        }
    }

    public ImmutableArray<int> Shape => _shape!.Value;

    public (ElementType Type, bool BigEndian) Type
    {
        get
        {
            var order = _descr![0];
            var type = _descr[1..] switch
            {
                "b1" => ElementType.Bool,
                "u1" => ElementType.U8,
                "i1" => ElementType.I8,
                "u2" => ElementType.U16,
                "i2" => ElementType.I16,
                "i4" => ElementType.I32,
                "i8" => ElementType.I64,
                "f4" => ElementType.F32,
                "f8" => ElementType.F64,
                _ => throw Unsupported(),
            };
            return order is '<' or '>' || (order == '|' && NumericArray.SizeOf(type) == 1) ? (type, order == '>') : throw Unsupported();
        }
    }

    private DatasetFileException Unsupported() =>
        new(_file, _start, $"numbers of type '{_descr}'; supported are bool, 8- and 16-bit, signed 32- and 64-bit integers and 32- and 64-bit floats.");

    private void ReadEntry()
    {
        var key = ReadString();
        Expect(':');
        switch (key)
        {
            case "descr" when _descr is null:
                _descr = ReadString();
                if (_descr.Length < 2)
                {
                    throw Unsupported();
                }

                break;
            case "fortran_order" when _fortranOrder is null:
                _fortranOrder = ReadBool();
                break;
            case "shape" when _shape is null:
                _shape = ReadTuple();
                break;
            default:
                throw Fault($"the key '{key}' stands twice or is unknown.");
        }
    }

    private string ReadString()
    {
        SkipSpace();
        if (_at >= _text.Length || _text[_at] is not ('\'' or '"'))
        {
            throw Fault("a text in quotes should stand here.");
        }

        var quote = _text[_at];
        var end = _text.IndexOf(quote, _at + 1);
        if (end < 0)
        {
            throw Fault("a text without its closing quote.");
        }

        var value = _text[(_at + 1)..end];
        _at = end + 1;
        return value;
    }

    private bool ReadBool()
    {
        SkipSpace();
        foreach (var (word, value) in new[] { ("True", true), ("False", false) })
        {
            if (_text.AsSpan(_at).StartsWith(word, StringComparison.Ordinal))
            {
                _at += word.Length;
                return value;
            }
        }

        throw Fault("True or False should stand here.");
    }

    private ImmutableArray<int> ReadTuple()
    {
        var lengths = ImmutableArray.CreateBuilder<int>();
        Expect('(');
        while (!Take(')'))
        {
            lengths.Add(ReadLength());
            if (!Take(','))
            {
                Expect(')');
                break;
            }
        }

        return lengths.ToImmutable();
    }

    private int ReadLength()
    {
        SkipSpace();
        var end = _at;
        while (end < _text.Length && char.IsAsciiDigit(_text[end]))
        {
            end++;
        }

        if (!int.TryParse(_text.AsSpan(_at, end - _at), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            throw Fault("a dimension's length, 0 to 2147483647, should stand here.");
        }

        _at = end;
        return length;
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\n' or '\t')
        {
            _at++;
        }
    }

    private bool Take(char c)
    {
        SkipSpace();
        if (_at >= _text.Length || _text[_at] != c)
        {
            return false;
        }

        _at++;
        return true;
    }

    private void Expect(char c)
    {
        if (!Take(c))
        {
            throw Fault($"'{c}' should stand here.");
        }
    }

    private DatasetFileException Fault(string reason) => new(_file, _start + _at, reason);
}
