using System.Numerics.Tensors;

namespace Mechanisms.PrivacyGame;

/// <summary>One game being solved by <see cref="FirstOrderSolver"/>.</summary>
internal sealed class FirstOrderRun
{
    private const int CheckEvery = 20, PowerIterations = 40, TransposedTogether = 8;

    // Unbounded, the weight collapses where privacy is nearly free: small dual steps make for small dual moves, which make for a smaller weight.
    private const double LeastWeightChange = 2, MostWeightChange = 30;
    private const double StepShare = 0.99, SufficientProgress = 0.3, LongestRun = 0.36, LeastWeight = 1e-9;
    private readonly CollaborativeGame _game;
    private readonly MobilityReduction _reduction;
    private readonly int _n;
    private readonly double[] _weights;
    private readonly double _norm;
    private readonly double _firstWeight;
    private readonly double[] _errorsBefore;
    private readonly double[] _moved;
    private double _primalWeight;
    private Iterate _current;
    private Iterate _sum;
    private Iterate _start;

    public FirstOrderRun(CollaborativeGame game, MobilityReduction reduction)
    {
        (_game, _reduction, _n) = (game, reduction, game.States);
        _weights = [.. Enumerable.Range(0, _n).Select(o => Math.Max(_reduction.Weight(o), LeastWeight / _n))];
        _norm = Norm();
        Best = new Incumbent(game, _reduction);
        _primalWeight = game.HighestPrivacy > 0 && Best.CheapestCost > 0 ? Math.Sqrt(_n) * Best.CheapestCost / game.HighestPrivacy : 1;
        _firstWeight = _primalWeight;
        (_errorsBefore, _moved) = (new double[_n * _n], new double[_n * _n]);
        _current = Truth();
        (_sum, _start) = (new Iterate(_n), _current.Copy());
    }

    /// <summary>Steps until the limits are reached.</summary>
    /// <param name="report">Gets iterations, cost and lower bound.</param>
    public void Until(SolverLimits limits, Action<int, double, double> report, CancellationToken cancellationToken)
    {
        var (since, gapAtRestart) = (0, Judge(_current));
        for (var iteration = 1; iteration <= limits.MaxIterations && !Best.IsWithin(limits.RelativeGap); iteration++)
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
            report(iteration, Best.Cost, Best.Bound);
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
        _current.Errors.CopyTo(_errorsBefore, 0);
        for (var o = 0; o < _n; o++)
        {
            var row = _current.Release.AsSpan(o * _n, _n);
            var step = primal / _weights[o];
            TensorPrimitives.MultiplyAdd(_current.Losses.AsSpan(o * _n, _n), step, row, row);
            TensorPrimitives.MultiplyAdd(_reduction.Costs.AsSpan(o * _n, _n), -step, row, row);
            Simplex.Project(row, 1);
        }

        _reduction.Errors(_current.Release, _current.Errors);
        TensorPrimitives.MultiplyAdd(_errorsBefore, dual, _current.Attack, _current.Attack);
        TensorPrimitives.MultiplyAdd(_current.Errors, -2 * dual, _current.Attack, _current.Attack);
        Transpose(_current.Attack, _moved);
        _current.Price = Simplex.ProjectTogether(_moved, _n, dual * _game.Beta, _current.Price);
        Transpose(_moved, _current.Attack);
        _reduction.Losses(_current.Attack, _current.Losses);
    }

    /// <summary>The gap of an iterate.</summary>
    private double Judge(Iterate iterate) => Best.Offer(iterate.Release, iterate.Errors) - Best.Prove(iterate.Attack, iterate.Losses, iterate.Price);

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

    /// <summary>The best so far.</summary>
    public Incumbent Best { get; }

    /// <summary>K, GK, Y and λ where it stands.</summary>
    public (double[] Release, double[] Errors, double[] Attack, double Price) Point => (_current.Release, _current.Errors, _current.Attack, _current.Price);

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
        for (var block = 0; block < _n; block += TransposedTogether)
        {
            var end = Math.Min(block + TransposedTogether, _n);
            for (var column = 0; column < _n; column++)
            {
                for (var row = block; row < end; row++)
                {
                    to[(column * _n) + row] = from[(row * _n) + column];
                }
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
