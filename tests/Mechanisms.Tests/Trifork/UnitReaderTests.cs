using System.Text;
using Mechanisms.Datasets;
using Mechanisms.Trifork;

namespace Mechanisms.Tests.Trifork;

public sealed class UnitReaderTests
{
    private static readonly UnitFormat Lines = new UnitFormat.Lines();

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a", new[] { "a\n" })]
    [InlineData("a\n\nbc\r\n", new[] { "a\n", "\n", "bc\r\n" })]
    [InlineData("é\nλ", new[] { "é\n", "λ\n" })]
    public async Task Lines_end_with_their_line_feed(string text, string[] expected) => Assert.Equal(expected, await ReadAsync(text, Lines));

    [Theory]
    [InlineData("a,b\n1,2\n", new[] { "a,b\n", "1,2\n" })]
    [InlineData("a,b\r\n\"1\n2\",\"say \"\"no\"\"\"", new[] { "a,b\r\n", "\"1\n2\",\"say \"\"no\"\"\"\n" })]
    [InlineData("\"a,b\",\"\"\n,\n", new[] { "\"a,b\",\"\"\n", ",\n" })]
    public async Task Records_end_where_their_quotes_are_closed(string text, string[] expected)
    {
        var columns = await UnitReader.CountColumnsAsync("t.csv", Slow(Encoding.UTF8.GetBytes(text)), TestContext.Current.CancellationToken);
        Assert.Equal(2, columns);
        Assert.Equal(expected, await ReadAsync(text, new UnitFormat.Records(columns)));
    }

    [Fact]
    public async Task Blocks_have_one_length_and_the_last_is_filled_with_zeros()
    {
        var reader = new UnitReader("t", Slow([1, 2, 3, 4, 5]), new UnitFormat.Blocks(3));
        Assert.Equal([1, 2, 3], (await NextAsync(reader))!.Value.ToArray());
        Assert.Equal([4, 5, 0], (await NextAsync(reader))!.Value.ToArray());
        Assert.Null(await NextAsync(reader));
        Assert.Equal((5, 2), (reader.Length, reader.Units));
    }

    [Theory]
    [InlineData("a,b\n1\n", 4, "has 1 values")]
    [InlineData("a,b\n1,2,3\n", 4, "has 3 values")]
    [InlineData("a,b\n1,2\"\n\"\n", 7, "inside a value")]
    [InlineData("a,b\n\"1\"2,3\n", 7, "between a quoted value and the next comma")]
    [InlineData("a,b\n1,\"2\n", 6, "no end")]
    public async Task Broken_records_are_refused_by_byte(string text, long offset, string reason)
    {
        var refused = await Assert.ThrowsAsync<DatasetFileException>(() => ReadAsync(text, new UnitFormat.Records(2)));
        Assert.Equal(("t", offset), (refused.File, refused.Offset));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 97, 10, 98, 0xC3, 10 }, 3, "not UTF-8")]
    [InlineData(new byte[] { 97, 10, 0xE9, 10 }, 2, "not UTF-8")]
    [InlineData(new byte[] { 97, 0, 10, 0 }, 1, "UTF-16")]
    public async Task Other_encodings_are_refused_by_byte(byte[] bytes, long offset, string reason)
    {
        foreach (var format in (UnitFormat[])[Lines, new UnitFormat.Records(1)])
        {
            var refused = await Assert.ThrowsAsync<DatasetFileException>(() => ReadAsync(bytes, format));
            Assert.Equal(offset, refused.Offset);
            Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Units_up_to_the_limit_are_read_and_longer_ones_refused_without_reading_on()
    {
        byte[] longest = [.. "a\n"u8, .. Enumerable.Repeat((byte)'b', UnitFormat.MaxUnit - 1), (byte)'\n', (byte)'c'];
        Assert.Equal([2, UnitFormat.MaxUnit, 2], (await ReadAsync(longest, Lines)).Select(unit => unit.Length));
        byte[] longer = [.. "a\n"u8, .. Enumerable.Repeat((byte)'b', UnitFormat.MaxUnit), (byte)'\n'];
        Assert.Equal(2, (await Assert.ThrowsAsync<DatasetFileException>(() => ReadAsync(longer, Lines))).Offset);
        var endless = new EndlessStream();
        await Assert.ThrowsAsync<DatasetFileException>(async () => await NextAsync(new UnitReader("t", endless, new UnitFormat.Records(1))));
        Assert.InRange(endless.Given, UnitFormat.MaxUnit, 4 * UnitFormat.MaxUnit);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(UnitFormat.MaxUnit + 1)]
    public void Blocks_of_no_length_or_a_very_long_one_are_refused(int size) => Assert.Throws<ArgumentOutOfRangeException>(() => new UnitFormat.Blocks(size));

    private static Task<List<string>> ReadAsync(string text, UnitFormat format) => ReadAsync(Encoding.UTF8.GetBytes(text), format);

    private static async Task<List<string>> ReadAsync(byte[] bytes, UnitFormat format)
    {
        var reader = new UnitReader("t", Slow(bytes), format);
        var units = new List<string>();
        while (await NextAsync(reader) is { } unit)
        {
            units.Add(Encoding.UTF8.GetString(unit.Span));
        }

        Assert.Equal((bytes.Length, units.Count), (reader.Length, reader.Units));
        return units;
    }

    private static ValueTask<ReadOnlyMemory<byte>?> NextAsync(UnitReader reader) => reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Gives short reads, as networks do.</summary>
    private static SlowStream Slow(byte[] bytes) => new SlowStream(bytes);

    private sealed class SlowStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, Length < 100 ? 1 : 50_000)], cancellationToken);
    }

    /// <summary>An opening quote and nothing else, for ever.</summary>
    private sealed class EndlessStream : MemoryStream
    {
        public long Given { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)'a');
            buffer.Span[0] = Given == 0 ? (byte)'"' : (byte)'a';
            Given += buffer.Length;
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
