namespace Mechanisms.Learning.Numerics;

/// <summary>
/// Philox4x32-10: random numbers as a function of a key and a counter, so that every consumer has a stream of its own and
/// the order of the calls does not matter. Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
/// SC 2011. Not for secrets.
/// </summary>
internal static class Philox
{
    /// <summary>Four random words.</summary>
    /// <param name="counter">Which four.</param>
    /// <param name="key">Of which sequence.</param>
    public static (uint A, uint B, uint C, uint D) Block((uint A, uint B, uint C, uint D) counter, ulong key)
    {
        var (k0, k1) = ((uint)key, (uint)(key >> 32));
        var (a, b, c, d) = counter;
        for (var round = 0; round < 10; round++)
        {
            var (left, right) = (0xD2511F53ul * a, 0xCD9E8D57ul * c);
            (a, b, c, d) = ((uint)(right >> 32) ^ b ^ k0, (uint)right, (uint)(left >> 32) ^ d ^ k1, (uint)left);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }

        return (a, b, c, d);
    }
}

/// <summary>Random numbers one after the other, from the seed and the stream's number.</summary>
/// <param name="seed">The key.</param>
/// <param name="purpose">What the numbers are for; the counter's last word.</param>
/// <param name="index">Which of its streams; the counter's third word.</param>
internal sealed class RandomStream(ulong seed, uint purpose, uint index)
{
    private readonly uint[] block = new uint[4];
    private ulong drawn;

    /// <summary>32 random bits.</summary>
    public uint Next()
    {
        var position = (int)(drawn % 4);
        if (position == 0)
        {
            var number = drawn / 4;
            (block[0], block[1], block[2], block[3]) = Philox.Block(((uint)number, (uint)(number >> 32), index, purpose), seed);
        }

        drawn++;
        return block[position];
    }

    /// <summary>A number from 0 to below a bound, each equally likely (Lemire, ACM TOMACS 29(1), 2019).</summary>
    public int Below(int bound)
    {
        var limit = (uint)bound;
        var threshold = (uint)(-bound) % limit;
        while (true)
        {
            var product = (ulong)Next() * limit;
            if ((uint)product >= threshold)
            {
                return (int)(product >> 32);
            }
        }
    }

    /// <summary>A number from −1 to below 1, a multiple of 2⁻²³.</summary>
    public float Symmetric() => ((int)(Next() >> 8) - (1 << 23)) / (float)(1 << 23);
}
