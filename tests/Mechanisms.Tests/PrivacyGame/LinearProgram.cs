namespace Mechanisms.Tests.PrivacyGame;

/// <summary>A small textbook solver (two-phase simplex, Bland's rule) by which the others are judged: min c·x, A x ≤ b, E x = e, x ≥ 0.</summary>
internal sealed class LinearProgram(double[] costs)
{
    // Dividing by less would make noise of a degenerate tableau.
    private const double Epsilon = 1e-10, LeastPivot = 1e-8;
    private readonly List<(double[] Row, double Right, bool Equal)> _rows = [];

    public void AtMost(double[] row, double right) => _rows.Add((row, right, false));

    public void Equal(double[] row, double right) => _rows.Add((row, right, true));

    /// <returns>The optimum's value; null when there is no feasible point.</returns>
    public double? Minimum()
    {
        var (variables, m) = (costs.Length, _rows.Count);
        var width = variables + m + m + 1; // variables, slacks, artificials, right-hand side
        var tableau = new double[m][];
        var basis = new int[m];
        for (var i = 0; i < m; i++)
        {
            var (row, right, equal) = _rows[i];
            var sign = right < 0 ? -1 : 1;
            tableau[i] = new double[width];
            for (var j = 0; j < variables; j++)
            {
                tableau[i][j] = sign * row[j];
            }

            tableau[i][variables + i] = equal ? 0 : sign;
            tableau[i][variables + m + i] = 1;
            tableau[i][^1] = sign * right;
            basis[i] = variables + m + i;
        }

        var first = new double[width];
        Array.Fill(first, 1, variables + m, m);
        if (Run(tableau, basis, first, variables + m + m) > 1e-8)
        {
            return null;
        }

        // An artificial variable that stayed in the basis at 0 would grow in the second phase.
        for (var i = 0; i < m; i++)
        {
            if (basis[i] >= variables + m && Array.FindIndex(tableau[i], 0, variables + m, v => Math.Abs(v) > 1e-7) is var entering and >= 0)
            {
                Pivot(tableau, basis, i, entering);
            }
        }

        var second = new double[width];
        costs.CopyTo(second, 0);
        return Run(tableau, basis, second, variables + m);
    }

    private static double Run(double[][] tableau, int[] basis, double[] objective, int columns)
    {
        while (true)
        {
            var entering = Enumerable.Range(0, columns).FirstOrDefault(j => !basis.Contains(j) && objective[j] - Sum(tableau, basis, objective, j) < -Epsilon, -1);
            if (entering < 0)
            {
                return Sum(tableau, basis, objective, tableau[0].Length - 1);
            }

            var leaving = -1;
            for (var i = 0; i < tableau.Length; i++)
            {
                if (tableau[i][entering] > LeastPivot)
                {
                    var difference = leaving < 0 ? -1 : (tableau[i][^1] / tableau[i][entering]) - (tableau[leaving][^1] / tableau[leaving][entering]);
                    if (difference < -Epsilon || (Math.Abs(difference) <= Epsilon && basis[i] < basis[leaving]))
                    {
                        leaving = i;
                    }
                }
            }

            Pivot(tableau, basis, leaving, entering);
        }
    }

    private static void Pivot(double[][] tableau, int[] basis, int leaving, int entering)
    {
        var pivot = tableau[leaving][entering];
        for (var j = 0; j < tableau[leaving].Length; j++)
        {
            tableau[leaving][j] /= pivot;
        }

        for (var i = 0; i < tableau.Length; i++)
        {
            if (i != leaving && tableau[i][entering] is var factor && factor != 0)
            {
                for (var j = 0; j < tableau[i].Length; j++)
                {
                    tableau[i][j] -= factor * tableau[leaving][j];
                }
            }
        }

        basis[leaving] = entering;
    }

    private static double Sum(double[][] tableau, int[] basis, double[] objective, int column)
    {
        double sum = 0;
        for (var i = 0; i < tableau.Length; i++)
        {
            sum += objective[basis[i]] * tableau[i][column];
        }

        return sum;
    }
}
