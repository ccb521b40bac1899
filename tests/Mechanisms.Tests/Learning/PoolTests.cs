using Mechanisms.Learning.Operators;

namespace Mechanisms.Tests.Learning;

public sealed class PoolTests
{
    [Fact]
    public void The_largest_of_quads_fill_their_plane_and_nothing_beside_it()
    {
        var random = new Random(3);
        for (var places = 4; places < 40; places++)
        {
            var (rows, width) = (random.Next(1, 4), (2 * places) + random.Next(2));
            float[] plane = [.. Enumerable.Range(0, 2 * rows * width).Select(_ => random.NextSingle())];
            var expected = Enumerable.Range(0, rows * places).Select(i => (Row: 2 * (i / places), Column: 2 * (i % places)))
                .Select(at => new[] { (0, 0), (0, 1), (1, 0), (1, 1) }.Max(d => plane[((at.Row + d.Item1) * width) + at.Column + d.Item2]));

            var memory = new float[(rows * places) + 32];
            memory.AsSpan().Fill(-1);
            Pool.MaxOfQuads(plane, memory.AsSpan(16, rows * places), width, places);
            Assert.Equal([.. Enumerable.Repeat(-1f, 16), .. expected, .. Enumerable.Repeat(-1f, 16)], memory);
        }
    }
}
