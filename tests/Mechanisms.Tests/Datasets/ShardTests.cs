using Mechanisms.Datasets;
using Mechanisms.Learning;

namespace Mechanisms.Tests.Datasets;

public sealed class ShardTests
{
    private static readonly ShardConfiguration Configuration = new(SamplesPerShard: 4, SampleShape: [1, 2], Classes: 3);

    [Fact]
    public void Every_sample_falls_into_one_shard_at_most_with_its_label_and_a_rest_is_left_out()
    {
        var shards = Configuration.Split(Numbered(14), seed: 7);
        Assert.Equal(3, shards.Count);
        var seen = shards.SelectMany(s => Enumerable.Range(0, s.Count).Select(i => (Number: s.Sample(i)[0], Label: s.Labels[i]))).ToList();
        Assert.Equal(12, seen.Distinct().Count());
        Assert.All(seen, s => Assert.Equal((int)s.Number % 3, s.Label));
        Assert.NotEqual(seen.Select(s => s.Number).Order(), seen.Select(s => s.Number));
    }

    [Fact]
    public void The_same_seed_makes_the_same_bytes_and_another_seed_makes_others()
    {
        byte[][] Written(int seed) => [.. Configuration.Split(Numbered(14), seed).Select(ShardFile.Write)];
        Assert.Equal(Written(7), Written(7));
        Assert.NotEqual(Written(7), Written(8));
    }

    [Fact]
    public void Data_that_is_not_the_sessions_is_not_split()
    {
        Assert.Throws<ArgumentException>(() => Configuration.Split(Numbered(3), seed: 1));
        Assert.Throws<ArgumentException>(() => (Configuration with { }).Split(new Dataset(new Tensor(new Shape(4, 2)), new int[4], 3), seed: 1));
        Assert.Throws<ArgumentException>(() => Configuration.Split(new Dataset(new Tensor(new Shape(4, 1, 2)), new int[4], 2), seed: 1));
    }

    [Fact]
    public void A_shard_comes_back_as_it_was()
    {
        var shard = Configuration.Split(Numbered(4), seed: 1)[0];
        var read = ShardFile.Read("s", ShardFile.Write(shard), Configuration);
        Assert.Equal(shard.Samples.Values.ToArray(), read.Samples.Values.ToArray());
        Assert.Equal(shard.Labels, read.Labels);
    }

    [Theory]
    [InlineData(0, 0xff, "no shard")]
    [InlineData(8, 5, "5 samples; the session's shards have 4")]
    [InlineData(12, 9, "9 classes; the session's shards have 3")]
    [InlineData(16, 3, "3 dimensions; the session's shards have 2")]
    [InlineData(24, 7, "7 as length of dimension 1; the session's shards have 2")]
    [InlineData(28, 3, "label 0 is 3")]
    [InlineData(31, 0x80, "label 0 is -")]
    [InlineData(47, 0x7f, "number 0 is")]
    public void A_shard_of_another_kind_or_with_poison_is_refused_by_its_place(int at, byte value, string reason)
    {
        var shard = new Dataset(new Tensor(new Shape(4, 1, 2), [.. Enumerable.Repeat(float.MaxValue, 8)]), new int[4], 3);
        var bytes = ShardFile.Write(shard);
        bytes[at] = value;
        bytes[46] |= at == 47 ? (byte)0x80 : (byte)0;
        var error = Assert.Throws<DatasetFileException>(() => ShardFile.Read("shard 3", bytes, Configuration));
        Assert.StartsWith($"shard 3, byte {at & ~3}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shard_cut_off_or_prolonged_anywhere_is_refused()
    {
        var bytes = ShardFile.Write(Configuration.Split(Numbered(4), seed: 1)[0]);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<DatasetFileException>(() => ShardFile.Read("s", bytes.AsSpan(0, length), Configuration));
        }

        Assert.Throws<DatasetFileException>(() => ShardFile.Read("s", [.. bytes, 0], Configuration));
    }

    [Theory]
    [InlineData(0, 3, new[] { 1 })]
    [InlineData(10_001, 3, new[] { 1 })]
    [InlineData(1, 1, new[] { 1 })]
    [InlineData(1, 3, new int[0])]
    [InlineData(1, 3, new[] { 0 })]
    [InlineData(1, 3, new[] { 1, 1, 1, 1, 1 })]
    [InlineData(10_000, 3, new[] { 1 << 20 })]
    [InlineData(1, 3, new[] { int.MaxValue, int.MaxValue, int.MaxValue })]
    public void A_configuration_that_nobody_could_keep_is_refused(int samples, int classes, int[] shape) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShardConfiguration(samples, [.. shape], classes));

    private static Dataset Numbered(int count) =>
        new(new Tensor(new Shape(count, 1, 2), [.. Enumerable.Range(0, count).SelectMany(i => new float[] { i, -i })]), [.. Enumerable.Range(0, count).Select(i => i % 3)], 3);
}
