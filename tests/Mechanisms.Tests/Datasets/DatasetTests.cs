using Mechanisms.Datasets;

namespace Mechanisms.Tests.Datasets;

public sealed class DatasetTests
{
    private static readonly DatasetLimits Limits = new(MaxNumbers: 10_000);

    [Fact]
    public void Records_of_CIFAR_10_become_images_of_three_planes()
    {
        var bytes = new byte[2 * 3073];
        (bytes[0], bytes[1], bytes[3072], bytes[3073], bytes[3074]) = (9, 255, 51, 4, 102);
        var data = CifarFile.Read("batch.bin", bytes, Limits);
        Assert.Equal((2, 10, 3072), (data.Count, data.Classes, data.SampleShape.Count));
        Assert.Equal([9, 4], data.Labels);
        Assert.Equal((1f, 0.2f, 0.4f), (data.Sample(0)[0], data.Sample(0)[3071], data.Sample(1)[0]));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3072, 0)]
    [InlineData(3074, 3073)]
    public void A_file_of_CIFAR_10_that_ends_inside_a_record_is_refused(int length, long offset) =>
        Assert.Equal(offset, Assert.Throws<DatasetFileException>(() => CifarFile.Read("batch.bin", new byte[length], Limits)).Offset);

    [Fact]
    public void A_file_of_CIFAR_10_with_a_strange_label_or_too_many_images_is_refused()
    {
        var bytes = new byte[2 * 3073];
        bytes[3073] = 10;
        Assert.Equal(3073, Assert.Throws<DatasetFileException>(() => CifarFile.Read("batch.bin", bytes, Limits)).Offset);
        Assert.Contains("more than the 10000", Assert.Throws<DatasetFileException>(() => CifarFile.Read("batch.bin", new byte[4 * 3073], Limits)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Samples_and_labels_that_contradict_each_other_are_refused()
    {
        var images = Array("x", "|u1", "(2, 1, 1)", 2);
        Refused("2 samples in x need as many labels", images, Array("y", "|u1", "(3,)", 3));
        Refused("2 samples in x need as many labels", images, Array("y", "|u1", "(2, 1)", 2));
        Refused("label 1 is 2; with 2 classes", images, NpyFile.Read("y", FileBytes.Npy(FileBytes.Dictionary("|u1", "(2,)"), [0, 2]), Limits));
        Refused("label 0 is -1;", images, NpyFile.Read("y", FileBytes.Npy(FileBytes.Dictionary("|i1", "(2,)"), [255, 1]), Limits));
        Refused("labels are whole numbers", images, Array("y", "<f4", "(2,)", 8));
        Refused("is not one of samples", Array("x", "|u1", "(2,)", 2), Array("y", "|u1", "(2,)", 2));
        Refused("is not one of samples", Array("x", "|u1", "(2, 0)", 0), Array("y", "|u1", "(2,)", 2));
    }

    [Fact]
    public void Parts_are_concatenated_in_order_when_they_are_alike()
    {
        var first = new Dataset(new Mechanisms.Learning.Tensor(new Mechanisms.Learning.Shape(2, 2), [1, 2, 3, 4]), [0, 1], 3);
        var second = new Dataset(new Mechanisms.Learning.Tensor(new Mechanisms.Learning.Shape(1, 2), [5, 6]), [2], 3);
        var both = Dataset.Concatenate([first, second]);
        Assert.Equal([1, 2, 3, 4, 5, 6], both.Samples.Values.ToArray());
        Assert.Equal([0, 1, 2], both.Labels);
        var other = new Dataset(new Mechanisms.Learning.Tensor(new Mechanisms.Learning.Shape(1, 2), [5, 6]), [2], 4);
        Assert.Throws<Mechanisms.Learning.Training.TrainingException>(() => Dataset.Concatenate([first, other]));
    }

    [Fact]
    public void Numbers_that_are_no_pixels_keep_their_values()
    {
        var numbers = NpyFile.Read("x", FileBytes.Npy(FileBytes.Dictionary("<i2", "(2, 3)"), [51, 0, 2, 0, 3, 0, 4, 0, 5, 0, 0xff, 0xff]), Limits);
        var data = Dataset.Of(numbers, Array("y", "<i8", "(2,)", 16), classes: 2);
        Assert.Equal([3], data.SampleShape.Extents);
        Assert.Equal([51, 2, 3, 4, 5, -1], data.Samples.Values.ToArray());
    }

    private static NumericArray Array(string name, string descr, string shape, int bytes) =>
        NpyFile.Read(name, FileBytes.Npy(FileBytes.Dictionary(descr, shape), new byte[bytes]), Limits);

    private static void Refused(string reason, NumericArray samples, NumericArray labels) =>
        Assert.Contains(reason, Assert.Throws<DatasetFileException>(() => Dataset.Of(samples, labels, classes: 2)).Message, StringComparison.Ordinal);
}
