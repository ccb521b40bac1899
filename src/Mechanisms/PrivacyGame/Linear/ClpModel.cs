namespace Mechanisms.PrivacyGame.Linear;

/// <summary>How Clp solves.</summary>
internal enum ClpMethod
{
    /// <summary>From the last basis; for columns that were added.</summary>
    Primal,

    /// <summary>From the last basis; for rows that were added.</summary>
    Dual,

    /// <summary>From nothing, as Clp thinks best: with its presolve.</summary>
    Initial,
}

/// <summary>A linear program that grows: minimise c·v with bounds on v and on Av. Solved again, it begins at the last basis. Independent of all others; not for two threads at once.</summary>
internal sealed class ClpModel : IDisposable
{
    /// <summary>No bound.</summary>
    public const double Infinity = double.MaxValue;

    private readonly ClpHandle _handle;

    /// <exception cref="LinearProgramException">Clp is not there.</exception>
    public ClpModel()
    {
        if (!Clp.IsAvailable)
        {
            throw new LinearProgramException($"{Clp.Library} is not installed. On Debian: apt-get install {Clp.Package}. Without it the first-order solver solves alone.");
        }

        _handle = Clp.NewModel();
        Clp.SetLogLevel(_handle, 0);
    }

    public int Rows { get; private set; }

    public int Columns { get; private set; }

    /// <summary>Pivots so far, over all solves.</summary>
    public int Pivots { get; private set; }

    /// <summary>Adds columns, which may have entries in rows that are there.</summary>
    public void AddColumns(Vectors columns)
    {
        Clp.AddColumns(_handle, columns.Count, columns.Lower, columns.Upper, columns.Costs, columns.Starts, columns.Indices, columns.Values);
        Columns += columns.Count;
    }

    /// <summary>Adds rows, which may have entries in columns that are there.</summary>
    public void AddRows(Vectors rows)
    {
        Clp.AddRows(_handle, rows.Count, rows.Lower, rows.Upper, rows.Starts, rows.Indices, rows.Values);
        Rows += rows.Count;
    }

    /// <summary>Minimises.</summary>
    /// <param name="pivots">At most so many.</param>
    /// <param name="time">At most so long; null for no limit. It alone ends <see cref="ClpMethod.Initial"/>, which solves a copy.</param>
    /// <returns>Whether an optimum was found; not when pivots or time did not suffice.</returns>
    /// <exception cref="LinearProgramException">The program has no optimum, or numbers that Clp gives up at: the message says which.</exception>
    public bool Minimise(ClpMethod method, int pivots, CancellationToken cancellationToken, TimeSpan? time = null)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Clp.SetNumberIterations(_handle, 0);
        Clp.SetMaximumIterations(_handle, pivots);
        Clp.SetMaximumSeconds(_handle, time?.TotalSeconds ?? -1);

        // A limit of 0, written while it runs, is seen at the next pivot. Clp has no other way in from outside.
        using (cancellationToken.Register(() => Clp.SetMaximumIterations(_handle, 0)))
        {
            _ = method switch
            {
                ClpMethod.Primal => Clp.Primal(_handle, 0),
                ClpMethod.Dual => Clp.Dual(_handle, 0),
                _ => Clp.InitialSolve(_handle),
            };
        }

        Pivots += Clp.NumberIterations(_handle);
        cancellationToken.ThrowIfCancellationRequested();
        return Clp.Status(_handle) switch
        {
            0 => true,
            3 => false,
            1 => throw Failed("it is infeasible"),
            2 => throw Failed("it is unbounded"),
            4 => throw Failed("it was abandoned, for its numbers"),
            var other => throw Failed($"status {other}"),
        };
    }

    /// <summary>The value of the objective.</summary>
    public double Objective => Clp.ObjectiveValue(_handle);

    /// <summary>A copy of the solution.</summary>
    public unsafe double[] Solution() => new ReadOnlySpan<double>(Clp.PrimalColumnSolution(_handle), Columns).ToArray();

    /// <summary>A copy of the rows' dual values: at least 0 for rows that are bounded below alone.</summary>
    public unsafe double[] Prices() => new ReadOnlySpan<double>(Clp.DualRowSolution(_handle), Rows).ToArray();

    public void Dispose() => _handle.Dispose();

    private LinearProgramException Failed(string reason) =>
        new($"Clp ended without an optimum of a program of {Rows} rows and {Columns} columns after {Pivots} pivots: {reason} (secondary status {Clp.SecondaryStatus(_handle)}).");
}

/// <summary>A linear program that was not solved, and why.</summary>
public sealed class LinearProgramException(string message) : Exception(message);
