namespace Mechanisms.Tests.Trifork;

/// <summary>First words from the seed 00 01 … 1f. `node bench/Mixing/node/trifork.mjs vectors` computes them from the definition, independently.</summary>
internal static class Vectors
{
    public static readonly ulong[] First64 = [0xa59374492bdcb8da, 0x919c8f3be2836afc, 0x474805d613926960];

    public static readonly ulong[] First16 = [0xc0ed, 0xda02, 0x32c8];
}
