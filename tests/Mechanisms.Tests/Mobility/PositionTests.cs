using Mechanisms.Mobility;

namespace Mechanisms.Tests.Mobility;

public sealed class PositionTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(90.0000001, 0, "latitude")]
    [InlineData(-91, 0, "latitude")]
    [InlineData(double.NaN, 0, "latitude")]
    [InlineData(double.NegativeInfinity, 0, "latitude")]
    [InlineData(0, 180.0000001, "longitude")]
    [InlineData(0, double.NaN, "longitude")]
    [InlineData(0, double.PositiveInfinity, "longitude")]
    public void Two_numbers_that_are_no_place_on_the_earth_are_refused_by_name(double latitude, double longitude, string named) =>
        Assert.Contains(named, Assert.Throws<ArgumentOutOfRangeException>(() => new Position(latitude, longitude)).Message, StringComparison.Ordinal);

    [Theory] // The georust crate "geo", documentation of Haversine (GRS80 mean radius 6371.0087714 km), and of HaversineDistance.
    [InlineData(42.698334, 23.319941, 42.136097, 24.742168, 132.43309929460194, 1e-6)] // Sofia, Plovdiv
    [InlineData(40.7128, -74.006, 51.5074, -0.1278, 5570.230, 1e-3)] // New York, London
    [InlineData(0, 0, 0, 180, Math.PI * Position.EarthRadius, 1e-9)]
    [InlineData(-90, 12, 90, -77, Math.PI * Position.EarthRadius, 1e-9)]
    [InlineData(10, 180, 10, -180, 0, 1e-9)]
    public void Distances_are_those_of_the_sphere_of_mean_radius(double lat1, double lon1, double lat2, double lon2, double kilometres, double tolerance)
    {
        var (from, to) = (new Position(lat1, lon1), new Position(lat2, lon2));
        Assert.Equal(kilometres, from.DistanceTo(to), tolerance);
        Assert.Equal(from.DistanceTo(to), to.DistanceTo(from), 1e-9);
    }

    [Fact]
    public void The_plane_around_a_centre_goes_back_to_the_sphere_and_keeps_short_distances()
    {
        var random = Seeded.Random(output);
        for (var i = 0; i < 2_000; i++)
        {
            var plane = new PlanarProjection(new Position((120 * random.NextDouble()) - 60, (360 * random.NextDouble()) - 180));
            var (a, b) = (Near(random), Near(random));
            var (p, q) = (plane.Unproject(a), plane.Unproject(b));
            Assert.Equal(0, plane.Project(p).DistanceTo(a), 1e-9);
            Assert.Equal(a.DistanceTo(b), p.DistanceTo(q), 0.005 * 40);
        }

        static PlanarPoint Near(Random random) => new((28 * random.NextDouble()) - 14, (28 * random.NextDouble()) - 14);
    }

    [Fact]
    public void A_kilometre_east_at_sixty_degrees_is_twice_the_longitude_that_it_is_at_the_equator()
    {
        var equator = new PlanarProjection(new Position(0, 0)).Unproject(new PlanarPoint(1, 0));
        var sixty = new PlanarProjection(new Position(60, 0)).Unproject(new PlanarPoint(1, 0));
        Assert.Equal(180 / (Math.PI * Position.EarthRadius), equator.Longitude, 1e-15);
        Assert.Equal(2 * equator.Longitude, sixty.Longitude, 1e-15);
    }

    [Fact]
    public void The_way_over_the_antimeridian_is_the_short_one()
    {
        Assert.Equal(new Position(1, 180), new Position(0, 179).Towards(new Position(2, -179), 0.5));
        Assert.Equal(new Position(0, -179.5), new Position(0, 179.5).Towards(new Position(0, -178.5), 0.5));
        Assert.Equal(1, new PlanarProjection(new Position(0, 179.9999)).Project(new Position(0, -179.991007)).East, 0.02);
        Assert.Throws<ArgumentOutOfRangeException>(() => default(Position).Towards(default, double.NaN));
    }

    [Fact]
    public void A_plane_around_a_pole_or_a_point_beyond_one_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PlanarProjection(new Position(85.1, 0)));
        var plane = new PlanarProjection(new Position(84, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => plane.Unproject(new PlanarPoint(0, 700)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PlanarProjection(default).Unproject(new PlanarPoint(25_000, 0)));
    }
}
