namespace Mechanisms.PrivacyGame.Models;

/// <summary>
/// How much privacy a model gives, in whole numbers: a lower bound that owes nothing to rounding. π is in units of 2^−32; distances are rounded down to 2^−27 of the largest one. Products have at
/// most 123 bits, sums of them 124.
/// </summary>
internal sealed class ExactPrivacy
{
    private const int DistanceBits = 27;

    /// <summary>2^−20 of the largest distance: what rounding and the watermark may cost. A centimetre in ten kilometres.</summary>
    private const long Tolerance = 1L << (DistanceBits - 20);

    private readonly CollaborativeGame _game;
    private readonly double _largest;
    private readonly long[] _prior;
    private readonly long[] _same;
    private readonly long[] _other;
    private readonly (int Members, int Cells) _shape;

    public ExactPrivacy(CollaborativeGame game)
    {
        _game = game;
        _shape = (game.Distance.Members, game.Distance.Cells);
        var (members, cells) = _shape;
        _prior = FixedPoint.Quantise(game.Prior);
        var pairs = Enumerable.Range(0, cells).SelectMany(guess => Enumerable.Range(0, cells).Select(truth => (Guess: guess, Truth: truth))).ToList();
        var same = pairs.ConvertAll(p => game.Distance[p.Guess, p.Truth]);
        var other = members == 1 ? same : pairs.ConvertAll(p => game.Distance[p.Guess, p.Truth + cells]);
        _largest = Math.Max(same.Max(), other.Max());
        _same = [.. same.Select(Units)];
        _other = [.. other.Select(Units)];
    }

    /// <summary>Whether the best attack on the model errs by at least β, less the tolerance.</summary>
    public bool Keeps(PrivacyModel model)
    {
        if (_largest == 0)
        {
            return true;
        }

        var wanted = (UInt128)(long)Math.Max(0, Math.Ceiling(_game.Beta / _largest * (1L << DistanceBits)) - Tolerance) << 96;
        return Of(model) >= wanted;
    }

    /// <summary>Σ over o' of min over ô of Σ π(o) F(o, o') d(ô, o), in units of 2^−123 of the largest distance, rounded down.</summary>
    public UInt128 Of(PrivacyModel model)
    {
        var n = model.States;
        var columns = new List<(int State, long Units)>[n];
        for (var seen = 0; seen < n; seen++)
        {
            columns[seen] = [];
        }

        for (var o = 0; o < n; o++)
        {
            foreach (var (seen, units) in model.Rows[o])
            {
                columns[seen].Add((o, units));
            }
        }

        var (blind, errors, weights) = (new UInt128[n], new UInt128[n], new UInt128[n]);
        Errors([.. _prior.Select(p => (UInt128)p)], blind);
        UInt128 privacy = 0;
        for (var seen = 0; seen < n; seen++)
        {
            Array.Clear(weights);
            UInt128 predicted = 0;
            foreach (var (o, units) in columns[seen])
            {
                weights[o] = (UInt128)_prior[o] * (UInt128)units;
                predicted += model.Redrawn == 0 ? 0 : (UInt128)model.Prediction[o] * (UInt128)units;
            }

            Errors(weights, errors);
            var redrawn = (UInt128)model.Redrawn * predicted >> 32;
            var least = UInt128.MaxValue;
            for (var guess = 0; guess < n; guess++)
            {
                least = UInt128.Min(least, ((UInt128)(FixedPoint.One - model.Redrawn) * errors[guess]) + (redrawn * blind[guess]));
            }

            privacy += least;
        }

        return privacy;
    }

    /// <summary>errors(ô) = Σ weights(o) d(ô, o), where members matter only by whether they are the same.</summary>
    private void Errors(UInt128[] weights, UInt128[] errors)
    {
        var (members, cells) = _shape;
        var total = new UInt128[cells];
        for (var o = 0; o < weights.Length; o++)
        {
            total[o % cells] += weights[o];
        }

        var anyOther = new UInt128[cells];
        for (var guess = 0; guess < cells; guess++)
        {
            for (var truth = 0; truth < cells; truth++)
            {
                anyOther[guess] += total[truth] * (UInt128)_other[(guess * cells) + truth];
            }
        }

        for (var u = 0; u < members; u++)
        {
            var own = weights.AsSpan(u * cells, cells);
            var into = errors.AsSpan(u * cells, cells);
            anyOther.CopyTo(into);
            for (var truth = 0; truth < cells; truth++)
            {
                if (own[truth] == 0)
                {
                    continue;
                }

                // Subtracting comes last: what is subtracted is in the sum already.
                for (var guess = 0; guess < cells; guess++)
                {
                    into[guess] = into[guess] + (own[truth] * (UInt128)_same[(guess * cells) + truth]) - (own[truth] * (UInt128)_other[(guess * cells) + truth]);
                }
            }
        }
    }

    private long Units(double distance) => _largest == 0 ? 0 : (long)(distance / _largest * (1L << DistanceBits));
}
