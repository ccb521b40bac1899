using System.Collections.Immutable;
using Mechanisms.Mobility;

namespace Mechanisms.Tests.Mobility;

public sealed class ResamplingTests(ITestOutputHelper output)
{
    // A degree of longitude per cell at the equator: 111.2 km.
    private static readonly GridCells Degrees = new(new BoundingBox(new Position(-5, 0), new Position(5, 10)), 10);
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ResamplingOptions Options = new(TimeSpan.FromMinutes(30), TimeSpan.FromHours(3), MaxSpeed: 120);

    [Fact]
    public void Between_two_fixes_people_move_evenly()
    {
        var result = ToCells((0, 0.5), (180, 3.5));
        Assert.Equal([50, 51, 51, 52, 52, 53, 53], Assert.Single(result.Sequences));
        Assert.Empty(result.Noise);
        Assert.Equal((0, 0), (result.Gaps, result.Outside));
    }

    [Fact]
    public void A_gap_breaks_the_sequence_and_what_comes_after_it_is_sampled_from_its_own_beginning()
    {
        var result = ToCells((0, 0.5), (60, 0.5), (241, 5.5), (272, 5.5));
        Assert.Equal(["50 50 50", "55 55"], result.Sequences.Select(s => string.Join(' ', s)));
        Assert.Equal(1, result.Gaps);
        Assert.Equal(0, ToCells((0, 0.5), (60, 0.5), (240, 0.5)).Gaps);
    }

    [Fact]
    public void A_speed_that_nobody_has_is_noise_that_is_named_and_does_not_take_the_next_fix_with_it()
    {
        var result = ToCells((0, 0.5), (30, 9.5), (60, 0.6));
        Assert.Equal([50, 50, 50], Assert.Single(result.Sequences));
        var noise = Assert.Single(result.Noise);
        Assert.Equal((1, NoiseReason.TooFast), (noise.Index, noise.Reason));
        Assert.Equal(9 * Math.PI * Position.EarthRadius / 180 / 0.5, noise.Speed, 1e-6);
        Assert.Equal(9.5, noise.Fix.Position.Longitude);
    }

    [Fact]
    public void An_outlier_at_the_beginning_costs_no_more_than_the_longest_gap()
    {
        var result = ToCells((0, 9.5), (60, 0.5), (120, 0.5), (180, 0.5), (210, 0.5), (240, 0.5));
        Assert.Equal([1, 2, 3], result.Noise.Select(n => n.Index));
        Assert.Equal(["59", "50 50"], result.Sequences.Select(s => string.Join(' ', s)));
    }

    [Fact]
    public void Times_that_stand_still_or_go_back_are_noise_that_is_named()
    {
        var result = ToCells((0, 0.5), (0, 1.5), (-30, 0.5), (30, 0.5));
        Assert.Equal([(1, NoiseReason.NotLater), (2, NoiseReason.NotLater)], result.Noise.Select(n => (n.Index, n.Reason)));
        Assert.Equal([50, 50], Assert.Single(result.Sequences));
    }

    [Fact]
    public void Moments_outside_the_cells_break_the_sequence_and_are_counted()
    {
        var result = ToCells((0, 9.5), (60, 10.5), (120, 9.5));
        Assert.Equal(["59 59", "59 59"], result.Sequences.Select(s => string.Join(' ', s)));
        Assert.Equal(1, result.Outside);
    }

    [Fact]
    public void Nothing_or_one_fix_and_the_ends_of_time_are_no_special_cases()
    {
        Assert.Empty(Resampling.ToCells(new Trajectory("", []), Degrees, Options).Sequences);
        Assert.Equal([50], Assert.Single(ToCells((0, 0.5)).Sequences));
        var ends = new Trajectory("", [new Fix(DateTimeOffset.MaxValue.AddSeconds(-1), default), new Fix(DateTimeOffset.MaxValue, default)]);
        Assert.Equal([50], Assert.Single(Resampling.ToCells(ends, Degrees, new ResamplingOptions(TimeSpan.MaxValue, TimeSpan.MaxValue, 1)).Sequences));
    }

    [Fact]
    public void An_interval_that_would_fill_the_memory_is_refused()
    {
        var years = new Trajectory("me", [new Fix(Start, default), new Fix(Start.AddYears(9), default)]);
        var error = Assert.Throws<ArgumentException>(() => Resampling.ToCells(years, Degrees, new ResamplingOptions(TimeSpan.FromMilliseconds(1), TimeSpan.MaxValue, 1)));
        Assert.Contains("\"me\" would have more than 16777216 moments", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ResamplingOptions(TimeSpan.Zero, TimeSpan.MaxValue, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ResamplingOptions(TimeSpan.MaxValue, TimeSpan.Zero, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ResamplingOptions(TimeSpan.MaxValue, TimeSpan.MaxValue, double.NaN));
    }

    [Fact]
    public void Every_fix_is_used_or_named_and_every_moment_is_in_a_sequence_or_outside()
    {
        var random = Seeded.Random(output);
        for (var round = 0; round < 500; round++)
        {
            var minutes = 0.0;
            var fixes = Enumerable.Range(0, random.Next(1, 60)).Select(_ =>
            {
                minutes += random.NextDouble() < 0.1 ? 600 * random.NextDouble() : (60 * random.NextDouble()) - 2;
                return (minutes, 12 * random.NextDouble() * random.NextDouble());
            }).ToArray();
            var result = ToCells(fixes);
            var named = result.Noise.Select(n => n.Index).ToHashSet();
            var used = Enumerable.Range(0, fixes.Length).Where(i => !named.Contains(i)).Select(i => fixes[i]).ToArray();
            for (var i = 1; i < used.Length; i++)
            {
                var hours = (used[i].minutes - used[i - 1].minutes) / 60;
                Assert.True(hours > 0);
                Assert.True(hours > 3 - 1e-6 || new Position(0, used[i].Item2).DistanceTo(new Position(0, used[i - 1].Item2)) / hours <= 120.001);
            }

            var moments = Resampling.ToCells(TrackOf(fixes), new GridCells(new BoundingBox(new Position(-90, -180), new Position(90, 180)), 1), Options).Sequences.Sum(s => s.Length);
            Assert.Equal(moments, result.Sequences.Sum(s => s.Length) + result.Outside);
            Assert.DoesNotContain(result.Sequences, s => s.IsEmpty);
        }
    }

    private static CellSequences ToCells(params (double Minutes, double East)[] fixes) => Resampling.ToCells(TrackOf(fixes), Degrees, Options);

    private static Trajectory TrackOf((double Minutes, double East)[] fixes) =>
        new("", [.. fixes.Select(f => new Fix(Start.AddMinutes(f.Minutes), new Position(0, f.East)))]);
}
