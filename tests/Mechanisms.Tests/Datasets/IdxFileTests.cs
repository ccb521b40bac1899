using Mechanisms.Datasets;

namespace Mechanisms.Tests.Datasets;

public sealed class IdxFileTests
{
    private static readonly DatasetLimits Limits = new(MaxNumbers: 1_000);

    [Fact]
    public void Images_and_labels_as_MNIST_has_them_become_samples_of_one_channel_between_0_and_1()
    {
        var images = IdxFile.Read("images", FileBytes.Idx(0x08, [2, 2, 3], 0, 51, 102, 153, 204, 255, 255, 0, 0, 0, 0, 51), Limits);
        var labels = IdxFile.Read("labels", FileBytes.Idx(0x08, [2], 7, 0), Limits);
        var data = Dataset.Of(images, labels, classes: 10);
        Assert.Equal([1, 2, 3], data.SampleShape.Extents);
        Assert.Equal([0, 0.2f, 0.4f, 0.6f, 0.8f, 1], data.Sample(0).ToArray());
        Assert.Equal([7, 0], data.Labels);
    }

    [Theory]
    [InlineData(0x09, new byte[] { 0xff, 0x01 }, new[] { -1f, 1 })]
    [InlineData(0x0b, new byte[] { 0xff, 0xfe, 0x01, 0x00 }, new[] { -2f, 256 })]
    [InlineData(0x0c, new byte[] { 0, 1, 0, 0, 0xff, 0xff, 0xff, 0xff }, new[] { 65536f, -1 })]
    [InlineData(0x0d, new byte[] { 0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0 }, new[] { 1.5f, -2 })]
    [InlineData(0x0e, new byte[] { 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0 }, new[] { 1.5f, -2 })]
    public void Every_type_is_read_big_endian(byte type, byte[] numbers, float[] expected) =>
        Assert.Equal(expected, IdxFile.Read("f", FileBytes.Idx(type, [2], numbers), Limits).ToSingles());

    [Theory]
    [InlineData(new byte[] { 0, 0, 8 }, 3, "ends inside the magic number")]
    [InlineData(new byte[] { 0, 1, 8, 1, 0, 0, 0, 0 }, 0, "begins with two zero bytes")]
    [InlineData(new byte[] { 0, 0, 7, 1, 0, 0, 0, 0 }, 2, "type code 0x07")]
    [InlineData(new byte[] { 0, 0, 8, 2, 0, 0, 0, 1 }, 8, "inside the lengths of its 2 dimensions")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0xff, 0xff, 0xff, 0xff }, 4, "length of 4294967295")]
    [InlineData(new byte[] { 0, 0, 8, 2, 0, 0, 4, 0, 0, 0, 4, 0 }, 4, "more than the 1000 numbers")]
    [InlineData(new byte[] { 0, 0, 8, 9, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 5 }, 4, "9 dimensions")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 3, 1, 2 }, 10, "is cut off")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 1, 1, 2 }, 9, "has bytes too many")]
    public void A_broken_file_is_refused_by_its_name_and_the_place_of_the_fault(byte[] bytes, long offset, string reason)
    {
        var error = Assert.Throws<DatasetFileException>(() => IdxFile.Read("train.idx", bytes, Limits));
        Assert.Equal(offset, error.Offset);
        Assert.StartsWith($"train.idx, byte {offset}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
