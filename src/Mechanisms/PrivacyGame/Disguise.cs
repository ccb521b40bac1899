namespace Mechanisms.PrivacyGame;

/// <summary>How a member disguises a query: p1 chooses who sends it, p2 what is sent (Eqs. 1–4), with F(o, o') = p1(u' | o) · p2(s' | u', o).</summary>
public sealed class Disguise
{
    private readonly double[] _release;
    private readonly int _members;
    private readonly int _cells;

    /// <param name="release">F, n × n, row-major, rows are distributions.</param>
    /// <param name="members">U; n = U·S.</param>
    /// <exception cref="ArgumentException">The release is no matrix over that many members.</exception>
    public Disguise(double[] release, int members)
    {
        ArgumentNullException.ThrowIfNull(release);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(members);
        var states = (int)Math.Round(Math.Sqrt(release.Length));
        if (states * states != release.Length || states == 0 || states % members != 0)
        {
            throw new ArgumentException($"{release.Length} entries are no square matrix over the states of {members} members.", nameof(release));
        }

        (_release, _members, _cells) = (release, members, states / members);
    }

    /// <summary>p1(u' | o) for every u'.</summary>
    public double[] Collaborators(int state) => [.. Enumerable.Range(0, _members).Select(u => Row(state).AsSpan(u * _cells, _cells).ToArray().Sum())];

    /// <summary>p2(s' | u', o) for every s'; all 0 when u' is never chosen.</summary>
    public double[] Cells(int state, int collaborator)
    {
        var cells = Row(state).AsSpan(collaborator * _cells, _cells).ToArray();
        var sum = cells.Sum();
        return sum > 0 ? [.. cells.Select(c => c / sum)] : cells;
    }

    /// <summary>Draws o'.</summary>
    /// <param name="uniform">From [0, 1), as fine as the platform's generator for secrets makes it.</param>
    public int Draw(int state, double uniform)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(uniform);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(uniform, 1);
        return WeightedIndex.At(Row(state), uniform);
    }

    private double[] Row(int state) => _release[(state * _members * _cells)..((state + 1) * _members * _cells)];
}
