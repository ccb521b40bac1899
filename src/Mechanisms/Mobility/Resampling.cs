using System.Collections.Immutable;

namespace Mechanisms.Mobility;

/// <summary>What became of a trajectory.</summary>
/// <param name="Sequences">Cells one interval after the other; none is empty. Between two sequences there is a gap, or somebody was outside.</param>
/// <param name="Noise">The fixes that were not used, in order.</param>
/// <param name="Gaps">How many times the fixes were too far apart in time.</param>
/// <param name="Outside">How many moments lay outside the cells.</param>
public sealed record CellSequences(ImmutableArray<ImmutableArray<int>> Sequences, ImmutableArray<Noise> Noise, int Gaps, int Outside);

/// <summary>Turns trajectories into sequences of cells.</summary>
public static class Resampling
{
    /// <summary>Moments of one trajectory; more are refused before memory is taken for them.</summary>
    public const int MaxMoments = 1 << 24;

    /// <summary>
    /// The cells at equal intervals. Fixes that are noise are left out and named: each is held against the last good one, so a single
    /// outlier does not take its neighbours with it; an outlier at the very beginning does, for at most <see cref="ResamplingOptions.MaxGap"/>,
    /// after which the trajectory begins anew. Each piece without a gap is sampled from its first fix on; between two fixes people move evenly.
    /// </summary>
    /// <exception cref="ArgumentException">There would be more than <see cref="MaxMoments"/> moments: the interval is too short.</exception>
    public static CellSequences ToCells(Trajectory trajectory, ICells cells, ResamplingOptions options)
    {
        ArgumentNullException.ThrowIfNull(trajectory);
        ArgumentNullException.ThrowIfNull(cells);
        ArgumentNullException.ThrowIfNull(options);
        var (pieces, noise) = Pieces(trajectory.Fixes, options);
        if (pieces.Sum(piece => 1 + ((piece[^1].Time - piece[0].Time) / options.Interval)) > MaxMoments)
        {
            throw new ArgumentException($"\"{trajectory.Name}\" would have more than {MaxMoments} moments; take a longer interval.", nameof(options));
        }

        var sequences = ImmutableArray.CreateBuilder<ImmutableArray<int>>();
        var outside = 0;
        foreach (var piece in pieces)
        {
            var sequence = ImmutableArray.CreateBuilder<int>();
            foreach (var position in Moments(piece, options.Interval))
            {
                if (cells.CellOf(position) is { } cell)
                {
                    sequence.Add(cell);
                    continue;
                }

                outside++;
                End(sequence, sequences);
            }

            End(sequence, sequences);
        }

        return new CellSequences(sequences.DrainToImmutable(), noise, Math.Max(0, pieces.Count - 1), outside);
    }

    private static void End(ImmutableArray<int>.Builder sequence, ImmutableArray<ImmutableArray<int>>.Builder sequences)
    {
        if (sequence.Count > 0)
        {
            sequences.Add(sequence.DrainToImmutable());
        }
    }

    private static (List<List<Fix>> Pieces, ImmutableArray<Noise> Noise) Pieces(ImmutableArray<Fix> fixes, ResamplingOptions options)
    {
        var pieces = new List<List<Fix>>();
        var noise = ImmutableArray.CreateBuilder<Noise>();
        for (var i = 0; i < fixes.Length; i++)
        {
            var fix = fixes[i];
            if (pieces.Count == 0)
            {
                pieces.Add([fix]);
                continue;
            }

            var last = pieces[^1][^1];
            var time = fix.Time - last.Time;
            var speed = time > TimeSpan.Zero ? last.Position.DistanceTo(fix.Position) / time.TotalHours : 0;
            if (time <= TimeSpan.Zero)
            {
                noise.Add(new Noise(i, fix, NoiseReason.NotLater, speed));
            }
            else if (time > options.MaxGap)
            {
                pieces.Add([fix]);
            }
            else if (speed > options.MaxSpeed)
            {
                noise.Add(new Noise(i, fix, NoiseReason.TooFast, speed));
            }
            else
            {
                pieces[^1].Add(fix);
            }
        }

        return (pieces, noise.DrainToImmutable());
    }

    private static IEnumerable<Position> Moments(List<Fix> piece, TimeSpan interval)
    {
        var next = 0;
        var moment = piece[0].Time;
        while (true)
        {
            while (piece[next].Time < moment)
            {
                next++;
            }

            yield return next == 0 ? piece[0].Position : Between(piece[next - 1], piece[next], moment);
            if (piece[^1].Time - moment < interval)
            {
                yield break;
            }

            moment += interval;
        }
    }

    private static Position Between(Fix from, Fix to, DateTimeOffset moment) =>
        from.Position.Towards(to.Position, (moment - from.Time) / (to.Time - from.Time));
}
