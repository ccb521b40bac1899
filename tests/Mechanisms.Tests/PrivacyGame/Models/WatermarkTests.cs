using System.Collections.Immutable;
using Mechanisms.PrivacyGame.Models;

namespace Mechanisms.Tests.PrivacyGame.Models;

public sealed class WatermarkTests
{
    private const int Seed = 20_261_122;

    [Fact]
    public void A_copied_row_still_bears_the_mark_and_other_keys_requests_and_places_do_not_see_it()
    {
        var model = SolvedModel.Of(Games.Random(1, 5, 6, 0.6, 0.7, mobility: true)).Model;
        var own = SolvedModel.Watermark.Inspect(SolvedModel.Request, model.Rows);
        Assert.True(own.Marked >= model.States / 2, $"only {own.Marked} of {model.States} rows have room");
        Assert.Equal((own.Marked, 0), (own.Genuine, own.Altered.Length));
        AssertByChance(new Watermark(new byte[32]).Inspect(SolvedModel.Request, model.Rows));
        AssertByChance(SolvedModel.Watermark.Inspect(new byte[32], model.Rows));
        AssertByChance(SolvedModel.Watermark.Inspect(SolvedModel.Request, [.. model.Rows.Reverse()]));

        // Half of the rows replaced: the copied half is recognised.
        var half = model.Rows.Select((row, o) => o % 2 == 0 ? row : [new Entry<long>(0, FixedPoint.One)]).ToImmutableArray();
        var copied = SolvedModel.Watermark.Inspect(SolvedModel.Request, half);
        Assert.True(copied.Genuine > 3 && copied.Altered.IsEmpty);
    }

    [Fact]
    public void Marking_keeps_sums_signs_and_everything_within_a_millionth_whatever_the_row()
    {
        var random = new Random(Seed);
        for (var i = 0; i < 3_000; i++)
        {
            var length = random.Next(1, 40);
            var kind = i % 3;
            double[] values = [.. Enumerable.Range(0, length).Select(k => kind == 0 ? 1 : kind == 1 ? Math.Pow(random.NextDouble(), 6) + 1e-9 : k < 12 ? 1 : 1e-7)];
            var sum = values.Sum();
            var units = FixedPoint.Quantise([.. values.Select(v => v / sum)]);
            ImmutableArray<Entry<long>> row = [.. units.Select((v, k) => new Entry<long>(k, v)).Where(e => e.Value > 0)];
            var marked = SolvedModel.Watermark.Mark(SolvedModel.Request, i, row);
            Assert.Equal(FixedPoint.One, marked.Sum(e => e.Value));
            Assert.All(marked.Zip(row), pair => Assert.True(pair.First.Value > 0 && Math.Abs(pair.First.Value - pair.Second.Value) < 1 << 10, $"seed {Seed}, row {i}"));
            var rows = Enumerable.Repeat(ImmutableArray.Create(new Entry<long>(0, FixedPoint.One)), i).Append(marked).ToImmutableArray();
            Assert.True(SolvedModel.Watermark.Inspect(SolvedModel.Request, rows).Altered.IsEmpty, $"seed {Seed}: row {i} does not bear its mark");
        }
    }

    [Fact]
    public void Every_byte_of_a_key_is_committed_to()
    {
        for (var at = 0; at < Watermark.KeyLength; at++)
        {
            var key = SolvedModel.Key.ToArray();
            key[at] ^= 1;
            Assert.NotEqual(Watermark.Commit(SolvedModel.Key).AsSpan().ToArray(), Watermark.Commit(key).AsSpan().ToArray());
        }
    }

    [Fact]
    public void A_key_of_another_length_is_refused() => Assert.Throws<ArgumentException>(() => new Watermark(new byte[31]));

    private static void AssertByChance(WatermarkFindings findings) => Assert.True(findings.Genuine * 4 < findings.Marked, $"{findings.Genuine} of {findings.Marked} rows bear it");
}
