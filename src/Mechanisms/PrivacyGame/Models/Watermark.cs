using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Mechanisms.PrivacyGame.Models;

/// <summary>What a watermark's key says of rows of a release.</summary>
/// <param name="Marked">Rows with room for a mark.</param>
/// <param name="Genuine">Of those, the rows that bear it.</param>
/// <param name="Altered">The others, by state.</param>
public sealed record WatermarkFindings(int Marked, int Genuine, ImmutableArray<int> Altered);

/// <summary>
/// A keyed mark in the last four bits of a release's probabilities, far below what matters to cost or privacy. Only the key's holders can see, check or write it. It is bound to the request and,
/// row by row, to everything else in the row: a copied row still bears it, an altered row bears it by chance only (once in 16 per marked probability). A row with fewer than two
/// probabilities above 2^−16 has no room. The row's largest probability takes up the difference, so each row still sums to 1 exactly.
/// </summary>
public sealed class Watermark
{
    /// <summary>Length of a key in bytes.</summary>
    public const int KeyLength = 32;

    private const int Bits = 4, MaxMarks = 8;
    private const long Low = (1 << Bits) - 1, Least = FixedPoint.One >> 16;

    // More than eight marks can move the largest probability towards another one, so that it is still the largest.
    private const long Lead = (MaxMarks + 2) << Bits;
    private readonly byte[] _key;

    /// <param name="key">32 bytes; secret.</param>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public Watermark(ReadOnlySpan<byte> key)
    {
        _key = key.Length == KeyLength ? key.ToArray() : throw new ArgumentException($"A watermark's key has {KeyLength} bytes; this one has {key.Length}.", nameof(key));
    }

    /// <summary>What the model's terms say of the key: SHA-256 of a tag and the key.</summary>
    public byte[] Commitment => SHA256.HashData([.. "data-market/watermark/v1"u8, .. _key]);

    /// <summary>The commitment to this key.</summary>
    public static ImmutableArray<byte> Commit(ReadOnlySpan<byte> key) => [.. new Watermark(key).Commitment];

    /// <summary>Looks for the mark.</summary>
    /// <param name="request">The request that the rows are said to answer.</param>
    public WatermarkFindings Inspect(ReadOnlySpan<byte> request, ImmutableArray<ImmutableArray<Entry<long>>> rows)
    {
        var (marked, altered) = (0, ImmutableArray.CreateBuilder<int>());
        for (var o = 0; o < rows.Length; o++)
        {
            var places = Places(rows[o]);
            if (places.Marks.Count > 0)
            {
                marked++;
                var mac = Mac(request, o, rows[o], places);
                if (places.Marks.Where((place, i) => (rows[o][place].Value & Low) != (mac[i] & Low)).Any())
                {
                    altered.Add(o);
                }
            }
        }

        return new WatermarkFindings(marked, marked - altered.Count, altered.DrainToImmutable());
    }

    internal ImmutableArray<Entry<long>> Mark(ReadOnlySpan<byte> request, int row, ImmutableArray<Entry<long>> entries)
    {
        var places = Places(entries);
        if (places.Marks.Count == 0)
        {
            return entries;
        }

        var marked = entries.ToArray();
        var runnerUp = Enumerable.Range(0, marked.Length).Where(i => i != places.Largest).MaxBy(i => marked[i].Value);
        if (marked[places.Largest].Value - marked[runnerUp].Value < Lead)
        {
            Move(marked, runnerUp, places.Largest, Lead);
        }

        var mac = Mac(request, row, marked, places);
        for (var i = 0; i < places.Marks.Count; i++)
        {
            var place = places.Marks[i];
            Move(marked, place, places.Largest, (marked[place].Value & Low) - (mac[i] & Low));
        }

        return [.. marked];
    }

    private static void Move(Entry<long>[] row, int from, int to, long units)
    {
        row[from] = row[from] with { Value = row[from].Value - units };
        row[to] = row[to] with { Value = row[to].Value + units };
    }

    /// <summary>The largest entry takes up differences; of the others, the first eight that are large enough bear the mark.</summary>
    private static (int Largest, List<int> Marks) Places(ReadOnlySpan<Entry<long>> row)
    {
        var largest = 0;
        for (var i = 1; i < row.Length; i++)
        {
            largest = row[i].Value > row[largest].Value ? i : largest;
        }

        var marks = new List<int>(MaxMarks);
        for (var i = 0; i < row.Length && marks.Count < MaxMarks; i++)
        {
            if (i != largest && row[i].Value >= Least)
            {
                marks.Add(i);
            }
        }

        return (largest, marks);
    }

    private static (int Largest, List<int> Marks) Places(ImmutableArray<Entry<long>> row) => Places(row.AsSpan());

    /// <summary>HMAC-SHA-256 over the request, the row's number and its entries, without the bits that bear the mark and without the largest, which the row's sum determines but for them.</summary>
    private byte[] Mac(ReadOnlySpan<byte> request, int row, ReadOnlySpan<Entry<long>> entries, (int Largest, List<int> Marks) places)
    {
        var text = new byte[request.Length + sizeof(int) + (entries.Length * (sizeof(int) + sizeof(long)))];
        request.CopyTo(text);
        BinaryPrimitives.WriteInt32LittleEndian(text.AsSpan(request.Length), row);
        var at = request.Length + sizeof(int);
        for (var i = 0; i < entries.Length; i++)
        {
            var value = i == places.Largest ? 0 : places.Marks.Contains(i) ? entries[i].Value & ~Low : entries[i].Value;
            BinaryPrimitives.WriteInt32LittleEndian(text.AsSpan(at), entries[i].Index);
            BinaryPrimitives.WriteInt64LittleEndian(text.AsSpan(at + sizeof(int)), value);
            at += sizeof(int) + sizeof(long);
        }

        return HMACSHA256.HashData(_key, text);
    }

    private byte[] Mac(ReadOnlySpan<byte> request, int row, ImmutableArray<Entry<long>> entries, (int Largest, List<int> Marks) places) => Mac(request, row, entries.AsSpan(), places);
}
