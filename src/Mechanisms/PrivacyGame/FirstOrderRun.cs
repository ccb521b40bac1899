using System.Numerics.Tensors;

namespace Mechanisms.PrivacyGame;

/// <summary>One game being solved by <see cref="FirstOrderSolver"/>.</summary>
internal sealed class FirstOrderRun
{
    private const int CheckEvery = 20, PowerIterations = 40;

    // Unbounded, the weight collapses where privacy is nearly free: small dual steps make for small dual moves, which make for a smaller weight.
    private const double LeastWeightChange = 2, MostWeightChange = 30;
    private const double StepShare = 0.99, SufficientProgress = 0.3, LongestRun = 0.36, LeastWeight = 1e-9;
    private readonly CollaborativeGame _game;
    private readonly MobilityReduction _reduction;
    private readonly int _n;
    private readonly double[] _weights;
    private readonly double _norm;
    private readonly int _cheapest;
    private readonly double _cheapestCost;
    private readonly double _firstWeight;
    private double _primalWeight;
    private Iterate _current;
    private Iterate _sum;
    private Iterate _start;
    private (double Cost, double[] Release, double Mixed) _best;
    private (double Bound, double[] Attack, double Price) _proof;

    public FirstOrderRun(CollaborativeGame game)
    {
        (_game, _reduction, _n) = (game, new MobilityReduction(game), game.States);
        _weights = [.. Enumerable.Range(0, _n).Select(o => Math.Max(_reduction.Weight(o), LeastWeight / _n))];
        _norm = Norm();
        var constant = new double[_n];
        for (var o = 0; o < _n; o++)
        {
            TensorPrimitives.Add(constant, _reduction.Costs.AsSpan(o * _n, _n), constant);
        }

        _cheapest = TensorPrimitives.IndexOfMin<double>(constant);
        _cheapestCost = constant[_cheapest];
        _primalWeight = game.HighestPrivacy > 0 && _cheapestCost > 0 ? Math.Sqrt(_n) * _cheapestCost / game.HighestPrivacy : 1;
        _firstWeight = _primalWeight;
        _current = Truth();
        (_sum, _start) = (new Iterate(_n), _current.Copy());
        _best = (_cheapestCost, new double[_n * _n], 1);
        _proof = (double.NegativeInfinity, new double[_n * _n], 0);
    }

    /// <summary>Steps until the limits are reached.</summary>
    /// <param name="report">Gets iterations, cost and lower bound.</param>
    public void Until(SolverLimits limits, Action<int, double, double> report, CancellationToken cancellationToken)
    {
        var (since, gapAtRestart) = (0, Judge(_current));
        for (var iteration = 1; iteration <= limits.MaxIterations && _best.Cost - _proof.Bound > limits.RelativeGap * Math.Max(_best.Cost, 1e-9 * _cheapestCost); iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Step();
            _sum.Add(_current);
            since++;
            if (iteration % CheckEvery != 0)
            {
                continue;
            }

            var average = _sum.Divided(since);
            var (ofCurrent, ofAverage) = (Judge(_current), Judge(average));
            report(iteration, _best.Cost, _proof.Bound);
            var gap = Math.Min(ofCurrent, ofAverage);
            if (gap <= SufficientProgress * gapAtRestart || since >= LongestRun * iteration)
            {
                Restart(ofAverage < ofCurrent ? average : _current);
                (since, gapAtRestart) = (0, gap);
            }
        }
    }

    private void Step()
    {
        var (primal, dual) = (StepShare / (_norm * _primalWeight), StepShare * _primalWeight / _norm);
        var errorsBefore = _current.Errors.AsSpan().ToArray();
        for (var o = 0; o < _n; o++)
        {
            var row = _current.Release.AsSpan(o * _n, _n);
            var step = primal / _weights[o];
            for (var seen = 0; seen < _n; seen++)
            {
                row[seen] -= step * (_reduction.Costs[(o * _n) + seen] - _current.Losses[(o * _n) + seen]);
            }

            Simplex.Project(row, 1);
        }

        _reduction.Errors(_current.Release, _current.Errors);
        var moved = new double[_n * _n];
        for (var guess = 0; guess < _n; guess++)
        {
            for (var seen = 0; seen < _n; seen++)
            {
                var at = (guess * _n) + seen;
                moved[(seen * _n) + guess] = _current.Attack[at] - (dual * ((2 * _current.Errors[at]) - errorsBefore[at]));
            }
        }

        _current.Price = Simplex.ProjectTogether(moved, _n, dual * _game.Beta, _current.Price);
        Transpose(moved, _current.Attack);
        _reduction.Losses(_current.Attack, _current.Losses);
    }

    /// <summary>The gap of an iterate, after its release was mixed with the cheapest constant one as far as β wants; keeps what is better than before.</summary>
    private double Judge(Iterate iterate)
    {
        var privacy = Certificate.PrivacyOf(iterate.Errors, _n);
        var mixed = privacy >= _game.Beta ? 0 : Math.Min(1, (_game.Beta - privacy) / (_game.HighestPrivacy - privacy));
        var cost = ((1 - mixed) * TensorPrimitives.Dot<double>(_reduction.Costs, iterate.Release)) + (mixed * _cheapestCost);
        if (cost < _best.Cost)
        {
            iterate.Release.CopyTo(_best.Release, 0);
            _best = (cost, _best.Release, mixed);
        }

        var bound = Certificate.Bound(_reduction.Costs, iterate.Losses, iterate.Price, _game.Beta, _n);
        if (bound > _proof.Bound)
        {
            iterate.Attack.CopyTo(_proof.Attack, 0);
            _proof = (bound, _proof.Attack, iterate.Price);
        }

        return cost - bound;
    }

    private void Restart(Iterate from)
    {
        double primal = 0, dual = 0;
        for (var o = 0; o < _n; o++)
        {
            primal += _weights[o] * Math.Pow(TensorPrimitives.Distance<double>(from.Release.AsSpan(o * _n, _n), _start.Release.AsSpan(o * _n, _n)), 2);
            dual += Math.Pow(TensorPrimitives.Distance<double>(from.Attack.AsSpan(o * _n, _n), _start.Attack.AsSpan(o * _n, _n)), 2);
        }

        if (primal > 1e-20 && dual > 1e-20)
        {
            var weight = Math.Exp((0.5 * Math.Log(Math.Sqrt(dual / primal))) + (0.5 * Math.Log(_primalWeight)));
            _primalWeight = Math.Clamp(weight, _firstWeight / LeastWeightChange, _firstWeight * MostWeightChange);
        }

        _current = from.Copy();
        (_start, _sum) = (from.Copy(), new Iterate(_n));
    }

    /// <summary>The best release and the best proof so far. Ends the run.</summary>
    public Certificate Certify()
    {
        var release = _best.Release;
        for (var o = 0; o < _n; o++)
        {
            var row = release.AsSpan(o * _n, _n);
            TensorPrimitives.Multiply(row, 1 - _best.Mixed, row);
            row[_cheapest] += _best.Mixed;
        }

        var attack = _proof.Attack;
        var price = _proof.Price;
        for (var seen = 0; seen < _n; seen++)
        {
            double sum = 0;
            for (var guess = 0; guess < _n; guess++)
            {
                sum += attack[(guess * _n) + seen];
            }

            // Without a price for privacy any attack proves as much.
            for (var guess = 0; guess < _n; guess++)
            {
                attack[(guess * _n) + seen] = sum > 0 ? attack[(guess * _n) + seen] / sum : 1.0 / _n;
            }
        }

        return new Certificate(_reduction.Release(release), attack, price);
    }

    /// <summary>Everybody says what is true, and privacy costs nothing.</summary>
    private Iterate Truth()
    {
        var truth = new Iterate(_n);
        for (var o = 0; o < _n; o++)
        {
            truth.Release[(o * _n) + o] = 1;
        }

        _reduction.Errors(truth.Release, truth.Errors);
        return truth;
    }

    /// <summary>‖G·diag(w)^−½‖₂ by power iteration, a little above.</summary>
    private double Norm()
    {
        var vector = Enumerable.Range(0, _n).Select(i => 1 + (i % 7 / 10.0)).ToArray();
        var image = new double[_n];
        double norm = 1;
        for (var i = 0; i < PowerIterations; i++)
        {
            var length = TensorPrimitives.Norm<double>(vector);
            for (var o = 0; o < _n; o++)
            {
                vector[o] /= length * Math.Sqrt(_weights[o]);
            }

            _reduction.Errors(vector, image);
            norm = TensorPrimitives.Norm<double>(image);
            if (norm == 0)
            {
                return 1;
            }

            _reduction.Losses(image, vector);
            for (var o = 0; o < _n; o++)
            {
                vector[o] /= Math.Sqrt(_weights[o]);
            }
        }

        return 1.02 * norm;
    }

    private void Transpose(ReadOnlySpan<double> from, Span<double> to)
    {
        for (var row = 0; row < _n; row++)
        {
            for (var column = 0; column < _n; column++)
            {
                to[(column * _n) + row] = from[(row * _n) + column];
            }
        }
    }

    /// <summary>K, GK, Y, GᵀY and λ: all linear, so an average's products are the products' average.</summary>
    private sealed class Iterate(int n)
    {
        public double[] Release { get; } = new double[n * n];

        public double[] Errors { get; } = new double[n * n];

        public double[] Attack { get; } = new double[n * n];

        public double[] Losses { get; } = new double[n * n];

        public double Price { get; set; }

        public void Add(Iterate other)
        {
            foreach (var (own, term) in Matrices.Zip(other.Matrices))
            {
                TensorPrimitives.Add(own, term, own);
            }

            Price += other.Price;
        }

        public Iterate Divided(int count)
        {
            var result = Copy();
            foreach (var matrix in result.Matrices)
            {
                TensorPrimitives.Divide(matrix, count, matrix);
            }

            result.Price = Price / count;
            return result;
        }

        public Iterate Copy()
        {
            var copy = new Iterate(n) { Price = Price };
            foreach (var (own, target) in Matrices.Zip(copy.Matrices))
            {
                own.CopyTo(target, 0);
            }

            return copy;
        }

        private double[][] Matrices => [Release, Errors, Attack, Losses];
    }
}
