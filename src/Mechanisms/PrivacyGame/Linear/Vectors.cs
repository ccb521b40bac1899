using System.Runtime.InteropServices;

namespace Mechanisms.PrivacyGame.Linear;

/// <summary>Sparse rows or columns to be added to a <see cref="ClpModel"/>: each begun, then filled.</summary>
internal sealed class Vectors
{
    private readonly List<double> _lower = [], _upper = [], _costs = [], _values = [];
    private readonly List<int> _starts = [0], _indices = [];

    public int Count => _lower.Count;

    public ReadOnlySpan<double> Lower => CollectionsMarshal.AsSpan(_lower);

    public ReadOnlySpan<double> Upper => CollectionsMarshal.AsSpan(_upper);

    public ReadOnlySpan<double> Costs => CollectionsMarshal.AsSpan(_costs);

    public ReadOnlySpan<int> Starts => CollectionsMarshal.AsSpan(_starts);

    public ReadOnlySpan<int> Indices => CollectionsMarshal.AsSpan(_indices);

    public ReadOnlySpan<double> Values => CollectionsMarshal.AsSpan(_values);

    /// <param name="cost">Of columns.</param>
    public void Begin(double lower, double upper, double cost = 0)
    {
        _lower.Add(lower);
        _upper.Add(upper);
        _costs.Add(cost);
        _starts.Add(_indices.Count);
    }

    public void Add(int index, double value)
    {
        _indices.Add(index);
        _values.Add(value);
        _starts[^1]++;
    }
}
