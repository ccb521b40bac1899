using Mechanisms.Learning.Numerics;

namespace Mechanisms.Tests.Learning.Training;

public class PhiloxTests
{
    /// <summary>The known answers of Random123 (kat_vectors, philox4x32 with 10 rounds), the authors' own library.</summary>
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0ul, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0ul, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0x299f31d0a4093822ul, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Blocks_are_those_of_the_authors(uint a, uint b, uint c, uint d, ulong key, uint w, uint x, uint y, uint z) =>
        Assert.Equal((w, x, y, z), Philox.Block((a, b, c, d), key));

    [Fact]
    public void Numbers_below_a_bound_are_equally_likely_and_streams_differ()
    {
        var random = new RandomStream(7, 1, 2);
        var counts = new int[6];
        for (var i = 0; i < 60_000; i++)
        {
            counts[random.Below(6)]++;
        }

        // Chi-squared with 5 degrees of freedom passes 25.7 once in 10,000 seeds; this seed is fixed.
        Assert.True(counts.Sum(count => (count - 10_000.0) * (count - 10_000.0) / 10_000) < 25.7, string.Join(' ', counts));
        Assert.NotEqual(new RandomStream(7, 1, 2).Next(), new RandomStream(7, 1, 3).Next());
        Assert.NotEqual(new RandomStream(7, 1, 2).Next(), new RandomStream(8, 1, 2).Next());
    }
}
