using System.Numerics.Tensors;

namespace Mechanisms.PrivacyGame;

/// <summary>The best release and the best proof that a solver has found so far. It begins with the cheapest constant release and no proof. Matrices are n × n, row-major.</summary>
internal sealed class Incumbent
{
    // Of the highest privacy; the last digits of a solution. At β_max nothing else than a constant release could make up for them.
    private const double Rounding = 1e-11;
    private readonly CollaborativeGame _game;
    private readonly MobilityReduction _reduction;
    private readonly int _n;
    private readonly double[] _release;
    private double _mixed = 1;

    public Incumbent(CollaborativeGame game, MobilityReduction reduction)
    {
        (_game, _reduction, _n) = (game, reduction, game.States);
        var constant = new double[_n];
        for (var o = 0; o < _n; o++)
        {
            TensorPrimitives.Add(constant, reduction.Costs.AsSpan(o * _n, _n), constant);
        }

        Cheapest = TensorPrimitives.IndexOfMin<double>(constant);
        CheapestCost = Cost = constant[Cheapest];
        (_release, Attack) = (new double[_n * _n], new double[_n * _n]);
    }

    /// <summary>What is sent by the constant release that costs least, and its cost.</summary>
    public int Cheapest { get; }

    public double CheapestCost { get; }

    /// <summary>Of the best release.</summary>
    public double Cost { get; private set; }

    /// <summary>No release costs less.</summary>
    public double Bound { get; private set; } = double.NegativeInfinity;

    /// <summary>Y with the bound: columns sum to <see cref="Price"/>.</summary>
    public double[] Attack { get; }

    /// <summary>λ with the bound.</summary>
    public double Price { get; private set; }

    /// <summary>Whether the cost is proved to be within a share of itself above the least.</summary>
    public bool IsWithin(double relativeGap) => Cost - Bound <= relativeGap * Math.Max(Cost, 1e-9 * CheapestCost);

    /// <summary>Mixes a K, whose errors GK are known, with the cheapest constant release as far as β wants; keeps it when it is the best one.</summary>
    /// <returns>The mixture's cost.</returns>
    public double Offer(double[] release, double[] errors)
    {
        var privacy = Certificate.PrivacyOf(errors, _n);
        var missing = _game.Beta - privacy;
        var mixed = missing <= Rounding * _game.HighestPrivacy ? 0 : Math.Min(1, missing / (_game.HighestPrivacy - privacy));
        var cost = ((1 - mixed) * TensorPrimitives.Dot<double>(_reduction.Costs, release)) + (mixed * CheapestCost);
        if (cost < Cost)
        {
            release.CopyTo(_release, 0);
            (Cost, _mixed) = (cost, mixed);
        }

        return cost;
    }

    /// <summary>Keeps a Y, whose losses GᵀY are known, when it proves more.</summary>
    /// <returns>What it proves.</returns>
    public double Prove(double[] attack, double[] losses, double price)
    {
        var bound = Certificate.Bound(_reduction.Costs, losses, price, _game.Beta, _n);
        if (bound > Bound)
        {
            attack.CopyTo(Attack, 0);
            (Bound, Price) = (bound, price);
        }

        return bound;
    }

    /// <summary>Both together.</summary>
    public Certificate Certify()
    {
        var (release, attack, sums) = (new double[_n * _n], new double[_n * _n], new double[_n]);
        for (var o = 0; o < _n; o++)
        {
            var row = release.AsSpan(o * _n, _n);
            TensorPrimitives.Multiply(_release.AsSpan(o * _n, _n), 1 - _mixed, row);
            row[Cheapest] += _mixed;
            TensorPrimitives.Add(sums, Attack.AsSpan(o * _n, _n), sums);
        }

        for (var at = 0; at < attack.Length; at++)
        {
            // Without a price for privacy any attack proves as much.
            attack[at] = sums[at % _n] > 0 ? Attack[at] / sums[at % _n] : 1.0 / _n;
        }

        return new Certificate(_reduction.Release(release), attack, Price);
    }
}
