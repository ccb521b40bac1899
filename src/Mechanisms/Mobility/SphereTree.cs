using System.Collections.Immutable;

namespace Mechanisms.Mobility;

/// <summary>
/// A k-d tree over points of the unit sphere, by straight distances through it: no date line, no poles. Each node halves its points along the
/// longest side of the box around them; nodes are numbered like a heap's, so that nothing but the boxes is stored.
/// </summary>
internal sealed class SphereTree
{
    private const int LeafPoints = 8;

    private readonly double[] points;
    private readonly int[] members;
    private readonly double[] low;
    private readonly double[] high;

    /// <param name="points">From <see cref="PointsOf"/>.</param>
    /// <param name="members">Which of the points are in the tree; the array becomes the tree's own.</param>
    public SphereTree(double[] points, int[] members)
    {
        (this.points, this.members) = (points, members);
        var nodes = 2;
        for (var largest = members.Length; largest > LeafPoints; largest = (largest + 1) / 2)
        {
            nodes *= 2;
        }

        (low, high) = (new double[3 * nodes], new double[3 * nodes]);
        Build(1, 0, members.Length, new double[members.Length]);
    }

    /// <summary>What goes through a tree.</summary>
    public interface ISearch
    {
        (double X, double Y, double Z) Centre { get; }

        /// <summary>The square of the straight distance beyond which nothing is of interest any more.</summary>
        double LongestSquare { get; }

        /// <summary>Takes a point that may be of interest.</summary>
        void Offer(int point);
    }

    /// <summary>The coordinates of all places, three for each.</summary>
    public static double[] PointsOf(ImmutableArray<PointOfInterest> places)
    {
        var points = new double[3 * places.Length];
        for (var i = 0; i < places.Length; i++)
        {
            (points[3 * i], points[(3 * i) + 1], points[(3 * i) + 2]) = places[i].Position.OnUnitSphere();
        }

        return points;
    }

    /// <summary>Offers every point that is not beyond the search's longest distance at that time, near ones first.</summary>
    /// <returns>How many points were looked at.</returns>
    public int Visit(ISearch search) => Visit(search, 1, 0, members.Length);

    private void Build(int node, int from, int to, double[] keys)
    {
        var longest = 0;
        for (var axis = 0; axis < 3; axis++)
        {
            var (least, most) = (double.PositiveInfinity, double.NegativeInfinity);
            for (var i = from; i < to; i++)
            {
                var coordinate = points[(3 * members[i]) + axis];
                (least, most) = (Math.Min(least, coordinate), Math.Max(most, coordinate));
            }

            (low[(3 * node) + axis], high[(3 * node) + axis]) = (least, most);
            longest = most - least > high[(3 * node) + longest] - low[(3 * node) + longest] ? axis : longest;
        }

        if (to - from <= LeafPoints)
        {
            return;
        }

        for (var i = from; i < to; i++)
        {
            keys[i] = points[(3 * members[i]) + longest];
        }

        Array.Sort(keys, members, from, to - from);
        var middle = (from + to) / 2;
        Build(2 * node, from, middle, keys);
        Build((2 * node) + 1, middle, to, keys);
    }

    private int Visit(ISearch search, int node, int from, int to)
    {
        if (to - from > LeafPoints)
        {
            var looked = 0;
            var (middle, below, above) = ((from + to) / 2, SquareTo(2 * node, search), SquareTo((2 * node) + 1, search));
            for (var turn = 0; turn < 2; turn++)
            {
                var first = (below <= above) == (turn == 0);
                if ((first ? below : above) <= search.LongestSquare)
                {
                    looked += Visit(search, first ? 2 * node : (2 * node) + 1, first ? from : middle, first ? middle : to);
                }
            }

            return looked;
        }

        var (x, y, z) = search.Centre;
        for (var i = from; i < to; i++)
        {
            var at = 3 * members[i];
            var (dx, dy, dz) = (points[at] - x, points[at + 1] - y, points[at + 2] - z);
            if ((dx * dx) + (dy * dy) + (dz * dz) <= search.LongestSquare)
            {
                search.Offer(members[i]);
            }
        }

        return to - from;
    }

    private double SquareTo(int node, ISearch search)
    {
        var (x, y, z) = search.Centre;
        var (dx, dy, dz) = (Outside(3 * node, x), Outside((3 * node) + 1, y), Outside((3 * node) + 2, z));
        return (dx * dx) + (dy * dy) + (dz * dz);
    }

    private double Outside(int side, double at) => Math.Max(0, Math.Max(low[side] - at, at - high[side]));
}
