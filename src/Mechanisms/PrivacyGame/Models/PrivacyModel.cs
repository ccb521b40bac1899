using System.Collections.Immutable;

namespace Mechanisms.PrivacyGame.Models;

/// <summary>What a model is for.</summary>
/// <param name="Request">32 bytes: the request that it answers.</param>
/// <param name="Expires">The last second of its validity.</param>
/// <param name="WatermarkCommitment">32 bytes: <see cref="Watermark.Commit"/> of its watermark's key.</param>
public sealed record ModelTerms(ImmutableArray<byte> Request, DateTimeOffset Expires, ImmutableArray<byte> WatermarkCommitment);

/// <summary>A positive probability in a row or column of a sparse matrix.</summary>
/// <param name="Index">The other state, ascending within a row or column.</param>
/// <param name="Value">Of the probability's kind: units of 2^−32 in a release, a number in an attack.</param>
public readonly record struct Entry<T>(int Index, T Value);

/// <summary>
/// A privacy-game model as it is handed out: the release in whole numbers, so that every node has the same bits and proves the same things about them, and the attack that proves that it is cheap.
/// F(o, o') = (1−ε)·K(o, o') + ε·Σ ψ(ô) K(ô, o') with ε, ψ and K in units of 2^−32: by its form it keeps Eq. 11 exactly for every α with e^−α ≤ ε.
/// </summary>
public sealed class PrivacyModel
{
    internal PrivacyModel(
        ModelTerms terms, int members, int cells, long redrawn, ImmutableArray<long> prediction, ImmutableArray<ImmutableArray<Entry<long>>> rows, double price,
        ImmutableArray<ImmutableArray<Entry<double>>> attack)
    {
        (Terms, Members, Cells, Redrawn, Prediction, Rows, Price, Attack) = (terms, members, cells, redrawn, prediction, rows, price, attack);
    }

    /// <summary>What it is for.</summary>
    public ModelTerms Terms { get; }

    /// <summary>U.</summary>
    public int Members { get; }

    /// <summary>S.</summary>
    public int Cells { get; }

    /// <summary>n = U·S.</summary>
    public int States => Members * Cells;

    /// <summary>ε; 0 in a model without mobility privacy.</summary>
    public long Redrawn { get; }

    /// <summary>ψ, which sums to 2^32; empty without mobility privacy.</summary>
    public ImmutableArray<long> Prediction { get; }

    /// <summary>K by rows, each of which sums to 2^32.</summary>
    public ImmutableArray<ImmutableArray<Entry<long>>> Rows { get; }

    /// <summary>λ: cost for a unit of privacy.</summary>
    public double Price { get; }

    /// <summary>q*(ô | o') by columns o', each of which sums to 1: the attack to which the release is the answer.</summary>
    public ImmutableArray<ImmutableArray<Entry<double>>> Attack { get; }

    /// <summary>Puts a solution into whole numbers.</summary>
    /// <param name="watermark">Marks the release; its commitment has to be the terms'.</param>
    /// <exception cref="ArgumentException">The commitment is of another key.</exception>
    public static PrivacyModel From(CollaborativeGame game, Certificate solution, ModelTerms terms, Watermark watermark)
    {
        ArgumentNullException.ThrowIfNull(game);
        ArgumentNullException.ThrowIfNull(solution);
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(watermark);
        if (!terms.WatermarkCommitment.AsSpan().SequenceEqual(watermark.Commitment))
        {
            throw new ArgumentException("The terms commit to another watermark.", nameof(terms));
        }

        var n = game.States;
        var kept = Kept(game, solution.Release);
        var rows = ImmutableArray.CreateBuilder<ImmutableArray<Entry<long>>>(n);
        var attack = ImmutableArray.CreateBuilder<ImmutableArray<Entry<double>>>(n);
        for (var o = 0; o < n; o++)
        {
            rows.Add(watermark.Mark(terms.Request.AsSpan(), o, [.. FixedPoint.Quantise(kept.AsSpan(o * n, n)).Select((v, i) => new Entry<long>(i, v)).Where(e => e.Value > 0)]));
            var seen = o;
            attack.Add([.. Enumerable.Range(0, n).Select(guess => new Entry<double>(guess, solution.Attack[(guess * n) + seen])).Where(e => e.Value > 0)]);
        }

        return new PrivacyModel(
            terms, game.Distance.Members, game.Distance.Cells, FixedPoint.Redrawn(game), game.HasMobility ? [.. FixedPoint.Quantise(game.Prediction)] : [], rows.MoveToImmutable(), solution.Price,
            attack.MoveToImmutable());
    }

    /// <summary>F with its proof, for <see cref="Certificate.Check"/>.</summary>
    public Certificate ToCertificate()
    {
        var n = States;
        var (release, attack, redrawn) = (new double[n * n], new double[n * n], new double[n]);
        const double unit = 1.0 / FixedPoint.One;
        var share = Redrawn * unit;
        for (var o = 0; o < n; o++)
        {
            foreach (var (seen, weight) in Rows[o])
            {
                release[(o * n) + seen] = (1 - share) * weight * unit;
                redrawn[seen] += Redrawn == 0 ? 0 : share * (Prediction[o] * unit) * (weight * unit);
            }

            foreach (var (guess, probability) in Attack[o])
            {
                attack[(guess * n) + o] = probability;
            }
        }

        for (var o = 0; o < n; o++)
        {
            for (var seen = 0; seen < n; seen++)
            {
                release[(o * n) + seen] += redrawn[seen];
            }
        }

        return new Certificate(release, attack, Price);
    }

    /// <summary>Draws o' for o exactly as F says: with probability ε, o is redrawn from ψ; then K.</summary>
    /// <param name="draw">A uniform number from 0 to 2^32 − 1, from the platform's generator for secrets.</param>
    public int Draw(int state, Func<uint> draw)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(state);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(state, States);
        ArgumentNullException.ThrowIfNull(draw);
        var from = Redrawn > 0 && draw() < Redrawn ? At(Prediction.Select((v, i) => new Entry<long>(i, v)), draw()) : state;
        return At(Rows[from], draw());
    }

    private static int At(IEnumerable<Entry<long>> units, long at)
    {
        foreach (var (index, weight) in units)
        {
            if ((at -= weight) < 0)
            {
                return index;
            }
        }

        throw new InvalidOperationException("A row of units sums to less than 2^32.");
    }

    /// <summary>K from F: ψᵀK = ψᵀF, so what was added is known. When everything is redrawn, all rows are alike.</summary>
    private static double[] Kept(CollaborativeGame game, double[] release)
    {
        if (!game.HasMobility)
        {
            return release;
        }

        var (n, share) = (game.States, game.Redrawn);
        var predicted = new double[n];
        for (var o = 0; o < n; o++)
        {
            System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(release.AsSpan(o * n, n), game.Prediction[o], predicted, predicted);
        }

        var kept = new double[n * n];
        for (var o = 0; o < n; o++)
        {
            for (var seen = 0; seen < n; seen++)
            {
                kept[(o * n) + seen] = share < 1 ? (release[(o * n) + seen] - (share * predicted[seen])) / (1 - share) : predicted[seen];
            }
        }

        return kept;
    }
}
