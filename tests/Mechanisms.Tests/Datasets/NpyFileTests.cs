using Mechanisms.Datasets;

namespace Mechanisms.Tests.Datasets;

public sealed class NpyFileTests
{
    private static readonly DatasetLimits Limits = new(MaxNumbers: 1_000);

    [Theory]
    [InlineData("|b1", new byte[] { 1, 0 }, new[] { 1f, 0 })]
    [InlineData("|u1", new byte[] { 255, 2 }, new[] { 255f, 2 })]
    [InlineData("|i1", new byte[] { 255, 2 }, new[] { -1f, 2 })]
    [InlineData("<u2", new byte[] { 0, 0xff, 2, 0 }, new[] { 65280f, 2 })]
    [InlineData(">i2", new byte[] { 0xff, 0xfe, 0, 2 }, new[] { -2f, 2 })]
    [InlineData("<i4", new byte[] { 0, 0, 1, 0, 0xff, 0xff, 0xff, 0xff }, new[] { 65536f, -1 })]
    [InlineData("<i8", new byte[] { 1, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, new[] { 1f, -1 })]
    [InlineData("<f4", new byte[] { 0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0 }, new[] { 1.5f, -2 })]
    [InlineData(">f4", new byte[] { 0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0 }, new[] { 1.5f, -2 })]
    [InlineData("<f8", new byte[] { 0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0 }, new[] { 1.5f, -2 })]
    public void Every_plain_type_is_read_in_its_byte_order(string descr, byte[] numbers, float[] expected)
    {
        foreach (byte version in new[] { 1, 2, 3 })
        {
            var array = NpyFile.Read("f", FileBytes.Npy(FileBytes.Dictionary(descr, "(2,)"), numbers, version), Limits);
            Assert.Equal([2], array.Shape);
            Assert.Equal(expected, array.ToSingles());
        }
    }

    [Theory]
    [InlineData("(2, 1, 2)", new[] { 2, 1, 2 })]
    [InlineData("(4,)", new[] { 4 })]
    [InlineData("(2,2)", new[] { 2, 2 })]
    public void Shapes_are_read_as_Python_writes_them(string shape, int[] expected) =>
        Assert.Equal(expected, NpyFile.Read("f", FileBytes.Npy(FileBytes.Dictionary("|u1", shape), [1, 2, 3, 4]), Limits).Shape);

    [Fact]
    public void What_is_written_is_read_again_and_begins_its_numbers_at_a_multiple_of_64()
    {
        var tensor = new Mechanisms.Learning.Tensor(new Mechanisms.Learning.Shape(2, 1, 3), [1, -2, 3.5f, 0, 1e-9f, 7]);
        var samples = NpyFile.Write(tensor);
        var read = NpyFile.Read("samples", samples, new DatasetLimits());
        Assert.Equal([2, 1, 3], read.Shape);
        Assert.Equal(tensor.Values.ToArray(), read.ToSingles());
        Assert.Equal(0, (samples.Length - (6 * 4)) % 64);
        Assert.Equal((byte)'\n', samples[^25]);
        Assert.Equal([3, 0, 9], NpyFile.Read("labels", NpyFile.Write([3, 0, 9]), new DatasetLimits()).ToLabels(10));
    }

    [Fact]
    public void A_single_number_has_no_dimension() =>
        Assert.Empty(NpyFile.Read("f", FileBytes.Npy(FileBytes.Dictionary("|u1", "()"), [1]), Limits).Shape);

    [Theory]
    [InlineData("<c8", "(1,)", "False", "numbers of type '<c8'")]
    [InlineData("|O", "(1,)", "False", "numbers of type '|O'")]
    [InlineData("|i4", "(1,)", "False", "numbers of type '|i4'")]
    [InlineData("", "(1,)", "False", "numbers of type ''")]
    [InlineData("<f4", "(2, 2)", "True", "stored by columns")]
    [InlineData("<f4", "(-1,)", "False", "a dimension's length")]
    [InlineData("<f4", "(99999999999,)", "False", "a dimension's length")]
    [InlineData("<f4", "(1000, 1000, 1000, 1000, 1000, 1000, 1000)", "False", "more than the 1000 numbers")]
    [InlineData("<f4", "(1 1)", "False", "')' should stand here")]
    [InlineData("<f4", "(1,)", "Maybe", "True or False should stand here")]
    [InlineData("<f4", "(1,), 'shape': (1,)", "False", "stands twice or is unknown")]
    [InlineData("<f4", "(1,), 'x': (1,)", "False", "stands twice or is unknown")]
    [InlineData("<f4", "(2,)", "False", "is cut off")]
    [InlineData("<f4", "(0,)", "False", "has bytes too many")]
    public void A_header_that_is_not_of_plain_numbers_is_refused(string descr, string shape, string order, string reason)
    {
        var error = Assert.Throws<DatasetFileException>(() => NpyFile.Read("x.npy", FileBytes.Npy(FileBytes.Dictionary(descr, shape, order), new byte[4]), Limits));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False}", "lacks")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} + 1", "text after the dictionary")]
    [InlineData("{'descr: 1}", "without its closing quote")]
    [InlineData("{1: 1}", "a text in quotes")]
    [InlineData("", "'{' should stand here")]
    public void A_header_that_is_no_dictionary_is_refused(string dictionary, string reason)
    {
        var error = Assert.Throws<DatasetFileException>(() => NpyFile.Read("x.npy", FileBytes.Npy(dictionary, new byte[4]), Limits));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Offset, 10, 200);
    }

    /// <summary>Wherever a file is cut, it is refused as a file, never with an error of the program.</summary>
    [Fact]
    public void A_file_cut_off_anywhere_is_refused()
    {
        var whole = FileBytes.Npy(FileBytes.Dictionary("<f4", "(1,)"), new byte[4]);
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Throws<DatasetFileException>(() => NpyFile.Read("x.npy", whole.AsMemory(0, length), Limits));
        }
    }

    [Theory]
    [InlineData(6, 4, "version 4.0")]
    [InlineData(7, 1, "version 1.1")]
    [InlineData(9, 0xff, "a header of")]
    public void A_strange_version_or_header_length_is_refused(int at, byte value, string reason)
    {
        var bytes = FileBytes.Npy(FileBytes.Dictionary("<f4", "(1,)"), new byte[4]);
        bytes[at] = value;
        Assert.Contains(reason, Assert.Throws<DatasetFileException>(() => NpyFile.Read("x.npy", bytes, Limits)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_that_is_not_finite_is_refused_by_its_place()
    {
        var bytes = FileBytes.Npy(FileBytes.Dictionary("<f4", "(2,)"), [0, 0, 0x80, 0x3f, 0, 0, 0xc0, 0x7f]);
        var array = NpyFile.Read("x.npy", bytes, Limits);
        Assert.Equal(bytes.Length - 4, Assert.Throws<DatasetFileException>(() => array.ToSingles()).Offset);
    }
}
