using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Mechanisms.Trifork;

namespace Workers.Encryption.Datasets.Publishing;

/// <summary>Decoys for a first dataset: units made from its own ones, of their lengths, but without what they say.</summary>
internal static class LookAlikes
{
    /// <summary>Without end, over and over the same dataset.</summary>
    /// <param name="open">Opens the dataset from its beginning.</param>
    /// <exception cref="Mechanisms.Datasets.DatasetFileException">The dataset is not what its format says.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> OfAsync(
        string name, Func<Stream> open, UnitFormat format, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var copy = Array.Empty<byte>();
        while (true)
        {
            await using var stream = open();
            var reader = new UnitReader(name, stream, format);
            while (await reader.ReadAsync(cancellationToken) is { } unit)
            {
                if (copy.Length < unit.Length)
                {
                    copy = new byte[unit.Length];
                }

                unit.CopyTo(copy);
                Disguise(copy.AsSpan(0, unit.Length), format);
                yield return copy.AsMemory(0, unit.Length);
            }

            if (reader.Units == 0)
            {
                yield break;
            }
        }
    }

    /// <summary>
    /// A block's bytes change their places: all values stay as frequent as they were. In text, letters become letters and digits digits; what
    /// holds records together stays, and so does every other character.
    /// </summary>
    internal static void Disguise(Span<byte> unit, UnitFormat format)
    {
        if (format is UnitFormat.Blocks)
        {
            RandomNumberGenerator.Shuffle(unit);
            return;
        }

        Span<byte> random = stackalloc byte[1024];
        for (var at = 0; at < unit.Length; at += random.Length)
        {
            RandomNumberGenerator.Fill(random);
            var part = unit[at..Math.Min(at + random.Length, unit.Length)];
            for (var i = 0; i < part.Length; i++)
            {
                part[i] = part[i] switch
                {
                    >= (byte)'a' and <= (byte)'z' => (byte)('a' + (random[i] % 26)),
                    >= (byte)'A' and <= (byte)'Z' => (byte)('A' + (random[i] % 26)),
                    >= (byte)'0' and <= (byte)'9' => (byte)('0' + (random[i] % 10)),
                    var other => other,
                };
            }
        }
    }
}
