using Mechanisms.Mobility;

namespace Mechanisms.Tests.Mobility;

/// <summary>That the contract computes the same is tested on a chain.</summary>
public sealed class LeastDistanceTests
{
    private const int Seed = 20261123;

    /// <summary>The sphere of the least radius of curvature lies within the one that <see cref="Position"/> measures on.</summary>
    private const double Smaller = 6335.439 / Position.EarthRadius;

    [Fact]
    public void It_is_never_above_the_great_circle_and_close_to_it_up_to_100_km()
    {
        var random = new Random(Seed);
        for (var i = 0; i < 20_000; i++)
        {
            var (latitude, longitude) = (random.Next(-90_000_000, 90_000_001), random.Next(-180_000_000, 180_000_001));
            var spread = 1 << random.Next(1, 28);
            var otherLatitude = Math.Clamp(latitude + random.Next(-spread, spread + 1), -90_000_000, 90_000_000);
            var otherLongitude = Wrapped((long)longitude + random.Next(-spread, spread + 1));
            var metres = LeastDistance.Metres(latitude, longitude, otherLatitude, otherLongitude);
            var there = 1000 * new Position(latitude / 1e6, longitude / 1e6).DistanceTo(new Position(otherLatitude / 1e6, otherLongitude / 1e6));
            Assert.True(metres <= (there * Smaller) + 1e-3, $"seed {Seed}, {i}: {metres} m of {there} m");
            Assert.True(there > 100_000 || metres >= (there * 0.994) - 1.5, $"seed {Seed}, {i}: {metres} m of {there} m");
            Assert.Equal(metres, LeastDistance.Metres(otherLatitude, otherLongitude, latitude, longitude));
        }
    }

    [Theory]
    [InlineData(0, 0, 0, 0, 0)]
    [InlineData(90_000_000, -180_000_000, 90_000_000, 179_000_000, 0)] // a pole is one place
    [InlineData(0, 179_999_999, 0, -179_999_999, 0)] // over the date line: 22 cm
    [InlineData(0, 0, 1_000_000, 0, 110_571)] // a degree of that sphere: 110,572.9 m along the chord; along the equator's meridian 110,574 m
    [InlineData(0, 0, 0, 1_000_000, 110_554)] // 1.6e-4 is what the sine leaves out at a right angle
    [InlineData(60_000_000, 0, 60_000_000, 1_000_000, 55_285)] // 55,286.4
    public void Known_distances(int latitude, int longitude, int otherLatitude, int otherLongitude, long metres) =>
        Assert.InRange(LeastDistance.Metres(latitude, longitude, otherLatitude, otherLongitude), metres, metres + 2);

    [Fact]
    public void What_is_no_place_is_refused()
    {
        Assert.True(LeastDistance.IsPlace(-90_000_000, 180_000_000));
        Assert.False(LeastDistance.IsPlace(90_000_001, 0));
        Assert.False(LeastDistance.IsPlace(0, -180_000_001));
        Assert.False(LeastDistance.IsPlace(int.MinValue, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LeastDistance.Metres(90_000_001, 0, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LeastDistance.Metres(0, 0, 0, int.MinValue));
    }

    private static int Wrapped(long longitude) => (int)(longitude > 180_000_000 ? longitude - 360_000_000 : longitude < -180_000_000 ? longitude + 360_000_000 : longitude);
}
