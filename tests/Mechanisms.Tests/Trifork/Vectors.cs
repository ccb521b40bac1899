namespace Mechanisms.Tests.Trifork;

/// <summary>
/// What <c>node bench/Mixing/node/trifork.mjs vectors</c> computes from the definition, independently. Seed i is i, i + 1, … i + 31. What
/// datasets were mixed with must never change.
/// </summary>
internal static class Vectors
{
    public static readonly ulong[] First64 = [0xa59374492bdcb8da, 0x919c8f3be2836afc, 0x474805d613926960];

    public static readonly ulong[] First16 = [0xc0ed, 0xda02, 0x32c8];

    /// <summary>Of seeds 0 to 7, after a thousand words.</summary>
    public static readonly ulong[] Later = [0x4ac0fc0a80472ef2, 0xfcdf8cf2baeefd11, 0xafa8621694ad469, 0x784f2183523096cd, 0xb2b5c6aa87623f55, 0x9ca398a2603be771, 0x6bea833efbf103f4, 0x77162a6129689b25];

    /// <summary>Words of two bits, of seeds 0 to 15, after a thousand: they show the lowest bits of all three seed vectors.</summary>
    public static readonly ulong[] LaterOfTwoBits = [0x1, 0x2, 0x0, 0x0, 0x1, 0x3, 0x1, 0x0, 0x2, 0x1, 0x3, 0x1, 0x3, 0x2, 0x1, 0x0];

    /// <summary>With the lags (1000, 1), (1000, 2) and (1000, 3).</summary>
    public static readonly ulong[] LongLags = [0x6d4afa16c53e95c5, 0x74cdcf4650a220f1, 0xaa1f8ca790dcb7ff];

    public static readonly int[] Order64 = [11, 8, 3, 6, 12, 15, 14, 1, 0, 7, 5, 13, 2, 4, 9, 10];

    /// <summary>From words of three bits.</summary>
    public static readonly int[] Order3 = [15, 9, 3, 0, 14, 13, 2, 1, 4, 11, 6, 8, 10, 5, 7, 12];
}
