namespace Experiments.PrivacyGame;

/// <summary>What the paper leaves open, as it is taken here. Costs are in kilometres: of a place that is asked about in another's stead.</summary>
internal static class Setting
{
    /// <summary>Places of a group: those nearest to the middle of its area.</summary>
    public const int Places = 5;

    /// <summary>What passing a query on to another member costs: as much as asking about a place 100 m away.</summary>
    public const double Forwarding = 0.1;

    /// <summary>What a disguise may cost on average where schemes are compared at the same cost.</summary>
    public const double Budget = 0.08;

    /// <summary>α and β as the paper sets them (§6.1).</summary>
    public const double PaperAlpha = 0.1, PaperBeta = 0.4;

    /// <summary>α where schemes are compared at the same cost: the paper's 0.1 leaves nothing to choose, and costs more than the budget.</summary>
    public const double MildAlpha = 3;

    /// <summary>Members of the group in the comparison of areas (§6.2).</summary>
    public const int Members = 20;

    /// <summary>Queries that the attacker sees one after the other, a step of <see cref="Interval"/> apart.</summary>
    public const int Queries = 8;

    /// <summary>Between two positions of a history, and between two queries.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);

    /// <summary>Group sizes (Fig. 5).</summary>
    public static IReadOnlyList<int> Sizes { get; } = [1, 2, 5, 10, 20, 30];
}
