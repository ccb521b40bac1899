using System.Globalization;
using System.Text;
using Mechanisms.Datasets;
using Mechanisms.Trifork;

namespace Mechanisms.Tests.Trifork;

public sealed class UnitMixerTests
{
    private static readonly byte[] Seed = [.. Enumerable.Repeat((byte)7, 32)];

    public static TheoryData<UnitFormat, int> Formats => new()
    {
        { new UnitFormat.Blocks(1), 300 }, { new UnitFormat.Blocks(64), 64 * 100 }, { new UnitFormat.Blocks(64), (64 * 100) + 1 }, { new UnitFormat.Blocks(4096), 5 },
        { new UnitFormat.Lines(), 5_000 }, { new UnitFormat.Lines(), 1 }, { new UnitFormat.Records(3), 5_000 },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task What_was_mixed_comes_back_byte_for_byte(UnitFormat format, int length)
    {
        foreach (var bits in (int[])[0, 1, 5])
        {
            var dataset = Data(format, length, seed: 1);
            var (mixed, plan) = await MixAsync(dataset, format, 0.5, bits);
            Assert.Equal(plan.Units + (plan.Units + 1) / 2, plan.MixedUnits);
            Assert.Equal(dataset.Length, plan.Length);
            Assert.Equal(dataset, await RecoverAsync(mixed, plan, Seed));
        }
    }

    [Fact]
    public async Task Mixed_units_are_those_of_the_dataset_and_the_decoys_in_another_order()
    {
        var dataset = Data(new UnitFormat.Lines(), 3_000, seed: 1);
        var (mixed, plan) = await MixAsync(dataset, new UnitFormat.Lines(), 0.25, bits: 3);
        var own = Encoding.UTF8.GetString(dataset).Split('\n')[..^1];
        var all = Encoding.UTF8.GetString(mixed).Split('\n')[..^1];
        Assert.Equal(plan.MixedUnits, all.Length);
        Assert.Equal([.. own, .. Enumerable.Range(0, (int)(plan.MixedUnits - plan.Units)).Select(Decoy)], all.OrderBy(line => line.StartsWith("decoy", StringComparison.Ordinal)).ThenBy(Number));
        Assert.NotEqual(own, all.Where(line => line.StartsWith("unit", StringComparison.Ordinal)));

        static int Number(string line) => int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Four units in two buckets and in one: each of the 24 orders comes equally often, and each unit at each place.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Every_order_comes_equally_often(int bits)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        const int PerOrder = 150;
        for (var i = 0; i < 24 * PerOrder; i++)
        {
            var seed = new byte[32];
            BitConverter.TryWriteBytes(seed, i);
            using var mixed = new MemoryStream();
            await UnitMixer.MixAsync(
                How(new UnitFormat.Blocks(1), 0.1, bits), Reader("abc"u8.ToArray(), new UnitFormat.Blocks(1)), DecoysAsync("d"u8.ToArray()),
                From(seed), _ => new MemoryStream(), mixed, Cancellation);
            var order = Encoding.UTF8.GetString(mixed.ToArray());
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        Assert.Equal(24, counts.Count);
        var statistic = counts.Values.Sum(count => Math.Pow(count - PerOrder, 2) / PerOrder);
        Assert.True(statistic < 23 + (4.5 * Math.Sqrt(46)), $"χ² = {statistic}");
    }

    [Fact]
    public async Task Another_seed_brings_back_something_else()
    {
        var format = new UnitFormat.Blocks(16);
        var dataset = Data(format, 16 * 200, seed: 1);
        var (mixed, plan) = await MixAsync(dataset, format, 1, bits: 0);
        byte[] other = [.. Seed];
        other[31] ^= 1;
        Assert.NotEqual(dataset, await RecoverAsync(mixed, plan, other));
    }

    [Fact]
    public async Task Mixed_files_that_lack_units_or_have_more_are_refused()
    {
        var format = new UnitFormat.Blocks(16);
        var (mixed, plan) = await MixAsync(Data(format, 16 * 20, seed: 1), format, 1, bits: 1);
        await Assert.ThrowsAsync<DatasetFileException>(() => RecoverAsync(mixed[..^16], plan, Seed));
        await Assert.ThrowsAsync<DatasetFileException>(() => RecoverAsync([.. mixed, .. new byte[16]], plan, Seed));
        await Assert.ThrowsAsync<DatasetFileException>(() => RecoverAsync(mixed, plan with { Length = plan.Length + 1 }, Seed));
    }

    [Fact]
    public async Task Nothing_cannot_be_mixed_and_too_few_decoys_neither()
    {
        await Assert.ThrowsAsync<DatasetFileException>(() => MixAsync([], new UnitFormat.Lines(), 1, bits: 0));
        var few = DecoysAsync("x\n"u8.ToArray());
        await Assert.ThrowsAsync<ArgumentException>(() => UnitMixer.MixAsync(
            How(new UnitFormat.Lines(), 1, 0), Reader("a\nb\n"u8.ToArray(), new UnitFormat.Lines()), few, From(Seed), _ => new MemoryStream(), new MemoryStream(), Cancellation));
    }

    [Fact]
    public void Buckets_are_as_many_as_keep_each_below_what_memory_holds()
    {
        Assert.Equal(0, MixPlan.BucketBitsFor(MixPlan.BucketLength));
        Assert.Equal(1, MixPlan.BucketBitsFor(MixPlan.BucketLength + 1));
        Assert.Equal(12, MixPlan.BucketBitsFor(128L << 30));
        Assert.Throws<ArgumentOutOfRangeException>(() => MixPlan.BucketBitsFor((128L << 30) + 1));
    }

    [Fact]
    public async Task Every_bucket_is_closed_also_after_an_error()
    {
        var opened = new List<MemoryStream>();
        MemoryStream Open(int bucket)
        {
            opened.Add(new MemoryStream());
            return opened[^1];
        }

        await Assert.ThrowsAsync<DatasetFileException>(() => UnitMixer.MixAsync(
            How(new UnitFormat.Lines(), 1, 2), Reader([0xFF, 10], new UnitFormat.Lines()), DecoysAsync([10]), From(Seed), Open, new MemoryStream(), Cancellation));
        Assert.Equal(4, opened.Count);
        Assert.All(opened, stream => Assert.False(stream.CanRead));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Mixing How(UnitFormat format, double share, int bits) => new(format, share, bits, TriforkParameters.Default());

    private static Func<TriforkParameters, TriforkGenerator> From(byte[] seed) => parameters => TriforkGenerator.FromSeed(parameters, seed);

    private static string Decoy(int i) => string.Create(CultureInfo.InvariantCulture, $"decoy {i} ,");

    private static UnitReader Reader(byte[] bytes, UnitFormat format) => new("t", new MemoryStream(bytes), format);

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> DecoysAsync(params byte[][] decoys)
    {
        foreach (var decoy in decoys)
        {
            await Task.Yield();
            yield return decoy;
        }
    }

    private static byte[] Data(UnitFormat format, int length, int seed)
    {
        if (format is UnitFormat.Blocks)
        {
            var bytes = new byte[length];
            new Random(seed).NextBytes(bytes);
            return bytes;
        }

        var text = string.Concat(Enumerable.Range(0, (length / 20) + 1).Select(i => format is UnitFormat.Lines ? $"unit {i} of many\n" : $"{i},\"a\n\"\"b\"\"\",\n"));
        return Encoding.UTF8.GetBytes(text);
    }

    private static async Task<(byte[] Mixed, MixPlan Plan)> MixAsync(byte[] dataset, UnitFormat format, double share, int bits)
    {
        var decoys = Enumerable.Range(0, 10_000).Select(i => format switch
        {
            UnitFormat.Blocks(var size) => new byte[size],
            UnitFormat.Lines => Encoding.UTF8.GetBytes($"{Decoy(i)}\n"),
            _ => "x,y,z\n"u8.ToArray(),
        });
        using var mixed = new MemoryStream();
        var plan = await UnitMixer.MixAsync(How(format, share, bits), Reader(dataset, format), DecoysAsync([.. decoys]), From(Seed), _ => new MemoryStream(), mixed, Cancellation);
        return (mixed.ToArray(), plan);
    }

    private static async Task<byte[]> RecoverAsync(byte[] mixed, MixPlan plan, byte[] seed)
    {
        using var dataset = new MemoryStream();
        await UnitMixer.RecoverAsync(plan, Reader(mixed, plan.Format), From(seed), _ => new MemoryStream(), dataset, Cancellation);
        return dataset.ToArray();
    }
}
