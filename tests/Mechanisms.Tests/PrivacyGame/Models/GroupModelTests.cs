using System.Collections.Immutable;
using Mechanisms.Mobility;
using Mechanisms.PrivacyGame.Models;
using Testing;

namespace Mechanisms.Tests.PrivacyGame.Models;

public sealed class GroupModelTests
{
    private static readonly DateTimeOffset Expires = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ImmutableArray<string> Members = ["anna", "bert"];
    private static readonly ICells Cells = new AreaTerms(Grid: [52, 13, 52.02, 13.03], Side: 2).ToCells();
    private static readonly Position Inside = new(52.001, 13.001);

    [Fact]
    public void A_disguise_is_drawn_for_the_member_and_the_cell_that_ask()
    {
        // Every state is sent as itself, so what comes out is what went in.
        var model = Model(o => o);
        foreach (var member in Members)
        {
            for (var cell = 0; cell < Cells.Count; cell++)
            {
                var centre = Cells.CentreOf(cell);
                Assert.Equal(new GroupQuery(member, cell, centre.Latitude, centre.Longitude), model.Draw(member, centre, Expires));
            }
        }
    }

    [Fact]
    public void Another_member_asks_about_another_cell_where_the_model_says_so()
    {
        // Anna's cell 0 is sent by bert as cell 3.
        var drawn = Model(o => o == 0 ? Cells.Count + 3 : o).Draw("anna", Inside, Expires);
        Assert.Equal(("bert", 3), (drawn.Member, drawn.Cell));
        Assert.Equal(Cells.CentreOf(3), new Position(drawn.Latitude, drawn.Longitude));
    }

    [Fact]
    public void A_disguise_is_not_always_the_same()
    {
        var model = new GroupModel(SolvedModel.Of(Games.Random(1, 2, 4, 0.3, 0.9, mobility: true)).Model, Members, Cells);
        var drawn = Enumerable.Range(0, 400).Select(_ => model.Draw("bert", Inside, Expires)).ToHashSet();
        Assert.True(drawn.Count > 1, "400 draws of a disguise are one and the same");
    }

    [Fact]
    public void An_expired_model_is_not_used()
    {
        Refused("expired", now: Expires.AddTicks(1));
        Assert.NotNull(Model(o => o).Draw("anna", Inside, Expires));
    }

    [Fact]
    public void Strangers_and_places_outside_the_area_are_refused()
    {
        Refused("no member", member: "carl");
        Refused("no member", member: "ANNA");
        Refused("no member", member: "");
        Refused("outside", place: new Position(51.999, 13.001));
    }

    [Fact]
    public void A_model_of_another_size_than_the_group_is_not_drawn_from()
    {
        var model = PrivacyModelFile.Read(HandMadeModel.Write(Expires, 2, 4, o => o));
        foreach (var (members, side) in new[] { (ImmutableArray.Create("anna"), 2), (Members, 1), (Members, 3), (["anna", "bert", "carl"], 2) })
        {
            var cells = new AreaTerms(Grid: [52, 13, 52.02, 13.03], Side: side).ToCells();
            Assert.Contains("2 members in 4 cells", Assert.Throws<ModelUseException>(() => new GroupModel(model, members, cells)).Message, StringComparison.Ordinal);
        }

        Assert.Contains("twice", Assert.Throws<ModelUseException>(() => new GroupModel(model, ["anna", "anna"], Cells)).Message, StringComparison.Ordinal);
    }

    private static GroupModel Model(Func<int, int> release) => new(PrivacyModelFile.Read(HandMadeModel.Write(Expires, Members.Length, Cells.Count, release)), Members, Cells);

    private static void Refused(string why, string member = "anna", Position? place = null, DateTimeOffset? now = null) =>
        Assert.Contains(why, Assert.Throws<ModelUseException>(() => Model(o => o).Draw(member, place ?? Inside, now ?? Expires.AddDays(-1))).Message, StringComparison.Ordinal);
}
