using System.Collections.Immutable;

namespace Mechanisms.Mobility;

/// <summary>Draws how people move among places; see <see cref="MadeUpArea"/> for what the same seed gives.</summary>
public static class MadeUpMovement
{
    /// <summary>Fixes of all members together; more are refused before memory is taken for them.</summary>
    public const int MaxFixes = 1 << 24;

    /// <summary>
    /// The members' trajectories, named "member 1" and so on. Every member draws from a generator of their own, so that more members do not
    /// change the ones before.
    /// </summary>
    /// <param name="places">Where people go; at least one place.</param>
    /// <param name="members">How many there are, at least 1.</param>
    /// <param name="options">How they move.</param>
    /// <param name="seed">What is drawn.</param>
    /// <returns>A fix at the start and after every interval up to the duration.</returns>
    /// <exception cref="ArgumentException">There is no place, or there would be more than <see cref="MaxFixes"/> fixes.</exception>
    public static ImmutableArray<Trajectory> Trajectories(ImmutableArray<PointOfInterest> places, int members, MovementOptions options, int seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(members);
        if (places.IsDefaultOrEmpty)
        {
            throw new ArgumentException("At least one place.", nameof(places));
        }

        if (members * (1 + (options.Duration / options.Interval)) > MaxFixes)
        {
            throw new ArgumentException($"More than {MaxFixes} fixes; take a longer interval, a shorter duration or fewer members.", nameof(options));
        }

        var seeds = new Random(seed);
        return [.. Enumerable.Range(1, members).Select(member => new Trajectory($"member {member}", new Member(places, options, new Random(seeds.Next())).Walk()))];
    }

    private sealed class Member(ImmutableArray<PointOfInterest> places, MovementOptions options, Random random)
    {
        private readonly ImmutableArray<Fix>.Builder fixes = ImmutableArray.CreateBuilder<Fix>();
        private readonly double[] visits = new double[places.Length];
        private readonly double[] weights = new double[places.Length];
        private int known;
        private TimeSpan next;

        public ImmutableArray<Fix> Walk()
        {
            var here = random.Next(places.Length);
            var leaves = Arrive(here, TimeSpan.Zero);
            while (true)
            {
                var from = places[here].Position;
                Record(leaves, _ => from);
                if (next > options.Duration)
                {
                    return fixes.DrainToImmutable();
                }

                here = Choose(here);
                var to = places[here].Position;
                var speed = options.MaxSpeed * (0.3 + (0.65 * random.NextDouble()));
                var (left, way) = (leaves, TimeSpan.FromHours(LongestWay(from, to) / speed));
                Record(left + way, at => from.Towards(to, (at - left) / way));
                leaves = Arrive(here, left + way);
            }
        }

        private TimeSpan Arrive(int place, TimeSpan at)
        {
            known += visits[place] == 0 ? 1 : 0;
            visits[place]++;
            return at + (options.MeanStay * Draws.Exponential(random, 1));
        }

        // Where somebody is at the moments before an end.
        private void Record(TimeSpan end, Func<TimeSpan, Position> place)
        {
            for (; next < end && next <= options.Duration; next += options.Interval)
            {
                fixes.Add(new Fix(options.Start + next, MadeUpArea.Rounded(place(next))));
            }
        }

        private int Choose(int here)
        {
            var explores = random.NextDouble() < MovementOptions.Exploration * Math.Pow(known, -MovementOptions.ExplorationDecay);
            if (explores && known < places.Length)
            {
                for (var i = 0; i < weights.Length; i++)
                {
                    var distance = MovementOptions.NextDoor + places[here].Position.DistanceTo(places[i].Position);
                    weights[i] = visits[i] > 0 ? 0 : Math.Pow(distance, -1 - MovementOptions.JumpExponent);
                }

                return Draws.Weighted(random, weights);
            }

            // Who knows only the place where they are stays there.
            if (known == 1)
            {
                return here;
            }

            visits.CopyTo(weights, 0);
            weights[here] = 0;
            return Draws.Weighted(random, weights);
        }

        // A way that is even in degrees is fastest where it is nearest to the equator; at that speed all of it would be this long.
        private static double LongestWay(Position from, Position to)
        {
            var nearest = from.Latitude * to.Latitude <= 0 ? 0 : Math.Min(Math.Abs(from.Latitude), Math.Abs(to.Latitude));
            var east = PlanarProjection.Wrap(to.Longitude - from.Longitude) * Math.Cos(double.DegreesToRadians(nearest));
            return Position.EarthRadius * double.DegreesToRadians(double.Hypot(to.Latitude - from.Latitude, east));
        }
    }
}
