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
        var disguise = new Disguise(format);
        while (true)
        {
            await using var stream = open();
            var reader = new UnitReader(name, stream, format);
            while (await reader.ReadAsync(cancellationToken) is { } unit)
            {
                yield return disguise.Of(unit.Span);
            }

            if (reader.Units == 0)
            {
                yield break;
            }
        }
    }

    /// <summary>
    /// A block's bytes change their places, so all values stay as frequent as they were. In text, letters become letters and digits digits; what holds records
    /// together stays, and so does every other character.
    /// </summary>
    private sealed class Disguise
    {
        private readonly int[] _order = [];
        private readonly byte[] _random = new byte[64 << 10];
        private byte[] _unit = [];
        private int _used;

        public Disguise(UnitFormat format)
        {
            _used = _random.Length;
            if (format is UnitFormat.Blocks { Size: var size })
            {
                // One order for all blocks, begun at another place in each: drawing one for each block would take longer than mixing and sealing it.
                _order = [.. Enumerable.Range(0, size)];
                RandomNumberGenerator.Shuffle(_order.AsSpan());
            }
        }

        /// <summary>Good until the next call.</summary>
        public ReadOnlyMemory<byte> Of(ReadOnlySpan<byte> unit)
        {
            if (_unit.Length < unit.Length)
            {
                _unit = new byte[unit.Length];
            }

            var result = _unit.AsSpan(0, unit.Length);
            if (_order.Length > 0)
            {
                Permute(unit, result);
            }
            else
            {
                Replace(unit, result);
            }

            return _unit.AsMemory(0, unit.Length);
        }

        private void Permute(ReadOnlySpan<byte> unit, Span<byte> result)
        {
            var from = RandomNumberGenerator.GetInt32(unit.Length);
            for (var i = 0; i < unit.Length; i++)
            {
                var at = _order[i] + from;
                result[i] = unit[at < unit.Length ? at : at - unit.Length];
            }
        }

        private void Replace(ReadOnlySpan<byte> unit, Span<byte> result)
        {
            for (var i = 0; i < unit.Length; i++)
            {
                if (_used == _random.Length)
                {
                    RandomNumberGenerator.Fill(_random);
                    _used = 0;
                }

                var random = _random[_used++];
                result[i] = unit[i] switch
                {
                    >= (byte)'a' and <= (byte)'z' => (byte)('a' + (random % 26)),
                    >= (byte)'A' and <= (byte)'Z' => (byte)('A' + (random % 26)),
                    >= (byte)'0' and <= (byte)'9' => (byte)('0' + (random % 10)),
                    var other => other,
                };
            }
        }
    }
}
