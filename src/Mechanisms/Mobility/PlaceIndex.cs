using System.Collections.Immutable;

namespace Mechanisms.Mobility;

/// <summary>A place that was found.</summary>
/// <param name="Index">Its number among the places of the index.</param>
/// <param name="Place">The place itself.</param>
/// <param name="Metres">1,000 times <see cref="Position.DistanceTo"/>, from the position that was asked for.</param>
public readonly record struct FoundPlace(int Index, PointOfInterest Place, double Metres);

/// <summary>
/// Finds the nearest of many places, or those within a radius, without looking at all of them. Answers are those of looking at every one by
/// <see cref="Position.DistanceTo"/>: nearest first, of equally near ones the first of the input, also over the antimeridian and at the poles.
/// </summary>
public sealed class PlaceIndex
{
    private readonly SphereTree all;
    private readonly Dictionary<string, SphereTree> byCategory;

    /// <param name="places">In the order that decides between equally near ones; there may be none.</param>
    public PlaceIndex(ImmutableArray<PointOfInterest> places)
    {
        if (places.IsDefault)
        {
            throw new ArgumentException("The array is not initialised.", nameof(places));
        }

        Places = places;
        var points = SphereTree.PointsOf(places);
        all = new SphereTree(points, [.. Enumerable.Range(0, places.Length)]);

        // A tree for each, so that a rare category does not lead through all the places around it.
        byCategory = Enumerable.Range(0, places.Length).Where(i => places[i].Category is not null)
            .GroupBy(i => places[i].Category!, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => new SphereTree(points, [.. group]), StringComparer.Ordinal);
    }

    /// <summary>The places in the order of the input.</summary>
    public ImmutableArray<PointOfInterest> Places { get; }

    /// <summary>The nearest places; all of them where there are no more.</summary>
    /// <param name="count">At least 1.</param>
    /// <param name="category">Only places of exactly this category; null: of all, and without one.</param>
    public ImmutableArray<FoundPlace> Nearest(Position position, int count, string? category = null) =>
        Find(position, count, double.PositiveInfinity, category, out _);

    /// <summary>The places within a radius, its end included.</summary>
    /// <param name="metres">At least 0.</param>
    /// <param name="category">Only places of exactly this category; null: of all, and without one.</param>
    /// <param name="most">At least 1: only so many, the nearest of them.</param>
    public ImmutableArray<FoundPlace> Within(Position position, double metres, string? category = null, int most = int.MaxValue) =>
        Find(position, most, metres, category, out _);

    /// <param name="looked">How many places were looked at.</param>
    internal ImmutableArray<FoundPlace> Find(Position position, int most, double metres, string? category, out int looked)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        if (!(metres >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(metres), metres, "At least 0 metres.");
        }

        var search = new Search(this, position, most, metres);
        looked = (category is null ? all : byCategory.GetValueOrDefault(category))?.Visit(search) ?? 0;
        return search.Found();
    }

    private sealed class Search(PlaceIndex index, Position position, int most, double metres) : SphereTree.ISearch
    {
        private static readonly Comparer<(double Metres, int Index)> FarthestFirst =
            Comparer<(double Metres, int Index)>.Create((a, b) => b.CompareTo(a));

        private readonly PriorityQueue<int, (double Metres, int Index)> found = new(FarthestFirst);

        public (double X, double Y, double Z) Centre { get; } = position.OnUnitSphere();

        public double LongestSquare { get; private set; } = SquareOf(metres);

        public void Offer(int place)
        {
            var distance = 1000 * position.DistanceTo(index.Places[place].Position);
            if (distance > metres)
            {
                return;
            }

            if (found.Count < most)
            {
                found.Enqueue(place, (distance, place));
            }
            else
            {
                found.EnqueueDequeue(place, (distance, place));
            }

            if (found.Count == most && found.TryPeek(out _, out var farthest))
            {
                LongestSquare = SquareOf(farthest.Metres);
            }
        }

        public ImmutableArray<FoundPlace> Found() =>
            [.. found.UnorderedItems.Select(item => item.Priority).Order().Select(item => new FoundPlace(item.Index, index.Places[item.Index], item.Metres))];

        // The haversine formula and the points of the sphere are each rounded (by some 1e-15): what may lie within is looked at, and the
        // formula alone decides. 1e-12 of the radius is 6 µm.
        private static double SquareOf(double metres)
        {
            var chord = (2 * Math.Sin(Math.Min(Math.PI, metres / (1000 * Position.EarthRadius)) / 2)) + 1e-12;
            return chord * chord;
        }
    }
}
