namespace Experiments.Charts;

/// <summary>One direction of a chart: a range that ends on round numbers, and its ticks.</summary>
internal sealed record Axis(string Label, double Low, double High, double Step)
{
    /// <summary>The smallest range of about <paramref name="ticks"/> steps of 1, 2 or 5 · 10ⁿ that holds all values.</summary>
    /// <exception cref="ArgumentException">There are no values, or one of them is not finite.</exception>
    public static Axis Over(string label, IReadOnlyCollection<double> values, int ticks = 6)
    {
        if (values.Count == 0 || !values.All(double.IsFinite))
        {
            throw new ArgumentException($"The axis '{label}' needs finite values.", nameof(values));
        }

        var low = values.Min();
        var high = values.Max();
        if (high <= low)
        {
            (low, high) = (low - 0.5, high + 0.5);
        }

        var rough = (high - low) / ticks;
        var decade = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = decade * ((rough / decade) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 });
        // The allowance keeps 0.30000000000000004 from opening another step.
        return new Axis(label, Math.Floor((low / step) + 1e-9) * step, Math.Ceiling((high / step) - 1e-9) * step, step);
    }

    /// <summary>The round numbers from the low to the high end.</summary>
    public IEnumerable<double> Ticks
    {
        get
        {
            var count = (int)Math.Round((High - Low) / Step);
            return Enumerable.Range(0, count + 1).Select(k => Low + (k * Step));
        }
    }

    /// <summary>Where a value lies between the ends: 0 at the low, 1 at the high one.</summary>
    public double Position(double value) => (value - Low) / (High - Low);

    /// <summary>A tick's text, with as many decimals as the step needs and thousands set apart.</summary>
    public string Text(double tick)
    {
        var decimals = Math.Max(0, (int)Math.Ceiling(-Math.Log10(Step) - 1e-9));
        return Math.Abs(tick) < Step / 2 ? "0" : tick.ToString($"N{decimals}");
    }
}
