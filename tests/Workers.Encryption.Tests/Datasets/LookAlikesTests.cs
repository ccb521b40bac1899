using System.Text;
using Mechanisms.Trifork;
using Workers.Encryption.Datasets.Publishing;

namespace Workers.Encryption.Tests.Datasets;

public sealed class LookAlikesTests
{
    [Fact]
    public async Task Decoys_of_records_are_records_of_the_same_shape_that_do_not_say_the_same()
    {
        var lines = Enumerable.Range(0, 50).Select(i => $"2026-11-{i % 28:00},\"hall, {i}\",Größe {i * 37}.5\r\n").ToList();
        var format = new UnitFormat.Records(3);
        var decoys = await TakeAsync(string.Concat(lines), format, 120);
        Assert.Equal(120, decoys.Count);
        foreach (var (decoy, line) in decoys.Zip(lines.Concat(lines).Concat(lines)))
        {
            Assert.Equal(Shape(line), Shape(decoy));
            Assert.NotEqual(line, decoy);
        }

        Assert.Equal(120, decoys.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal("0123456789", string.Concat(string.Concat(decoys).Where(char.IsAsciiDigit).Distinct().Order()));

        // They can be mixed: a reader takes them.
        var reader = new UnitReader("decoys", new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(decoys))), format);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken) is not null)
        {
        }

        Assert.Equal(120, reader.Units);
    }

    [Fact]
    public async Task Decoys_of_blocks_have_their_bytes_in_another_order()
    {
        var block = new string([.. Enumerable.Range(0, 256).Select(i => (char)('a' + (i % 16)))]);
        var decoy = Assert.Single(await TakeAsync(block, new UnitFormat.Blocks(256), 1));
        Assert.NotEqual(block, decoy);
        Assert.Equal(block.Order(), decoy.Order());
        Assert.DoesNotContain(decoy, block + block, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_dataset_gives_no_decoys_instead_of_none_for_ever() =>
        Assert.Empty(await TakeAsync("", new UnitFormat.Lines(), 1));

    private static string Shape(string text) =>
        new([.. text.Select(c => char.IsAsciiDigit(c) ? '9' : char.IsAsciiLetterLower(c) ? 'a' : char.IsAsciiLetterUpper(c) ? 'A' : c)]);

    private static async Task<List<string>> TakeAsync(string dataset, UnitFormat format, int count)
    {
        var decoys = new List<string>();
        await foreach (var unit in LookAlikes.OfAsync("dataset", () => new MemoryStream(Encoding.UTF8.GetBytes(dataset)), format, TestContext.Current.CancellationToken))
        {
            decoys.Add(Encoding.UTF8.GetString(unit.Span));
            if (decoys.Count == count)
            {
                break;
            }
        }

        return decoys;
    }
}
