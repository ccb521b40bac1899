namespace Mechanisms.PrivacyGame;

/// <summary>
/// The collaborative privacy game P1 of Zhang et al. 2024 (Invisible Man), §3.1: a group disguises queries o = (member, cell) as o' so that the attacker who knows
/// everything but the query errs by at least β on average, at the least cost. With one member it is the single-user game.
/// </summary>
public sealed class CollaborativeGame
{
    /// <summary>Largest number of states: a dozen n × n matrices of doubles are held while it is solved.</summary>
    public const int MaxStates = 1_500;

    private const double SumTolerance = 1e-9;
    private readonly double[] _prior;
    private readonly double[] _prediction;

    /// <summary>Takes copies and checks every parameter.</summary>
    /// <param name="prior">π(o), n probabilities that sum to 1 within 1e-9.</param>
    /// <param name="prediction">ψ(o), what earlier observations predict, likewise; null for a game without mobility privacy.</param>
    /// <param name="distance">d(ô, o): how wrong the guess ô is when o is true; its unit is β's.</param>
    /// <param name="cost">c(o', o): of sending o' in place of o.</param>
    /// <param name="alpha">α of Eq. 11, at least 0: an observation moves no belief beyond e^α; without prediction it is not used.</param>
    /// <param name="beta">β of Eq. 12, the least expected distance of the best attack: at least 0, at most <see cref="HighestPrivacy"/>.</param>
    /// <exception cref="ArgumentException">A parameter is not as said; the message names it and what is allowed.</exception>
    public CollaborativeGame(ReadOnlySpan<double> prior, ReadOnlySpan<double> prediction, PairMatrix distance, PairMatrix cost, double alpha, double beta)
    {
        ArgumentNullException.ThrowIfNull(distance);
        ArgumentNullException.ThrowIfNull(cost);
        if (distance.States > MaxStates)
        {
            throw new ArgumentException($"There are {distance.States} states ({distance.Members} members in {distance.Cells} cells); at most {MaxStates} are allowed. Take fewer cells.", nameof(distance));
        }

        if (cost.Members != distance.Members || cost.Cells != distance.Cells)
        {
            throw new ArgumentException("Distances and costs are of different members or cells.", nameof(cost));
        }

        if (!double.IsFinite(alpha) || alpha < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "α has to be a finite number of at least 0.");
        }

        (Distance, Cost, Alpha, HasMobility) = (distance, cost, alpha, !prediction.IsEmpty);
        _prior = Distribution(prior, distance.States, nameof(prior));
        _prediction = HasMobility ? Distribution(prediction, distance.States, nameof(prediction)) : _prior;
        ErrorOfGuess = new double[States];
        distance.Multiply(_prior, 1, ErrorOfGuess);
        HighestPrivacy = ErrorOfGuess.Min();
        if (!double.IsFinite(beta) || beta < 0 || beta > HighestPrivacy)
        {
            throw new ArgumentOutOfRangeException(nameof(beta), beta, $"β has to be between 0 and {HighestPrivacy:R}: whoever sees nothing at all errs by no more than that on average.");
        }

        Beta = beta;
    }

    /// <summary>n, the number of states.</summary>
    public int States => Distance.States;

    /// <summary>d(ô, o).</summary>
    public PairMatrix Distance { get; }

    /// <summary>c(o', o).</summary>
    public PairMatrix Cost { get; }

    /// <summary>α.</summary>
    public double Alpha { get; }

    /// <summary>β.</summary>
    public double Beta { get; }

    /// <summary>Whether Eq. 11 is asked for: CPGM-1 and SUPG-1; without, CPGM-2 and SUPG-2.</summary>
    public bool HasMobility { get; }

    /// <summary>
    /// β_max = min over ô of Σ π(o) d(ô, o): the most privacy there is. Sending always the same tells nothing, and an attacker who learns nothing takes the best constant guess.
    /// </summary>
    public double HighestPrivacy { get; }

    /// <summary>π.</summary>
    public ReadOnlySpan<double> Prior => _prior;

    /// <summary>ψ; the prior in a game without mobility privacy, where it has no weight.</summary>
    public ReadOnlySpan<double> Prediction => _prediction;

    /// <summary>ε = e^−α, the share of releases that is redrawn from the prediction; 0 without mobility privacy.</summary>
    internal double Redrawn => HasMobility ? Math.Exp(-Alpha) : 0;

    /// <summary>(Dπ)(ô) = Σ π(o) d(ô, o).</summary>
    internal double[] ErrorOfGuess { get; }

    private static double[] Distribution(ReadOnlySpan<double> values, int states, string name)
    {
        if (values.Length != states)
        {
            throw new ArgumentException($"There are {values.Length} probabilities; {states} are needed, one for each state.", name);
        }

        var sum = new CompensatedSum();
        for (var o = 0; o < values.Length; o++)
        {
            if (!double.IsFinite(values[o]) || values[o] < 0)
            {
                throw new ArgumentException($"The probability of state {o} is {values[o]}, not a number between 0 and 1.", name);
            }

            sum.Add(values[o]);
        }

        return Math.Abs(sum.Value - 1) <= SumTolerance ? values.ToArray() : throw new ArgumentException($"The probabilities sum to {sum.Value:R}, not to 1.", name);
    }
}
