using Mechanisms.Mobility;

namespace Mechanisms.Tests.Mobility;

public sealed class PlaceIndexTests(ITestOutputHelper output)
{
    private static readonly double HalfTheEarth = 1000 * new Position(90, 0).DistanceTo(new Position(-90, 0));

    private static readonly Func<Random, Position>[] Spreads =
    [
        Anywhere,
        random => Around(random, 39.9, 116.4, 0.05),
        random => Around(random, -17, 180, 0.1),
        random => Around(random, random.Next(2) == 0 ? 90 : -90, 180, 1),
        random => new Position(random.Next(-2, 3) * 45, random.Next(-4, 5) * 45), // equal ones, antipodes, poles and both names of a meridian
        random => random.Next(3) == 0 ? Anywhere(random) : Around(random, 0, 0, 1e-7),
    ];

    public static TheoryData<int> AllSpreads => [.. Enumerable.Range(0, Spreads.Length)];

    [Theory]
    [MemberData(nameof(AllSpreads))]
    public void What_is_found_is_what_looking_at_every_place_finds(int spread)
    {
        var random = Seeded.Random(output);
        foreach (var n in (int[])[1, 2, 8, 9, 17, 100, 1_000])
        {
            var places = Places(random, n, Spreads[spread]);
            var index = new PlaceIndex([.. places]);
            for (var round = 0; round < 40; round++)
            {
                var position = random.Next(4) switch { 0 => places[random.Next(n)].Position, 1 => Anywhere(random), _ => Spreads[spread](random) };
                var category = random.Next(4) switch { 0 => "common", 1 => "rare", 2 => "none", _ => null };
                var expected = LookAtAll(places, position, category);

                var count = random.Next(1, 25);
                Same(expected.Take(count), index.Nearest(position, count, category));
                Same(expected, index.Nearest(position, n + random.Next(2), category));

                var metres = expected.Length > 0 && round % 2 == 0 ? expected[random.Next(expected.Length)].Metres : Math.Pow(10, random.NextDouble() * 7.2);
                Same(expected.Where(found => found.Metres <= metres), index.Within(position, metres, category));
                Same(expected.Where(found => found.Metres < metres), metres > 0 ? index.Within(position, Math.BitDecrement(metres), category) : []);
                Same(expected.Where(found => found.Metres <= metres).Take(count), index.Within(position, metres, category, count));
                Same(expected.Where(found => found.Metres == 0), index.Within(position, 0, category));
                Same(expected, index.Within(position, HalfTheEarth, category));
                Same(expected, index.Within(position, double.PositiveInfinity, category));
            }
        }
    }

    [Fact]
    public void Of_equally_near_places_the_first_of_the_input_come_first_however_many_there_are()
    {
        var places = Enumerable.Range(0, 500).Select(i => new PointOfInterest($"{i}", new Position(0, i % 2 == 0 ? 1 : -1))).ToArray();
        var index = new PlaceIndex([.. places]);
        Assert.Equal(Enumerable.Range(0, 20), index.Nearest(default, 20).Select(found => found.Index));
        Assert.Equal(Enumerable.Range(0, 500), index.Within(default, 112_000).Select(found => found.Index));
        Assert.Equal([1, 3, 5], index.Nearest(new Position(0, -2), 3).Select(found => found.Index));
    }

    [Fact]
    public void The_date_line_and_the_poles_are_no_borders()
    {
        var index = new PlaceIndex(
        [
            new("west of the line", new Position(0, 179.9)), new("east of it", new Position(0, -179.95)), new("far", new Position(0, 170)),
            new("near the pole", new Position(89.9, 0)), new("beyond the pole", new Position(89.95, 180)), new("at the pole", new Position(90, 77)),
        ]);
        Assert.Equal(["east of it", "west of the line"], Names(index.Within(new Position(0, 180), 20_000)));
        Assert.Equal(["east of it", "west of the line", "far"], Names(index.Nearest(new Position(0, -180), 3)));
        Assert.Equal(["near the pole", "at the pole", "beyond the pole"], Names(index.Nearest(new Position(89.9, 1), 3)));
        Assert.Equal(["at the pole"], Names(index.Within(new Position(90, -120), 0.001)));
        Assert.Equal(1000 * Math.PI / 180 * 0.05 * Position.EarthRadius, index.Nearest(new Position(0, 180), 1)[0].Metres, 1e-6);

        static IEnumerable<string> Names(IEnumerable<FoundPlace> found) => found.Select(one => one.Place.Name);
    }

    [Fact]
    public void Few_of_many_places_are_looked_at_and_none_of_another_category()
    {
        var random = Seeded.Random(output);
        foreach (var spread in Spreads[..4])
        {
            var places = Places(random, 20_000, spread);
            var index = new PlaceIndex([.. places]);
            var rare = places.Count(place => place.Category == "rare");
            for (var round = 0; round < 50; round++)
            {
                var position = spread(random);
                Assert.Equal(10, index.Find(position, 10, double.PositiveInfinity, null, out var looked).Length);
                Assert.InRange(looked, 10, 150);
                index.Find(position, 20_000, HalfTheEarth, "rare", out looked);
                Assert.Equal(rare, looked);
                var within = index.Find(position, 20_000, 1_000, null, out looked).Length;
                Assert.InRange(looked, within, (2 * within) + 100);
            }
        }
    }

    [Fact]
    public void No_places_are_found_among_none_and_questions_that_are_none_are_refused()
    {
        Assert.Empty(new PlaceIndex([]).Nearest(default, 1));
        Assert.Empty(new PlaceIndex([]).Within(default, HalfTheEarth));
        Assert.Throws<ArgumentException>(() => new PlaceIndex(default));
        var index = new PlaceIndex([new("", default, "Café")]);
        Assert.Empty(index.Nearest(default, 1, "café"));
        Assert.Empty(index.Nearest(default, 1, ""));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Nearest(default, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Within(default, 1, most: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Within(default, -0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Within(default, double.NaN));
    }

    private static PointOfInterest[] Places(Random random, int count, Func<Random, Position> somewhere) =>
        [.. Enumerable.Range(0, count).Select(i => new PointOfInterest($"{i}", somewhere(random), random.Next(50) switch { 0 => "rare", < 30 => "common", _ => null }))];

    private static FoundPlace[] LookAtAll(PointOfInterest[] places, Position position, string? category) =>
    [
        .. places.Select((place, i) => new FoundPlace(i, place, 1000 * position.DistanceTo(place.Position)))
            .Where(found => category is null || found.Place.Category == category).OrderBy(found => found.Metres).ThenBy(found => found.Index),
    ];

    private static void Same(IEnumerable<FoundPlace> expected, IEnumerable<FoundPlace> actual) =>
        Assert.Equal(expected.Select(found => (found.Index, found.Metres)), actual.Select(found => (found.Index, found.Metres)));

    private static Position Anywhere(Random random) =>
        new(double.RadiansToDegrees(Math.Asin((2 * random.NextDouble()) - 1)), (360 * random.NextDouble()) - 180);

    // Over a pole it comes down on the other side, over the antimeridian it goes on at the other end.
    private static Position Around(Random random, double north, double east, double degrees)
    {
        var (latitude, longitude) = (north + (degrees * ((2 * random.NextDouble()) - 1)), east + (degrees * ((2 * random.NextDouble()) - 1)));
        (latitude, longitude) = Math.Abs(latitude) > 90 ? (Math.CopySign(180, latitude) - latitude, longitude - 180) : (latitude, longitude);
        return new Position(latitude, longitude > 180 ? longitude - 360 : longitude);
    }
}
