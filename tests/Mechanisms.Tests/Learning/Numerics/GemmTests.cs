using System.Runtime.InteropServices;
using Mechanisms.Learning.Numerics;

namespace Mechanisms.Tests.Learning.Numerics;

public class GemmTests
{
    public static readonly TheoryData<int, int, int> Sizes = new()
    {
        { 1, 1, 1 }, { 8, 32, 16 }, { 7, 31, 5 }, { 9, 33, 17 }, { 1, 65, 300 }, { 130, 3, 1100 }, { 200, 100, 64 }, { 3, 500, 513 }, { 5, 4, 0 },
    };

    [Theory, MemberData(nameof(Sizes))]
    public void A_product_is_bit_for_bit_the_chain_of_fused_multiply_adds_on_any_number_of_threads(int rows, int columns, int depth)
    {
        var random = new Random(rows + (31 * columns) + depth);
        float[] a = Draw(random, rows * depth), b = Draw(random, depth * columns), bias = Draw(random, columns);
        var expected = new float[rows * columns];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var sum = 0f;
                for (var k = 0; k < depth; k++)
                {
                    sum = MathF.FusedMultiplyAdd(a[(i * depth) + k], b[(k * columns) + j], sum);
                }

                expected[(i * columns) + j] = sum + bias[j];
            }
        }

        foreach (var threads in (int[])[1, 2, 3])
        {
            Assert.Equal(expected, Multiply(PackedRows.Of(a, rows, depth, depth, 1), new MatrixColumns(b, columns, columns, 1), columns, bias, threads));
        }

        var (at, bt) = (Transpose(a, rows, depth), Transpose(b, depth, columns));
        Assert.Equal(expected, Multiply(PackedRows.Of(at, rows, depth, 1, rows), new MatrixColumns(bt, columns, 1, depth), columns, bias, 2));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Narrow_vectors_give_the_bits_of_wide_ones(bool first)
    {
        var random = new Random(5);
        const int Depth = 77;
        float[] a = Draw(random, Depth * Tile.Rows), b = Draw(random, Depth * Tile.Columns), wide = Draw(random, Tile.Rows * Tile.Columns);
        float[] narrow = [.. wide];
        Tile.MultiplyAdd512(ref a[0], ref b[0], Depth, ref wide[0], first);
        Tile.MultiplyAdd256(ref a[0], ref b[0], Depth, ref narrow[0], first);
        Assert.Equal(MemoryMarshal.AsBytes<float>(wide), MemoryMarshal.AsBytes<float>(narrow));
    }

    private static float[] Multiply(PackedRows a, MatrixColumns b, int columns, float[] bias, int threads)
    {
        var product = new float[a.Rows * columns];
        Gemm.Multiply(a, b, new MatrixProducts(product, columns, bias), threads);
        return product;
    }

    private static float[] Draw(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 2) - 1))];

    private static float[] Transpose(float[] matrix, int rows, int columns) =>
        [.. Enumerable.Range(0, rows * columns).Select(i => matrix[((i % rows) * columns) + (i / rows)])];
}
