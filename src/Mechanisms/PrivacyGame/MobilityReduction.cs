using System.Buffers;
using System.Numerics.Tensors;

namespace Mechanisms.PrivacyGame;

/// <summary>
/// Mobility privacy costs no constraint. With ε = e^−α, Eq. 11 (Σ ψ(o) F(o, o') ≤ e^α F(ô, o') for all ô, o') holds exactly when F = (1−ε)K + ε·1(ψᵀK) for a K whose
/// rows are distributions: with probability ε, o is redrawn from ψ. So the game is solved for K, with costs P(o, o') and distances G(ô, o) that have the redrawing in them.
/// All matrices are n × n and row-major.
/// </summary>
internal sealed class MobilityReduction
{
    private readonly CollaborativeGame _game;
    private readonly double _kept;
    private readonly double _redrawn;

    public MobilityReduction(CollaborativeGame game)
    {
        (_game, _redrawn) = (game, game.Redrawn);
        _kept = 1 - _redrawn;
        var n = game.States;
        Costs = new double[n * n];
        var expected = new double[n];
        game.Cost.Multiply(game.Prior, 1, expected);
        for (var o = 0; o < n; o++)
        {
            for (var seen = 0; seen < n; seen++)
            {
                Costs[(o * n) + seen] = (_kept * game.Prior[o] * game.Cost[seen, o]) + (_redrawn * game.Prediction[o] * expected[seen]);
            }
        }
    }

    /// <summary>P(o, o') = (1−ε) π(o) c(o', o) + ε ψ(o) Σ π c(o', ·).</summary>
    public double[] Costs { get; }

    /// <summary>G(ô, o) = (1−ε) π(o) d(ô, o) + ε ψ(o) (Dπ)(ô).</summary>
    public double Distance(int guess, int state) => (_kept * _game.Prior[state] * _game.Distance[guess, state]) + (_redrawn * _game.Prediction[state] * _game.ErrorOfGuess[guess]);

    /// <summary>How much a state matters in P and G: (1−ε) π(o) + ε ψ(o).</summary>
    public double Weight(int state) => (_kept * _game.Prior[state]) + (_redrawn * _game.Prediction[state]);

    /// <summary>G·K, with G = (1−ε) D·diag(π) + ε (Dπ)ψᵀ: entry (ô, o') is Σ π(o) F(o, o') d(ô, o). K may be any columns, n high.</summary>
    public void Errors(ReadOnlySpan<double> release, Span<double> errors)
    {
        var (n, width) = (_game.States, release.Length / _game.States);
        var buffer = ArrayPool<double>.Shared.Rent(release.Length);
        var weighted = buffer.AsSpan(0, release.Length);
        var redrawn = new double[width];
        for (var o = 0; o < n; o++)
        {
            var row = release.Slice(o * width, width);
            TensorPrimitives.Multiply(row, _kept * _game.Prior[o], weighted.Slice(o * width, width));
            TensorPrimitives.MultiplyAdd(row, _redrawn * _game.Prediction[o], redrawn, redrawn);
        }

        _game.Distance.Multiply(weighted, width, errors);
        ArrayPool<double>.Shared.Return(buffer);
        if (_redrawn > 0)
        {
            for (var guess = 0; guess < n; guess++)
            {
                var row = errors.Slice(guess * width, width);
                TensorPrimitives.MultiplyAdd(redrawn, _game.ErrorOfGuess[guess], row, row);
            }
        }
    }

    /// <summary>Gᵀ·Y: entry (o, o') is what the attack Y(ô, o') errs for each unit of K(o, o'). Likewise for any columns.</summary>
    public void Losses(ReadOnlySpan<double> attack, Span<double> losses)
    {
        var (n, width) = (_game.States, attack.Length / _game.States);
        _game.Distance.MultiplyTransposed(attack, width, losses);
        var blind = new double[width];
        for (var guess = 0; guess < n && _redrawn > 0; guess++)
        {
            TensorPrimitives.MultiplyAdd(attack.Slice(guess * width, width), _redrawn * _game.ErrorOfGuess[guess], blind, blind);
        }

        for (var o = 0; o < n; o++)
        {
            var row = losses.Slice(o * width, width);
            TensorPrimitives.Multiply(row, _kept * _game.Prior[o], row);
            TensorPrimitives.MultiplyAdd(blind, _game.Prediction[o], row, row);
        }
    }

    /// <summary>F from K.</summary>
    public double[] Release(ReadOnlySpan<double> release)
    {
        var n = _game.States;
        var redrawn = new double[n];
        for (var o = 0; o < n; o++)
        {
            TensorPrimitives.MultiplyAdd(release.Slice(o * n, n), _redrawn * _game.Prediction[o], redrawn, redrawn);
        }

        var result = new double[n * n];
        for (var o = 0; o < n; o++)
        {
            var row = result.AsSpan(o * n, n);
            TensorPrimitives.Multiply(release.Slice(o * n, n), _kept, row);
            TensorPrimitives.Add(row, redrawn, row);
        }

        return result;
    }
}
