using System.Collections.Immutable;
using Ethereum;
using Ethereum.Contracts;
using Mechanisms.Reputation;
using Workers.Hosting.Members;

namespace Workers.Penalties.Ratings;

/// <summary>An agency's verified ratings of a round.</summary>
/// <param name="Answers">All that it signed in the round, whoever was told.</param>
public sealed record AgencyRatings(Address Agency, AgencyOptions Options, IReadOnlyList<CreditAnswer> Answers);

/// <summary>How signed ratings become standings. Pure, and the same for every house that attests.</summary>
public static class RatingRules
{
    private const double Millionths = 1_000_000;

    /// <summary>The round that a moment lies in, counted from 1970.</summary>
    public static long RoundOf(DateTimeOffset time, TimeSpan length) => time.ToUnixTimeSeconds() / Seconds(length);

    /// <summary>When a round begins.</summary>
    public static DateTimeOffset StartOf(long round, TimeSpan length) => DateTimeOffset.FromUnixTimeSeconds(round * Seconds(length));

    /// <summary>What is wrong with an agency's answer, as the end of a sentence; null when it counts.</summary>
    /// <param name="isTooEarly">Its clock says that the round has not begun: asked again it may count.</param>
    public static string? Problem(CreditAnswer answer, Address agency, AgencyOptions options, ConductReference market, DateTimeOffset begin, DateTimeOffset latest, out bool isTooEarly)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(options);
        isTooEarly = false;
        if (answer.Agency != agency || !answer.IsWellFormed)
        {
            return "its answer is not one of its own about 1 to 1,000 members in ascending order";
        }

        if (!answer.Data(market).IsSignedBy(agency, answer.Signature))
        {
            return "its answer does not have its signature for this market on this chain";
        }

        if (answer.Time < (ulong)begin.ToUnixTimeSeconds())
        {
            isTooEarly = true;
            return "its answer is from before this round";
        }

        if (answer.Time > (ulong)latest.ToUnixTimeSeconds())
        {
            return "its answer is from the future";
        }

        return answer.Ratings.Any(r => r.Rating < options.Lowest * (long)Millionths || r.Rating > options.Highest * (long)Millionths)
            ? $"a rating is not from {options.Lowest} to {options.Highest}"
            : null;
    }

    /// <summary>What an agency says of these members: null where it does not know one.</summary>
    /// <param name="members">Ascending.</param>
    /// <param name="problem">Why it does not count, as the end of a sentence.</param>
    public static long?[]? Column(AgencyRatings agency, IReadOnlyList<Address> members, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(agency);
        var said = new Dictionary<Address, long?>();
        foreach (var (member, rating) in agency.Answers.SelectMany(a => a.Ratings))
        {
            if (!said.TryAdd(member, rating) && said[member] != rating)
            {
                problem = $"it signed two different ratings of {member} in one round";
                return null;
            }
        }

        var column = new long?[members.Count];
        for (var i = 0; i < column.Length; i++)
        {
            if (!said.TryGetValue(members[i], out column[i]))
            {
                problem = "it has not answered about everybody in time";
                return null;
            }
        }

        problem = Array.TrueForAll(column, r => r is null) ? "it knows none of the members" : null;
        return problem is null ? column : null;
    }

    /// <summary>Reputations in millionths, rounded to the nearest, to the even one of two. Whom an agency does not know has the worst of the ratings that it gives.</summary>
    /// <param name="columns">At least one; each knows at least one member.</param>
    public static uint[] Reputations(IReadOnlyList<(bool HigherIsBetter, long?[] Ratings)> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        var (users, matrix) = (columns[0].Ratings.Length, new double[columns[0].Ratings.Length * columns.Count]);
        for (var agency = 0; agency < columns.Count; agency++)
        {
            var (higher, ratings) = columns[agency];
            var worst = higher ? ratings.Min() : ratings.Max();
            for (var user = 0; user < users; user++)
            {
                matrix[(user * columns.Count) + agency] = (ratings[user] ?? worst)!.Value;
            }
        }

        ImmutableArray<RatingDirection> directions = [.. columns.Select(c => c.HigherIsBetter ? RatingDirection.HigherIsBetter : RatingDirection.LowerIsBetter)];
        return [.. EntropyWeights.Of(new CreditRatings(users, directions, matrix)).Reputations.Select(cv => (uint)Math.Round(cv * Millionths, MidpointRounding.ToEven))];
    }

    /// <summary>Everybody's standing.</summary>
    /// <param name="members">Ascending.</param>
    /// <param name="agencies">In any order: they are taken in ascending order of their accounts.</param>
    /// <param name="zones">In how many zones a member helped.</param>
    /// <param name="report">In sentences: who was left out, and why.</param>
    /// <returns>Null when fewer than <paramref name="leastAgencies"/> count.</returns>
    public static StandingsDocument? Compute(IReadOnlyList<Address> members, IEnumerable<AgencyRatings> agencies, int leastAgencies, Func<Address, uint> zones, out string report)
    {
        ArgumentNullException.ThrowIfNull(members);
        ArgumentNullException.ThrowIfNull(agencies);
        ArgumentNullException.ThrowIfNull(zones);
        var (columns, sentences) = (new List<(bool, long?[])>(), new List<string>());
        foreach (var agency in agencies.OrderBy(a => a.Agency.ToTopic()))
        {
            if (Column(agency, members, out var problem) is { } column)
            {
                columns.Add((agency.Options.HigherIsBetter, column));
            }
            else
            {
                sentences.Add($"{agency.Options.Name} is left out: {problem}.");
            }
        }

        sentences.Insert(0, $"{members.Count} members, {columns.Count} agencies.");
        if (columns.Count < leastAgencies)
        {
            sentences.Add($"At least {leastAgencies} agencies are needed.");
        }

        report = string.Join(' ', sentences);
        return columns.Count < leastAgencies
            ? null
            : new StandingsDocument([.. members.Zip(Reputations(columns), (member, reputation) => new Conduct.Standing(member, reputation, zones(member)))]);
    }

    /// <summary>In how many zones members helped, by an epoch's bills. An answer that was billed twice is one.</summary>
    public static IReadOnlyDictionary<Address, long> Helped(IEnumerable<SignedBill> bills) =>
        bills.DistinctBy(b => (b.Bill.Collaborator, b.Bill.Answer)).CountBy(b => b.Bill.Collaborator).ToDictionary(c => c.Key, c => (long)c.Value);

    private static long Seconds(TimeSpan length) => (long)length.TotalSeconds;
}
