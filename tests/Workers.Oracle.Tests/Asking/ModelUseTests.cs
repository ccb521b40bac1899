using Mechanisms.Mobility;
using Mechanisms.PrivacyGame.Models;
using Workers.Oracle.Asking;
using Workers.Oracle.Terms;
using Workers.Oracle.Tests.Terms;
using static Workers.Oracle.Tests.Asking.ModelSamples;

namespace Workers.Oracle.Tests.Asking;

public sealed class ModelUseTests
{
    private static readonly Position Inside = new(52.001, 13.001);

    [Fact]
    public void A_disguise_is_of_the_group_and_its_area_and_not_always_the_same()
    {
        var cells = TermsSamples.Terms.Cells();
        var drawn = Enumerable.Range(0, 400).Select(_ => ModelUse.Draw(Model, TermsSamples.Terms, TermsSamples.Bert, Inside, Expires)).ToHashSet();
        Assert.All(drawn, query =>
        {
            Assert.Contains(query.Member, new[] { TermsSamples.Anna, TermsSamples.Bert });
            Assert.InRange(query.Cell, 0, cells.Count - 1);
            Assert.Equal(cells.CentreOf(query.Cell), new Position(query.Latitude, query.Longitude));
        });
        Assert.True(drawn.Count > 1, "400 draws of a disguise are one and the same");
    }

    [Fact]
    public void A_disguise_is_drawn_for_the_member_and_the_cell_that_ask()
    {
        // Without mobility privacy a row is what is drawn from: here every state is sent as itself, so what comes out is what went in.
        var terms = TermsSamples.Terms with { Alpha = null, Beta = 0 };
        var model = Honest(terms);
        foreach (var member in new[] { TermsSamples.Anna, TermsSamples.Bert })
        {
            for (var cell = 0; cell < terms.Cells().Count; cell++)
            {
                var centre = terms.Cells().CentreOf(cell);
                Assert.Equal(new GroupQuery(member, cell, centre.Latitude, centre.Longitude), ModelUse.Draw(model, terms, member, centre, Expires));
            }
        }
    }

    [Fact]
    public void An_expired_model_is_not_used()
    {
        Refused("expired", time: Expires.AddSeconds(1));
        Refused("expired", time: Expires.AddTicks(1));
        Assert.NotNull(ModelUse.Draw(Model, TermsSamples.Terms, TermsSamples.Anna, Inside, Expires));
    }

    [Fact]
    public void Strangers_and_places_outside_the_area_are_refused()
    {
        Refused("no member", member: "0x00000000000000000000000000000000000000c3");
        Refused("no member", member: TermsSamples.Anna.ToUpperInvariant());
        Refused("no member", member: "");
        Refused("outside", place: new Position(51.999, 13.001));
    }

    [Fact]
    public void A_model_of_another_size_than_the_order_is_not_drawn_from()
    {
        Refused("2 members in 4 cells", terms: TermsSamples.Terms with { Members = [TermsSamples.Member(TermsSamples.Anna)] });
        Refused("2 members in 4 cells", terms: TermsSamples.Terms with { Area = TermsSamples.Grid with { Side = 1 } });
        Refused("2 members in 4 cells", terms: TermsSamples.Terms with { Area = TermsSamples.Grid with { Side = 3 } });
    }

    [Fact]
    public void What_is_no_model_is_not_drawn_from() =>
        Assert.Throws<InvalidModelException>(() => ModelUse.Draw(Model[..^1], TermsSamples.Terms, TermsSamples.Anna, Inside, Expires));

    /// <summary>A model's bytes whose every row keeps the state, by the format's description.</summary>
    private static byte[] Honest(GameTerms terms)
    {
        var (members, cells) = (terms.Members.Length, terms.Cells().Count);
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("PGM1"u8);
        writer.Write(Request.ToArray());
        writer.Write(Expires.ToUnixTimeSeconds());
        writer.Write(new byte[32]);
        writer.Write((ushort)members);
        writer.Write((ushort)cells);
        writer.Write(0L);
        writer.Write(0.0);
        for (var state = 0; state < 2 * members * cells; state++)
        {
            writer.Write((ushort)1);
            writer.Write((ushort)(state % (members * cells)));
            if (state < members * cells)
            {
                writer.Write(1L << 32);
            }
            else
            {
                writer.Write(1.0);
            }
        }

        writer.Flush();
        return stream.ToArray();
    }

    private static void Refused(string why, string member = TermsSamples.Anna, Position? place = null, DateTimeOffset? time = null, GameTerms? terms = null) => Assert.Contains(
        why, Assert.Throws<ModelOrderException>(() => ModelUse.Draw(Model, terms ?? TermsSamples.Terms, member, place ?? Inside, time ?? Expires.AddDays(-1))).Message, StringComparison.Ordinal);
}
