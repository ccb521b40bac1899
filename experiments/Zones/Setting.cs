namespace Experiments.Zones;

/// <summary>What the paper leaves open, as it is taken here. Lengths are metres, times milliseconds.</summary>
internal static class Setting
{
    /// <summary>The town is a square.</summary>
    public const double Side = 1_500, Reach = 500;

    /// <summary>Agencies, and how far a rating of theirs is off what somebody is worth (0 to 1), at most.</summary>
    public const int Agencies = 5;

    public const double RatingError = 0.15;

    /// <summary>Share of members that pass on what they are told. They are worth less than others, but not all: 0 to 0.6, others 0.3 to 1.</summary>
    public const double Dishonest = 0.1;

    /// <summary>Users where K varies, K where users vary.</summary>
    public const int UsersOverSize = 300;

    /// <summary>Zones that are asked for one after the other where leaks are counted.</summary>
    public const int Requests = 400;

    /// <summary>Members asked at once (<c>Zone:Parallelism</c>).</summary>
    public const int Parallelism = 16;

    /// <summary>There and back between two mobile devices: at least, and what comes on top on average (exponential).</summary>
    public const double LeastRoundTrip = 20, MeanDelay = 30;

    /// <summary>Private chains of scheme [21], and parts of scheme [20] that each message passes.</summary>
    public const int PrivateChains = 3, Parts = 3;

    /// <summary>Processor time on one core and bytes, as <c>dotnet run -c Release --project bench/Zones</c> measures them (bench/README.md).</summary>
    public const double Sign = 4.4, Verify = 2.9, Seal = 5.2, Answer = 18.2, CheckAnswer = 7.1, Bill = 11.5;

    public const int RequestBytes = 1_129, AnswerBytes = 1_343, RefusalBytes = 592, BillBytes = 1_309;

    public static IReadOnlyList<int> Sizes { get; } = [2, 5, 10, 15, 20, 25, 30];

    /// <summary>K of Fig. 7.</summary>
    public static IReadOnlyList<int> ShownSizes { get; } = [10, 20, 30];

    public static IReadOnlyList<int> Users { get; } = [10, 20, 50, 100, 200, 300, 500, 1_000];

    public static IReadOnlyList<double> Reputations { get; } = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
}
