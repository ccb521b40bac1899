using Workers.Collaboration.Searches;
using Workers.Collaboration.Zones;
using Workers.Hosting.Members;

namespace Workers.Collaboration.Tests.Searches;

public sealed class SearchFilterTests
{
    private static readonly ZonePlace Own = new(48.10, 11.50);
    private static readonly NearPlace Mill = new("mill", "food", 48.101, 11.50, 0), Well = new("well", "food", 48.104, 11.50, 0), Far = new("far", "food", 48.30, 11.50, 0);
    private static readonly ZoneQuery Nearest = new([new AskedPlace(48.30, 11.50), new AskedPlace(48.10, 11.50)], "food", Nearest: 2), Within = Nearest with { Nearest = null, Radius = 300 };

    [Fact]
    public void What_is_near_to_the_own_place_stays_with_distances_that_were_computed_here()
    {
        var near = SearchFilter.Near(Nearest, new ZoneReply([[Far, Well], [Mill, Well]]), Own);
        Assert.Equal(["mill", "well"], near.Select(p => p.Name));
        Assert.Equal(111, near[0].Metres, 1.0);
        Assert.Equal(["mill"], SearchFilter.Near(Within, new ZoneReply([[Far], [Mill]]), Own).Select(p => p.Name));

        // A few metres beside the place of the query, where a zone serves again.
        Assert.Empty(SearchFilter.Near(Within, new ZoneReply([[Far], [Mill]]), new ZonePlace(48.098, 11.50)));
    }

    public static TheoryData<string, ZoneQuery, ZoneReply> NoAnswers() => new()
    {
        { "for 0 places", Nearest, new ZoneReply(default) },
        { "for 1 places", Nearest, new ZoneReply([[Mill]]) },
        { "more places than", Nearest, new ZoneReply([[], [Mill, Well, Far]]) },
        { "none at all", Nearest, new ZoneReply([default, [Mill]]) },
        { "another category", Nearest, new ZoneReply([[], [Mill with { Category = null }]]) },
        { "nowhere on Earth", Nearest, new ZoneReply([[], [Mill with { Latitude = 91 }]]) },
        { "nowhere on Earth", Nearest, new ZoneReply([[], [Mill with { Longitude = double.NaN }]]) },
        { "nowhere on Earth", Nearest, new ZoneReply([[], [null!]]) },
        { "a place outside the radius", Within, new ZoneReply([[], [Well]]) },
    };

    [Theory]
    [MemberData(nameof(NoAnswers))]
    public void What_answers_something_else_is_refused(string says, ZoneQuery query, ZoneReply reply) =>
        Assert.Contains(says, Assert.Throws<FormatException>(() => SearchFilter.Near(query, reply, Own)).Message, StringComparison.Ordinal);
}
