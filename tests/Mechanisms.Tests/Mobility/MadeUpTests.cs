using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mechanisms.Mobility;

namespace Mechanisms.Tests.Mobility;

public sealed class MadeUpTests(ITestOutputHelper output)
{
    private static readonly Position Beijing = new(39.98, 116.31);

    private static readonly MovementOptions Week = new(
        new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero), TimeSpan.FromDays(7), TimeSpan.FromMinutes(5), MaxSpeed: 30, TimeSpan.FromHours(1.5));

    [Theory]
    [InlineData(AreaKind.Centre, 200)]
    [InlineData(AreaKind.Mixed, 50)]
    [InlineData(AreaKind.Suburb, 8)]
    public void An_area_has_the_density_of_its_kind_up_to_its_edges(AreaKind kind, double density)
    {
        var (random, options) = (Seeded.Random(output), AreaOptions.Of(kind));
        Assert.Equal(density, options.Density);
        const int Areas = 60;
        var (count, inner) = (0.0, 0.0);
        for (var i = 0; i < Areas; i++)
        {
            var places = MadeUpArea.Places(Beijing, 3, options, random.Next());
            count += places.Length;
            inner += places.Count(p => BoundingBox.Around(Beijing, 1.5).Contains(p.Position));
            Assert.All(places, p => Assert.True(BoundingBox.Around(Beijing, 3).Contains(p.Position)));
        }

        // A cluster process has at most the variance κμ(1 + μ) per km²; six standard deviations.
        Assert.Equal(density, count / (9 * Areas), Tolerance(9));
        Assert.Equal(density, inner / (2.25 * Areas), Tolerance(2.25));

        double Tolerance(double area) => 6 * Math.Sqrt(density * (1 + options.PlacesPerCluster) / (area * Areas));
    }

    [Fact]
    public void Places_lie_in_clusters_and_not_evenly()
    {
        var random = Seeded.Random(output);
        var nearest = new List<double>();
        for (var i = 0; i < 40; i++)
        {
            var places = MadeUpArea.Places(Beijing, 4, AreaOptions.Of(AreaKind.Suburb), random.Next());
            nearest.AddRange(places.Select((p, at) => places.Where((_, other) => other != at).Min(q => p.Position.DistanceTo(q.Position))));
        }

        // Evenly at random, the mean distance to the nearest of density λ is 1 / (2 √λ) (Clark and Evans, Ecology 35, 1954).
        var even = 1 / (2 * Math.Sqrt(8));
        output.WriteLine($"{nearest.Average() / even:F3} of even");
        Assert.InRange(nearest.Average(), 0.1 * even, 0.85 * even);
    }

    [Fact]
    public void Poisson_numbers_have_their_mean_and_variance_also_where_the_exponential_is_zero()
    {
        var random = Seeded.Random(output);
        foreach (var mean in new[] { 0.5, 20, 2_000 })
        {
            var numbers = Enumerable.Range(0, 3_000).Select(_ => (double)Draws.Poisson(random, mean)).ToArray();
            var average = numbers.Average();

            // Six standard errors of each; that of the variance is about √((2 + 1/mean) / 3,000) of it.
            Assert.Equal(mean, average, 6 * Math.Sqrt(mean / numbers.Length));
            Assert.Equal(mean, numbers.Average(n => (n - average) * (n - average)), 6 * mean * Math.Sqrt((2 + (1 / mean)) / numbers.Length));
        }
    }

    [Fact]
    public void The_same_seed_draws_the_same_area_and_movement_on_every_machine()
    {
        var places = MadeUpArea.Places(Beijing, 2, AreaOptions.Of(AreaKind.Mixed), seed: 4);
        var tracks = MadeUpMovement.Trajectories(places, 3, Week, seed: 5);
        var positions = places.Select(p => p.Position).Concat(tracks.SelectMany(t => t.Fixes).Select(f => f.Position));
        var digest = SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(positions.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Latitude:F9} {p.Longitude:F9}\n")))));

        // Taken once, on Linux x64 with .NET 10.0.12: another machine that draws something else fails here.
        Assert.Equal("b15b2bdfe16ddb7f", Convert.ToHexStringLower(digest)[..16]);
        Assert.NotEqual(places, MadeUpArea.Places(Beijing, 2, AreaOptions.Of(AreaKind.Mixed), seed: 5));
        Assert.Equal(tracks[1].Fixes, MadeUpMovement.Trajectories(places, 2, Week, seed: 5)[1].Fixes);
        Assert.NotEqual(tracks[0].Fixes, tracks[1].Fixes);
    }

    [Fact]
    public void Nobody_exceeds_the_speed_limit_and_every_interval_has_its_fix()
    {
        var random = Seeded.Random(output);
        for (var round = 0; round < 10; round++)
        {
            var centre = new Position((160 * random.NextDouble()) - 80, (358 * random.NextDouble()) - 179);
            var options = new MovementOptions(Week.Start, TimeSpan.FromHours(20), TimeSpan.FromSeconds(random.Next(1, 600)), 1 + (100 * random.NextDouble()), TimeSpan.FromMinutes(10));
            var places = MadeUpArea.Places(centre, 5, AreaOptions.Of(AreaKind.Suburb), random.Next());
            foreach (var track in MadeUpMovement.Trajectories(places, 2, options, random.Next()))
            {
                Assert.Equal(1 + (int)(options.Duration / options.Interval), track.Fixes.Length);
                Assert.True(track.Fixes.Select(f => f.Position).Distinct().Count() > 3);
                for (var i = 1; i < track.Fixes.Length; i++)
                {
                    Assert.Equal(options.Interval, track.Fixes[i].Time - track.Fixes[i - 1].Time);
                    Assert.InRange(track.Fixes[i].Position.DistanceTo(track.Fixes[i - 1].Position) / options.Interval.TotalHours, 0, options.MaxSpeed);
                }
            }
        }
    }

    [Fact]
    public void Ways_across_the_world_keep_the_speed_limit_too()
    {
        var options = new MovementOptions(Week.Start, TimeSpan.FromDays(20), TimeSpan.FromMinutes(10), 900, TimeSpan.FromHours(1));
        var track = Assert.Single(MadeUpMovement.Trajectories([new("a", new Position(80, -170)), new("b", new Position(-5, 20)), new("c", new Position(60, 175))], 1, options, Seeded.Random(output).Next()));
        Assert.All(track.Fixes.Zip(track.Fixes.Skip(1)), pair => Assert.InRange(pair.First.Position.DistanceTo(pair.Second.Position) * 6, 0, 900));
    }

    [Fact]
    public void People_come_back_to_where_they_were_often_and_are_found_at_places()
    {
        var places = MadeUpArea.Places(Beijing, 3, AreaOptions.Of(AreaKind.Mixed), Seeded.Random(output).Next());
        var cells = new PlaceCells(places);
        var tops = new List<double>();
        foreach (var track in MadeUpMovement.Trajectories(places, 10, Week, seed: 1))
        {
            var resampled = Resampling.ToCells(track, cells, new ResamplingOptions(Week.Interval, TimeSpan.FromHours(1), Week.MaxSpeed));
            Assert.Empty(resampled.Noise);
            var prior = MobilityModel.Prior(resampled.Sequences, cells.Count, 0);
            tops.Add(prior.OrderDescending().Take(10).Sum());
            Assert.InRange(prior.Count(p => p > 0), 5, cells.Count);
        }

        output.WriteLine($"{tops.Average():F3} of the time at ten places");
        Assert.InRange(tops.Average(), 0.4, 1);
    }

    [Fact]
    public void One_place_keeps_everybody_and_an_empty_suburb_has_one()
    {
        var places = MadeUpArea.Places(Beijing, 0.01, new AreaOptions(0.01, 0.01, 0.01), seed: 1);
        Assert.Equal([new PointOfInterest("place 1", Beijing, "cluster 1")], places);
        Assert.All(MadeUpMovement.Trajectories(places, 1, Week, 1)[0].Fixes, f => Assert.Equal(Beijing, f.Position));
    }

    [Fact]
    public void Wishes_that_would_fill_the_memory_or_make_no_sense_are_refused()
    {
        Assert.Contains("places are to be expected; 100000 are allowed", Assert.Throws<ArgumentException>(() => MadeUpArea.Places(Beijing, 30, AreaOptions.Of(AreaKind.Centre), 1)).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() => MadeUpArea.Places(Beijing, double.PositiveInfinity, AreaOptions.Of(AreaKind.Centre), 1));
        Assert.Throws<ArgumentException>(() => MadeUpMovement.Trajectories([], 1, Week, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => MadeUpMovement.Trajectories([new("", Beijing)], 0, Week, 1));
        Assert.Contains("fewer members", Assert.Throws<ArgumentException>(() => MadeUpMovement.Trajectories([new("", Beijing)], int.MaxValue, Week, 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => AreaOptions.Of((AreaKind)7));
        Assert.All(new[] { 0, -1, double.NaN, 1e9 }, bad =>
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new AreaOptions(bad, 1, 1));
            Assert.Throws<ArgumentOutOfRangeException>(() => new AreaOptions(1, bad, 1));
            Assert.Throws<ArgumentOutOfRangeException>(() => new AreaOptions(1, 1, bad));
            Assert.Throws<ArgumentOutOfRangeException>(() => new MovementOptions(Week.Start, Week.Duration, Week.Interval, bad, Week.MeanStay));
        });
        Assert.All(new[] { TimeSpan.Zero, TimeSpan.MinValue, TimeSpan.MaxValue }, bad =>
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new MovementOptions(Week.Start, bad, Week.Interval, 5, Week.MeanStay));
            Assert.Throws<ArgumentOutOfRangeException>(() => new MovementOptions(Week.Start, Week.Duration, bad, 5, Week.MeanStay));
            Assert.Throws<ArgumentOutOfRangeException>(() => new MovementOptions(Week.Start, Week.Duration, Week.Interval, 5, bad));
        });
    }
}
