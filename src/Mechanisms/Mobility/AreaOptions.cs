namespace Mechanisms.Mobility;

/// <summary>How many places of interest a made-up area has.</summary>
public enum AreaKind
{
    /// <summary>A city's centre: 200 places per km².</summary>
    Centre,

    /// <summary>Dwellings and shops mixed: 50 places per km².</summary>
    Mixed,

    /// <summary>A suburb: 8 places per km².</summary>
    Suburb,
}

/// <summary>
/// A Thomas cluster process (Thomas, Biometrika 36, 1949): cluster centres are spread evenly at random, and each has a random number of
/// places around it, normally distributed. The densities are ours: the paper on collaborative queries names its three districts of Beijing only by their order.
/// </summary>
/// <param name="ClustersPerSquareKilometre">Mean number of cluster centres (κ), from 0.01 to 1,000.</param>
/// <param name="PlacesPerCluster">Mean number of places of a cluster (μ), from 0.01 to 1,000; the density of places is κμ.</param>
/// <param name="ClusterSpread">Standard deviation of a place's distance to its cluster's centre, east and north (σ), in kilometres, up to 10.</param>
public sealed record AreaOptions(double ClustersPerSquareKilometre, double PlacesPerCluster, double ClusterSpread)
{
    private const double Lowest = 0.01;
    private const double Highest = 1_000;
    private const double WidestSpread = 10;

    /// <inheritdoc cref="AreaOptions(double, double, double)"/>
    public double ClustersPerSquareKilometre { get; } = ClustersPerSquareKilometre is >= Lowest and <= Highest
        ? ClustersPerSquareKilometre
        : throw new ArgumentOutOfRangeException(nameof(ClustersPerSquareKilometre), ClustersPerSquareKilometre, $"From {Lowest} to {Highest}.");

    /// <inheritdoc cref="AreaOptions(double, double, double)"/>
    public double PlacesPerCluster { get; } = PlacesPerCluster is >= Lowest and <= Highest
        ? PlacesPerCluster
        : throw new ArgumentOutOfRangeException(nameof(PlacesPerCluster), PlacesPerCluster, $"From {Lowest} to {Highest}.");

    /// <inheritdoc cref="AreaOptions(double, double, double)"/>
    public double ClusterSpread { get; } = ClusterSpread is > 0 and <= WidestSpread
        ? ClusterSpread
        : throw new ArgumentOutOfRangeException(nameof(ClusterSpread), ClusterSpread, $"More than 0, at most {WidestSpread} km.");

    /// <summary>Mean number of places per km², κμ.</summary>
    public double Density => ClustersPerSquareKilometre * PlacesPerCluster;

    /// <summary>Centre 10 × 20 within 80 m, mixed 5 × 10 within 120 m, suburb 1 × 8 within 200 m.</summary>
    public static AreaOptions Of(AreaKind kind) => kind switch
    {
        AreaKind.Centre => new AreaOptions(10, 20, 0.08),
        AreaKind.Mixed => new AreaOptions(5, 10, 0.12),
        AreaKind.Suburb => new AreaOptions(1, 8, 0.2),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Centre, mixed or suburb."),
    };
}
