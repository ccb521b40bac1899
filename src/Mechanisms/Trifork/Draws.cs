using System.Numerics;

namespace Mechanisms.Trifork;

/// <summary>What is drawn from a generator's words without bias.</summary>
public static class Draws
{
    /// <summary>
    /// A number from 0 to bound − 1, each equally likely for words that are: the highest bits of as many words as it takes, drawn again until they are
    /// below the bound. (The remainder of a division would favour small numbers.)
    /// </summary>
    /// <param name="bound">1 to 2^63.</param>
    public static long Below(this TriforkGenerator generator, long bound)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        var bits = 64 - BitOperations.LeadingZeroCount((ulong)bound - 1);
        long number;
        do
        {
            number = (long)generator.Bits(bits);
        }
        while (number >= bound);
        return number;
    }

    /// <summary>A number of some bits.</summary>
    /// <param name="bits">0 to 63; 0 draws nothing.</param>
    public static ulong Bits(this TriforkGenerator generator, int bits)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bits, 63u, nameof(bits));
        ulong number = 0;
        while (bits > 0)
        {
            var taken = Math.Min(bits, generator.WordBits);
            number = (number << taken) | (generator.Next() >> (generator.WordBits - taken));
            bits -= taken;
        }

        return number;
    }

    /// <summary>Fills a list with 0 … n − 1 in an order of which each is equally likely (Durstenfeld, CACM 7(7), 1964).</summary>
    public static void Permute(this TriforkGenerator generator, Span<int> order)
    {
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        for (var last = order.Length - 1; last > 0; last--)
        {
            var other = (int)generator.Below(last + 1L);
            (order[last], order[other]) = (order[other], order[last]);
        }
    }
}
