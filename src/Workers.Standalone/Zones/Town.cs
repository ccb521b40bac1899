using System.Collections.Immutable;
using System.Globalization;
using Mechanisms.Mobility;

namespace Workers.Standalone.Zones;

/// <summary>A point of interest of the town.</summary>
internal sealed record PointOfInterest(string Name, string Category, Position Position);

/// <summary>A made-up town: where members are, and what there is to find. The same in every run.</summary>
internal sealed class Town
{
    /// <summary>Metres that a radio reaches, with a reserve for the places' rounding.</summary>
    public const int Reach = 500;

    private const double MetresPerDegree = 111_195;
    private const int Side = 640, Surroundings = 1_500;
    private static readonly string[] Categories = ["café", "pharmacy", "charging"];

    private readonly Random _random;

    public Town(int people, int pointsOfInterest, int seed)
    {
        _random = new Random(seed);
        People = [.. Enumerable.Range(0, people).Select(_ => Somewhere(Side))];
        Points = [.. Enumerable.Range(0, pointsOfInterest).Select(i => new PointOfInterest($"{Categories[i % 3]} {(i / 3) + 1}", Categories[i % 3], Somewhere(Surroundings)))];
    }

    public static Position Centre { get; } = new(48.1370, 11.5750);

    /// <summary>Around all the people: south, west, north and east in degrees.</summary>
    public static ImmutableArray<double> Box { get; } = [.. new[] { At(-Side / 2, -Side / 2), At(Side / 2, Side / 2) }.SelectMany(p => new[] { p.Latitude, p.Longitude })];

    /// <summary>Where the people are.</summary>
    public IReadOnlyList<Position> People { get; }

    public IReadOnlyList<PointOfInterest> Points { get; }

    /// <summary>Who is within a radio's reach of somebody.</summary>
    public IEnumerable<int> HeardBy(int person) => Enumerable.Range(0, People.Count).Where(i => i != person && 1000 * People[i].DistanceTo(People[person]) < Reach - 10);

    /// <summary>Metres east and north of the centre.</summary>
    public static (double East, double North) ToMetres(Position position) =>
        ((position.Longitude - Centre.Longitude) * MetresPerDegree * Math.Cos(double.DegreesToRadians(Centre.Latitude)), (position.Latitude - Centre.Latitude) * MetresPerDegree);

    /// <summary>The points of interest as a location service reads them.</summary>
    public string ToCsv() => "name,latitude,longitude,category\n" + string.Concat(
        Points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Name},{p.Position.Latitude:0.000000},{p.Position.Longitude:0.000000},{p.Category}\n")));

    private Position Somewhere(double side) => At((_random.NextDouble() - 0.5) * side, (_random.NextDouble() - 0.5) * side);

    private static Position At(double east, double north) =>
        new(Centre.Latitude + (north / MetresPerDegree), Centre.Longitude + (east / (MetresPerDegree * Math.Cos(double.DegreesToRadians(Centre.Latitude)))));
}
