using System.Numerics.Tensors;

namespace Mechanisms.PrivacyGame;

/// <summary>What a certificate proves.</summary>
/// <param name="Cost">Σ π(o) F(o, o') c(o', o), Eq. 9: what the release costs.</param>
/// <param name="Privacy">Σ over o' of min over ô of Σ π(o) F(o, o') d(ô, o), Eqs. 8 and 10: how far the best attack is off on average.</param>
/// <param name="LowerBound">No release that keeps α and β costs less.</param>
/// <param name="Imbalance">How far a row of F is from a distribution.</param>
/// <param name="MobilityExcess">The most by which Σ ψ(o) F(o, o') exceeds e^α F(ô, o'), Eq. 11; 0 when it is kept.</param>
public sealed record CertificateFindings(double Cost, double Privacy, double LowerBound, double Imbalance, double MobilityExcess)
{
    /// <summary>How much the release may cost above the least.</summary>
    public double Gap => Cost - LowerBound;

    /// <summary>Whether the release is a release, keeps α and β within the tolerance, and costs at most the gap above the least.</summary>
    public bool Holds(double beta, double gap, double tolerance) =>
        Imbalance <= tolerance && MobilityExcess <= tolerance && Privacy >= beta - tolerance && Gap <= gap;
}

/// <summary>
/// A solution with its proof, which anybody checks by two products in place of solving: a release F, and an attack q with a price λ for a unit of privacy. Whatever the
/// attack and the price are, λβ + Σ over o of min over o' of (P − λGᵀq)(o, o') is at most the least cost (weak duality).
/// </summary>
/// <param name="Release">F(o, o'), n × n, row-major: rows are distributions.</param>
/// <param name="Attack">q(ô | o'), n × n, row-major by ô: columns are distributions.</param>
/// <param name="Price">λ, at least 0: cost for a unit of privacy.</param>
public sealed record Certificate(double[] Release, double[] Attack, double Price)
{
    /// <summary>Checks.</summary>
    /// <exception cref="InvalidCertificateException">The certificate is of another game's size, or has a value that is no number or below 0, or a column of the attack is no distribution.</exception>
    public CertificateFindings Check(CollaborativeGame game)
    {
        ArgumentNullException.ThrowIfNull(game);
        var n = game.States;
        RequireShape(Release, n, nameof(Release));
        RequireShape(Attack, n, nameof(Attack));
        if (!double.IsFinite(Price) || Price < 0)
        {
            throw new InvalidCertificateException($"The price {Price} is not a finite number of at least 0.");
        }

        var (imbalance, cost, excess) = (0.0, new CompensatedSum(), 0.0);
        var predicted = new double[n];
        for (var o = 0; o < n; o++)
        {
            var row = Release.AsSpan(o * n, n);
            var sum = new CompensatedSum();
            for (var seen = 0; seen < n; seen++)
            {
                sum.Add(row[seen]);
                cost.Add(game.Prior[o] * row[seen] * game.Cost[seen, o]);
            }

            imbalance = Math.Max(imbalance, Math.Abs(sum.Value - 1));
            TensorPrimitives.MultiplyAdd(row, game.Prediction[o], predicted, predicted);
        }

        for (var o = 0; o < n && game.HasMobility; o++)
        {
            for (var seen = 0; seen < n; seen++)
            {
                excess = Math.Max(excess, predicted[seen] - (Math.Exp(game.Alpha) * Release[(o * n) + seen]));
            }
        }

        return new CertificateFindings(cost.Value, PrivacyOf(Attacks.Errors(game, Release), n), LowerBound(new MobilityReduction(game), game), imbalance, excess);
    }

    /// <summary>Σ over o' of the least entry of its column.</summary>
    internal static double PrivacyOf(ReadOnlySpan<double> errors, int states)
    {
        var least = errors[..states].ToArray();
        for (var guess = 1; guess < states; guess++)
        {
            TensorPrimitives.Min(least, errors.Slice(guess * states, states), least);
        }

        return TensorPrimitives.Sum<double>(least);
    }

    /// <summary>λβ + Σ over o of the least entry of the row of P − (losses), where the losses have λ in them.</summary>
    internal static double Bound(ReadOnlySpan<double> costs, ReadOnlySpan<double> losses, double price, double beta, int states)
    {
        var row = new double[states];
        var bound = new CompensatedSum();
        bound.Add(price * beta);
        for (var o = 0; o < states; o++)
        {
            TensorPrimitives.Subtract(costs.Slice(o * states, states), losses.Slice(o * states, states), row);
            bound.Add(TensorPrimitives.Min<double>(row));
        }

        return bound.Value;
    }

    private double LowerBound(MobilityReduction reduction, CollaborativeGame game)
    {
        var n = game.States;
        var scaled = new double[n * n];
        var sums = new double[n];
        for (var guess = 0; guess < n; guess++)
        {
            TensorPrimitives.Add(sums, Attack.AsSpan(guess * n, n), sums);
        }

        // The bound holds for columns that sum to λ exactly; rounding in them is not to be believed.
        for (var seen = 0; seen < n; seen++)
        {
            sums[seen] = Math.Abs(sums[seen] - 1) <= 1e-6 ? Price / sums[seen] : throw new InvalidCertificateException($"The attack on observation {seen} sums to {sums[seen]:R}, not to 1.");
        }

        for (var guess = 0; guess < n; guess++)
        {
            TensorPrimitives.Multiply(Attack.AsSpan(guess * n, n), sums, scaled.AsSpan(guess * n, n));
        }

        var losses = new double[n * n];
        reduction.Losses(scaled, losses);
        return Bound(reduction.Costs, losses, Price, game.Beta, n);
    }

    private static void RequireShape(double[] matrix, int states, string name)
    {
        if (matrix.Length != states * states)
        {
            throw new InvalidCertificateException($"{name} has {matrix.Length} entries; {states} × {states} are needed.");
        }

        if (Array.FindIndex(matrix, v => !double.IsFinite(v) || v < 0) is var bad and >= 0)
        {
            throw new InvalidCertificateException($"{name} has {matrix[bad]} at row {bad / states}, column {bad % states}: entries are finite and at least 0.");
        }
    }
}

/// <summary>A certificate that is none, whatever the game: the message says what is wrong where.</summary>
public sealed class InvalidCertificateException(string message) : Exception(message);
