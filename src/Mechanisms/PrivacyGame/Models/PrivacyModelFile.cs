using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Mechanisms.PrivacyGame.Models;

/// <summary>
/// A model's bytes. There is exactly one sequence of bytes for each model, and its SHA-256 is the model's digest. Little-endian: "PGM1"; request (32); expiry (8, Unix seconds); watermark
/// commitment (32); U (2); S (2); ε (8); ψ (n × 8, without mobility privacy none); λ (8, binary64); n rows of K: count (2), then index (2) and units of 2^−32 (8) each; n columns of q*: count (2),
/// then index (2) and probability (8, binary64) each. Indices ascend, nothing is 0.
/// </summary>
public static class PrivacyModelFile
{
    /// <summary>Longest file that is read, in bytes: a dense model of <see cref="CollaborativeGame.MaxStates"/> states has no more.</summary>
    public const int MaxBytes = 48 << 20;

    private const int HashLength = 32;

    /// <summary>The model's bytes.</summary>
    public static byte[] Write(PrivacyModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("PGM1"u8);
        writer.Write(model.Terms.Request.AsSpan());
        writer.Write(model.Terms.Expires.ToUnixTimeSeconds());
        writer.Write(model.Terms.WatermarkCommitment.AsSpan());
        writer.Write((ushort)model.Members);
        writer.Write((ushort)model.Cells);
        writer.Write(model.Redrawn);
        foreach (var units in model.Prediction)
        {
            writer.Write(units);
        }

        writer.Write(model.Price);
        foreach (var row in model.Rows)
        {
            writer.Write((ushort)row.Length);
            foreach (var (index, units) in row)
            {
                writer.Write((ushort)index);
                writer.Write(units);
            }
        }

        foreach (var column in model.Attack)
        {
            writer.Write((ushort)column.Length);
            foreach (var (index, probability) in column)
            {
                writer.Write((ushort)index);
                writer.Write(probability);
            }
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>SHA-256 of a model's bytes.</summary>
    public static byte[] DigestOf(PrivacyModel model) => SHA256.HashData(Write(model));

    /// <summary>Reads a model that somebody else made.</summary>
    /// <exception cref="InvalidModelException">It is malformed, cut off or too long, a row or ψ does not sum to 2^32 exactly, or the attack has what is no probability.</exception>
    public static PrivacyModel Read(ReadOnlySpan<byte> file)
    {
        if (file.Length > MaxBytes)
        {
            throw new InvalidModelException($"The model has {file.Length} bytes; at most {MaxBytes} are read.");
        }

        var reader = new Reader(file);
        if (!reader.Take(4, "the format").SequenceEqual("PGM1"u8))
        {
            throw new InvalidModelException("The file does not begin with PGM1: it is no model of this version.");
        }

        var request = reader.Take(HashLength, "the request").ToArray();
        var expires = BinaryPrimitives.ReadInt64LittleEndian(reader.Take(sizeof(long), "the expiry"));
        if (expires < 0 || expires > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
        {
            throw new InvalidModelException($"The expiry {expires} is no time.");
        }

        var terms = new ModelTerms([.. request], DateTimeOffset.FromUnixTimeSeconds(expires), [.. reader.Take(HashLength, "the watermark's commitment")]);
        var (members, cells) = (reader.Count("members"), reader.Count("cells"));
        var states = members * cells;
        if (states is 0 or > CollaborativeGame.MaxStates)
        {
            throw new InvalidModelException($"{members} members in {cells} cells are {states} states; 1 to {CollaborativeGame.MaxStates} are allowed.");
        }

        var redrawn = reader.Units("ε");
        var prediction = redrawn == 0 ? [] : Prediction(ref reader, states);
        var price = reader.Number("λ");
        var rows = ImmutableArray.CreateBuilder<ImmutableArray<Entry<long>>>(states);
        for (var o = 0; o < states; o++)
        {
            rows.Add(Row(ref reader, o, states));
        }

        var attack = ImmutableArray.CreateBuilder<ImmutableArray<Entry<double>>>(states);
        for (var seen = 0; seen < states; seen++)
        {
            attack.Add(Column(ref reader, seen, states));
        }

        reader.End();
        return new PrivacyModel(terms, members, cells, redrawn, prediction, rows.MoveToImmutable(), price, attack.MoveToImmutable());
    }

    private static ImmutableArray<long> Prediction(ref Reader reader, int states)
    {
        var prediction = ImmutableArray.CreateBuilder<long>(states);
        for (var o = 0; o < states; o++)
        {
            prediction.Add(reader.Units("ψ"));
        }

        return prediction.Sum() == FixedPoint.One ? prediction.MoveToImmutable() : throw new InvalidModelException($"ψ sums to {prediction.Sum()}, not to 2^32.");
    }

    private static ImmutableArray<Entry<long>> Row(ref Reader reader, int state, int states)
    {
        var row = ImmutableArray.CreateBuilder<Entry<long>>();
        var sum = 0L;
        for (var left = reader.Count($"entries of row {state}"); left > 0; left--)
        {
            var index = reader.Index(row.Count == 0 ? -1 : row[^1].Index, states, $"Row {state}");
            var units = reader.Units($"row {state}");
            row.Add(units > 0 ? new Entry<long>(index, units) : throw new InvalidModelException($"Row {state} has a 0 at {index}, which is left out in a well-formed model."));
            sum += units;
        }

        return sum == FixedPoint.One ? row.DrainToImmutable() : throw new InvalidModelException($"Row {state} sums to {sum}, not to 2^32.");
    }

    private static ImmutableArray<Entry<double>> Column(ref Reader reader, int state, int states)
    {
        var column = ImmutableArray.CreateBuilder<Entry<double>>();
        for (var left = reader.Count($"entries of the attack on {state}"); left > 0; left--)
        {
            var index = reader.Index(column.Count == 0 ? -1 : column[^1].Index, states, $"The attack on {state}");
            var probability = reader.Number($"attack on {state}");
            column.Add(probability > 0 ? new Entry<double>(index, probability) : throw new InvalidModelException($"The attack on {state} has a 0 at {index}, which is left out in a well-formed model."));
        }

        return column.DrainToImmutable();
    }

    private ref struct Reader(ReadOnlySpan<byte> file)
    {
        private ReadOnlySpan<byte> _rest = file;

        public ReadOnlySpan<byte> Take(int length, string what)
        {
            if (_rest.Length < length)
            {
                throw new InvalidModelException($"The model ends inside {what}.");
            }

            var taken = _rest[..length];
            _rest = _rest[length..];
            return taken;
        }

        public int Count(string what) => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort), $"the number of {what}"));

        public int Index(int last, int states, string where)
        {
            var index = Count($"an index of {where}");
            return index > last && index < states ? index : throw new InvalidModelException($"{where} has the index {index} after {last}; indices ascend and are below {states}.");
        }

        public long Units(string what)
        {
            var units = BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long), what));
            return units is >= 0 and <= FixedPoint.One ? units : throw new InvalidModelException($"{units} in {what} is no probability: they are from 0 to 2^32.");
        }

        public double Number(string what)
        {
            var number = BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double), what));
            return double.IsFinite(number) && number >= 0 && !double.IsNegative(number) ? number : throw new InvalidModelException($"{number} in {what} is not a finite number of at least 0.");
        }

        public readonly void End()
        {
            if (!_rest.IsEmpty)
            {
                throw new InvalidModelException($"There are {_rest.Length} bytes after the model.");
            }
        }
    }
}

/// <summary>Bytes that are no model: the message says what is wrong where.</summary>
public sealed class InvalidModelException(string message) : Exception(message);
