using System.Numerics.Tensors;

namespace Mechanisms.PrivacyGame.Linear;

/// <summary>
/// The game as a linear program in K and x(o'), with some of its columns K(o, o') and some of its rows (ô, o'): minimise ⟨P, K⟩ where every row of K sums to 1, Σ x ≥ β and
/// x(o') ≤ (GK)(ô, o'). Costs and distances are scaled such that entries are near 1: Clp's tolerances, 1e-7, are absolute.
/// </summary>
internal sealed class RestrictedProgram : IDisposable
{
    // Below it an entry is left out: Clp scales columns by their entries, and 1e-18 beside 1 made it call optimal what was not.
    private const double Least = 1e-12;
    private readonly MobilityReduction _reduction;
    private readonly int _n;
    private readonly double _costScale;
    private readonly double _distanceScale;
    private readonly ClpModel _model = new();
    private readonly List<int> _columns = [];
    private readonly List<int> _rows = [];
    private readonly bool[] _hasColumn;
    private readonly bool[] _hasRow;
    private readonly int[] _bounds;
    private readonly List<(int State, int Column)>[] _columnsOf;
    private readonly List<(int Guess, int Row)>[] _rowsOf;

    public RestrictedProgram(CollaborativeGame game, MobilityReduction reduction)
    {
        (_reduction, _n) = (reduction, game.States);
        _costScale = Scale(_n, reduction.Costs.Max() * _n);
        _distanceScale = Scale(_n, game.HighestPrivacy);
        _hasColumn = new bool[_n * _n];
        _hasRow = new bool[_n * _n];
        _bounds = new int[_n];
        Array.Fill(_bounds, -1);
        _columnsOf = [.. Enumerable.Range(0, _n).Select(_ => new List<(int, int)>())];
        _rowsOf = [.. Enumerable.Range(0, _n).Select(_ => new List<(int, int)>())];
        var rows = new Vectors();
        for (var o = 0; o < _n; o++)
        {
            rows.Begin(1, 1);
        }

        rows.Begin(game.Beta * _distanceScale, ClpModel.Infinity);
        _model.AddRows(rows);
    }

    /// <summary>K of the last solution.</summary>
    public double[] Release { get; private set; } = [];

    /// <summary>Y of the last solution: Y(·, o') sums to λ for every o' that has rows.</summary>
    public double[] Attack { get; private set; } = [];

    /// <summary>λ of the last solution.</summary>
    public double Price { get; private set; }

    public int Pivots => _model.Pivots;

    public bool HasColumn(int state, int seen) => _hasColumn[(state * _n) + seen];

    public bool HasRow(int guess, int seen) => _hasRow[(guess * _n) + seen];

    /// <summary>Whether an observation has rows.</summary>
    public bool Bounds(int seen) => _bounds[seen] >= 0;

    /// <summary>Adds rows (ô, o'); those that are there are left out.</summary>
    public void AddRows(IEnumerable<(int Guess, int Seen)> rows)
    {
        var (bounds, added) = (new Vectors(), new Vectors());
        var wanted = rows.Where(r => !_hasRow[(r.Guess * _n) + r.Seen]).Distinct().ToArray();
        foreach (var seen in wanted.Select(r => r.Seen).Distinct().Where(s => _bounds[s] < 0))
        {
            _bounds[seen] = _model.Columns + bounds.Count;
            _columns.Add(-1 - seen);
            bounds.Begin(-ClpModel.Infinity, ClpModel.Infinity);
            bounds.Add(_n, 1);
        }

        AddColumns(bounds);
        foreach (var (guess, seen) in wanted)
        {
            _hasRow[(guess * _n) + seen] = true;
            _rowsOf[seen].Add((guess, _model.Rows + added.Count));
            _rows.Add((guess * _n) + seen);
            added.Begin(0, ClpModel.Infinity);
            added.Add(_bounds[seen], -1);
            foreach (var (state, column) in _columnsOf[seen])
            {
                Add(added, column, _reduction.Distance(guess, state));
            }
        }

        if (added.Count > 0)
        {
            _model.AddRows(added);
        }
    }

    /// <summary>Adds columns K(o, o'); those that are there are left out.</summary>
    public void AddColumns(IEnumerable<(int State, int Seen)> columns)
    {
        var added = new Vectors();
        foreach (var (state, seen) in columns)
        {
            var at = (state * _n) + seen;
            if (_hasColumn[at])
            {
                continue;
            }

            _hasColumn[at] = true;
            _columnsOf[seen].Add((state, _model.Columns + added.Count));
            _columns.Add(at);
            added.Begin(0, ClpModel.Infinity, Cut(_costScale * _reduction.Costs[at]));
            added.Add(state, 1);
            foreach (var (guess, row) in _rowsOf[seen])
            {
                Add(added, row, _reduction.Distance(guess, state));
            }
        }

        AddColumns(added);
    }

    /// <summary>Solves.</summary>
    /// <returns>Whether an optimum of the restricted program was found.</returns>
    public bool Solve(ClpMethod method, int pivots, CancellationToken cancellationToken)
    {
        if (!_model.Minimise(method, pivots, cancellationToken))
        {
            return false;
        }

        var (solution, prices) = (_model.Solution(), _model.Prices());
        (Release, Attack) = (new double[_n * _n], new double[_n * _n]);
        for (var column = 0; column < solution.Length; column++)
        {
            if (_columns[column] >= 0)
            {
                Release[_columns[column]] = Math.Max(solution[column], 0);
            }
        }

        for (var o = 0; o < _n; o++)
        {
            var row = Release.AsSpan(o * _n, _n);
            TensorPrimitives.Divide(row, TensorPrimitives.Sum<double>(row), row);
        }

        var scale = _distanceScale / _costScale;
        Price = Math.Max(prices[_n], 0) * scale;
        for (var row = 0; row < _rows.Count; row++)
        {
            Attack[_rows[row]] = Math.Max(prices[_n + 1 + row], 0) * scale;
        }

        return true;
    }

    public void Dispose() => _model.Dispose();

    private void AddColumns(Vectors columns)
    {
        if (columns.Count > 0)
        {
            _model.AddColumns(columns);
        }
    }

    private void Add(Vectors vectors, int index, double distance)
    {
        if (Cut(_distanceScale * distance) is var value and not 0)
        {
            vectors.Add(index, value);
        }
    }

    private static double Cut(double value) => Math.Abs(value) < Least ? 0 : value;

    private static double Scale(double to, double from) => from > 0 ? to / from : 1;
}
