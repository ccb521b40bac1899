using Mechanisms.PrivacyGame.Models;

namespace Mechanisms.Tests.PrivacyGame.Models;

public sealed class PrivacyModelTests
{
    private const int Seed = 20_261_122;

    [Fact]
    public void A_model_comes_back_from_its_bytes_bit_by_bit()
    {
        foreach (var game in SolvedModel.Kinds())
        {
            var bytes = PrivacyModelFile.Write(SolvedModel.Of(game).Model);
            Assert.Equal(bytes, PrivacyModelFile.Write(PrivacyModelFile.Read(bytes)));
        }
    }

    [Fact]
    public void A_model_that_is_cut_off_anywhere_or_has_a_byte_too_many_is_refused()
    {
        var bytes = PrivacyModelFile.Write(SolvedModel.Of(Games.Random(1, 2, 2, 0.5, 0.5, mobility: true)).Model);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<InvalidModelException>(() => PrivacyModelFile.Read(bytes.AsSpan(0, length)));
        }

        Assert.Throws<InvalidModelException>(() => PrivacyModelFile.Read([.. bytes, 0]));
        Assert.Throws<InvalidModelException>(() => PrivacyModelFile.Read(new byte[PrivacyModelFile.MaxBytes + 1]));
    }

    [Fact]
    public void No_altered_byte_leaves_a_model_that_passes_as_the_one_of_the_digest()
    {
        var solved = SolvedModel.Of(Games.Random(2, 2, 3, 0.5, 0.6, mobility: true));
        var bytes = PrivacyModelFile.Write(solved.Model);
        var (refused, wrong, cheap) = (0, 0, 0);
        for (var at = 0; at < bytes.Length; at++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var altered = bytes.ToArray();
                altered[at] ^= (byte)(1 << bit);
                try
                {
                    var model = PrivacyModelFile.Read(altered);
                    Assert.NotEqual(PrivacyModelFile.DigestOf(solved.Model), PrivacyModelFile.DigestOf(model));
                    var attackOnly = model.Rows.Zip(solved.Model.Rows, (a, b) => a.SequenceEqual(b)).All(same => same) && model.Redrawn == solved.Model.Redrawn
                        && model.Prediction.SequenceEqual(solved.Model.Prediction) && model.Terms.Request.SequenceEqual(solved.Model.Terms.Request) && model.Terms.Expires == solved.Model.Terms.Expires;
                    var problem = SolvedModel.Check(solved.Game, model).Problem;

                    // Another proof, another ψ by a unit or another ε above the wanted one may prove as much; only the digest tells.
                    Assert.True(problem is not null || attackOnly || model.Redrawn > solved.Model.Redrawn || Units(model, solved.Model) <= 2, $"byte {at}, bit {bit} was altered and nobody noticed");
                    wrong += problem is null ? 0 : 1;
                    cheap += problem is null ? 1 : 0;
                }
                catch (InvalidModelException)
                {
                    refused++;
                }
            }
        }

        Assert.True(refused > 1_000 && wrong > 500 && cheap > 0, $"{refused} refused, {wrong} wrong, {cheap} as good");
    }

    [Theory]
    [InlineData(0, 'Q', "PGM1")]
    [InlineData(76, 0, "0 states")]
    [InlineData(77, 9, "states")]
    [InlineData(47, 0x80, "no time")]
    public void What_is_wrong_is_said_by_name(int at, int value, string message)
    {
        var bytes = PrivacyModelFile.Write(SolvedModel.Of(Games.Random(1, 2, 2, 0.5, 0.5, mobility: true)).Model);
        bytes[at - (at == 47 ? 4 : 0)] = (byte)value;
        Assert.Contains(message, Assert.Throws<InvalidModelException>(() => PrivacyModelFile.Read(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_sum_to_one_does_not_ascend_or_is_nothing_is_refused_by_name()
    {
        var solved = SolvedModel.Of(Games.Random(2, 2, 3, 0.5, 0.6, mobility: true));
        var (rows, attack) = (solved.Model.Rows, solved.Model.Attack);
        var o = Enumerable.Range(0, rows.Length).First(i => rows[i].Length is > 1 and < 6);
        var row = rows[o];
        var missing = Enumerable.Range(0, 6).First(i => row.All(e => e.Index != i));
        AssertRefused(solved.With(rows.SetItem(o, row.SetItem(0, row[0] with { Value = row[0].Value + 1 }))), $"Row {o} sums to");
        AssertRefused(solved.With(rows.SetItem(o, [.. row.Reverse()])), $"Row {o} has the index");
        AssertRefused(solved.With(rows.SetItem(o, [row[0] with { Value = row[0].Value - 1 }, row[0] with { Value = 1 }, .. row.Skip(1)])), $"Row {o} has the index");
        AssertRefused(solved.With(rows.SetItem(o, [.. row.Append(new Entry<long>(missing, 0)).OrderBy(e => e.Index)])), $"Row {o} has a 0 at {missing}");
        AssertRefused(solved.With(attack.SetItem(2, [new Entry<double>(0, 0), new Entry<double>(1, 1)])), "The attack on 2 has a 0 at 0");
        AssertRefused(solved.With(solved.Model.Prediction.SetItem(0, solved.Model.Prediction[0] + 1)), "ψ sums to");
        AssertRefused(solved.With(-0.0), "λ");

        static void AssertRefused(PrivacyModel model, string message) =>
            Assert.Contains(message, Assert.Throws<InvalidModelException>(() => PrivacyModelFile.Read(PrivacyModelFile.Write(model))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Draws_follow_F_state_by_state()
    {
        var model = SolvedModel.Of(Games.Random(3, 2, 3, 0.7, 0.6, mobility: true)).Model;
        var release = model.ToCertificate().Release;
        var random = new Random(Seed);
        const int draws = 60_000;
        for (var o = 0; o < model.States; o++)
        {
            var counts = new int[model.States];
            for (var i = 0; i < draws; i++)
            {
                counts[model.Draw(o, () => (uint)random.NextInt64(1L << 32))]++;
            }

            for (var seen = 0; seen < model.States; seen++)
            {
                var p = release[(o * model.States) + seen];
                Assert.InRange(counts[seen], (draws * p) - (5 * Math.Sqrt(draws * p)) - 1, (draws * p) + (5 * Math.Sqrt(draws * p)) + 1);
            }
        }
    }

    [Fact]
    public void Quantising_sums_to_one_exactly_and_moves_nothing_by_a_unit()
    {
        var random = new Random(Seed);
        for (var i = 0; i < 500; i++)
        {
            var values = Enumerable.Range(0, random.Next(1, 200)).Select(_ => random.Next(3) == 0 ? 0 : Math.Pow(random.NextDouble(), 8)).Append(1e-3).ToArray();
            var sum = values.Sum();
            double[] distribution = [.. values.Select(v => v / sum)];
            var units = FixedPoint.Quantise(distribution);
            Assert.Equal(FixedPoint.One, units.Sum());
            for (var k = 0; k < units.Length; k++)
            {
                Assert.True(Math.Abs(units[k] - (distribution[k] * FixedPoint.One)) < 1.00001, $"seed {Seed}, distribution {i}: entry {k}");
            }
        }
    }

    private static long Units(PrivacyModel a, PrivacyModel b) => a.Prediction.Zip(b.Prediction, (x, y) => Math.Abs(x - y)).DefaultIfEmpty().Max();
}
