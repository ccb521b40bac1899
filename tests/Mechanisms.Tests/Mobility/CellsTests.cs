using Mechanisms.Mobility;

namespace Mechanisms.Tests.Mobility;

public sealed class CellsTests(ITestOutputHelper output)
{
    [Fact]
    public void A_grid_is_numbered_by_rows_from_the_south_west_and_its_last_edges_belong_to_it()
    {
        var grid = new GridCells(new BoundingBox(new Position(10, 20), new Position(13, 26)), 3);
        Assert.Equal(9, grid.Count);
        Assert.Equal([0, 1, 2, 3, 8], Cells((10, 20), (10.5, 22), (10.99, 25.9), (11, 20), (13, 26)));
        Assert.Equal(new Position(11.5, 25), grid.CentreOf(5));
        Assert.All(new[] { (9.999, 23.0), (13.001, 23), (11, 19.999), (11, 26.001) }, p => Assert.Null(grid.CellOf(new Position(p.Item1, p.Item2))));

        IEnumerable<int?> Cells(params (double North, double East)[] at) => at.Select(p => grid.CellOf(new Position(p.North, p.East)));
    }

    [Fact]
    public void The_centre_of_every_cell_lies_in_it()
    {
        var random = Seeded.Random(output);
        for (var i = 0; i < 200; i++)
        {
            var centre = new Position((120 * random.NextDouble()) - 60, (340 * random.NextDouble()) - 170);
            var grid = new GridCells(BoundingBox.Around(centre, 0.1 + (20 * random.NextDouble())), random.Next(1, 40));
            Assert.All(Enumerable.Range(0, grid.Count), cell => Assert.Equal(cell, grid.CellOf(grid.CentreOf(cell))));
        }
    }

    [Fact]
    public void A_square_around_a_centre_has_the_kilometres_that_were_asked_for()
    {
        var box = BoundingBox.Around(new Position(39.9, 116.4), 10);
        Assert.Equal(10, box.SouthWest.DistanceTo(new Position(box.NorthEast.Latitude, box.SouthWest.Longitude)), 1e-6);
        Assert.Equal(10, new Position(39.9, box.SouthWest.Longitude).DistanceTo(new Position(39.9, box.NorthEast.Longitude)), 1e-3);
    }

    [Fact]
    public void The_nearest_place_is_the_one_with_the_shortest_great_circle_also_over_the_antimeridian_and_the_poles()
    {
        var random = Seeded.Random(output);
        for (var round = 0; round < 20; round++)
        {
            var spread = Math.Pow(10, -random.Next(6));
            var (north, east) = round % 2 == 0 ? (0.0, 0.0) : (89 * (1 - spread), 180 * (1 - spread));
            var places = Enumerable.Range(0, 200).Select(_ => new PointOfInterest("", Somewhere())).ToArray();
            var cells = new PlaceCells([.. places]);
            for (var i = 0; i < 50; i++)
            {
                var position = Somewhere();
                var cell = cells.CellOf(position)!.Value;
                Assert.Equal(places.Min(place => place.Position.DistanceTo(position)), cells.CentreOf(cell).DistanceTo(position), 1e-6);
            }

            Position Somewhere() => new(north + (spread * ((180 * random.NextDouble()) - 90) * (north > 0 ? 0.01 : 1)), east + (spread * (360 * random.NextDouble() - 180) * (east > 0 ? 0.5 : 1)) is var lon && lon > 180 ? lon - 360 : lon);
        }
    }

    [Fact]
    public void What_lies_farther_from_every_place_than_allowed_is_outside_and_of_equal_places_the_first_is_taken()
    {
        var cells = new PlaceCells([new("a", new Position(0, 0)), new("b", new Position(0, 1)), new("c", new Position(0, 1))], maxDistance: 50);
        Assert.Equal(0, cells.CellOf(new Position(0, 0.449)));
        Assert.Null(cells.CellOf(new Position(0, 0.45)));
        Assert.Equal(1, cells.CellOf(new Position(0, 1.1)));
        Assert.Equal(0, new PlaceCells([new("a", new Position(90, 0))], maxDistance: 30_000).CellOf(new Position(-90, 0)));
    }

    [Fact]
    public void Areas_that_are_none_and_cells_that_do_not_exist_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new BoundingBox(new Position(1, 0), new Position(1, 5)));
        Assert.Throws<ArgumentException>(() => new BoundingBox(new Position(0, 179), new Position(1, -179)));
        Assert.Throws<ArgumentException>(() => BoundingBox.Around(new Position(0, 180), 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => BoundingBox.Around(default, double.NaN));
        var box = BoundingBox.Around(default, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => new GridCells(box, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GridCells(box, 1_001));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GridCells(box, 2).CentreOf(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GridCells(box, 2).CentreOf(-1));
        Assert.Throws<ArgumentException>(() => new PlaceCells([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PlaceCells([new("", default)], double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PlaceCells([new("", default)]).CentreOf(1));
    }

    [Fact]
    public void Distances_between_cells_are_symmetric_kilometres_and_too_many_cells_are_refused()
    {
        var cells = new PlaceCells([new("", new Position(0, 0)), new("", new Position(0, 1)), new("", new Position(1, 0))]);
        var degree = Math.PI * Position.EarthRadius / 180;
        var d = CellDistances.InKilometres(cells);
        Assert.All(new[] { 0, 4, 8 }, i => Assert.Equal(0, d[i]));
        Assert.All(new[] { 1, 2, 3, 6 }, i => Assert.Equal(degree, d[i], 1e-9));
        Assert.Equal(d[5], d[7]);
        Assert.Throws<ArgumentException>(() => CellDistances.InKilometres(new GridCells(BoundingBox.Around(default, 1), 65)));
    }
}
