using System.ComponentModel.DataAnnotations;
using Workers.Hosting.Envelopes;

namespace Workers.Penalties.Ratings;

/// <summary>Section <c>Ratings</c>: whom this house asks for credit ratings, and when. All attestors of a market have to agree on the agencies and on <see cref="Round"/>.</summary>
public sealed class RatingOptions : IValidatableObject
{
    /// <summary>The agencies, by their accounts: <c>Ratings:Agencies:&lt;account&gt;</c>. None: this house computes no reputations.</summary>
    public Dictionary<string, AgencyOptions> Agencies { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>With fewer agencies' ratings nothing is attested. Default 2.</summary>
    [Range(1, 100)]
    public int LeastAgencies { get; set; } = 2;

    /// <summary>Standings are attested once in so long; rounds are counted from 1970. Default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "365.00:00:00")]
    public TimeSpan Round { get; set; } = TimeSpan.FromDays(1);

    /// <summary>So long agencies are asked; who has not answered by then is left out of the round. Default 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan AskingTime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>When an agency that could not be reached is asked again. Default 15 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan AskAgain { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How far an agency's clock may be ahead. Default 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ClockTolerance { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>For so many rounds what agencies signed is kept. Default 30.</summary>
    [Range(1, 10_000)]
    public int KeptRounds { get; set; } = 30;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var problem in ListedMember.Problems(Agencies, nameof(Agencies), isAsked: true))
        {
            yield return problem;
        }

        foreach (var (account, _) in Agencies.Where(a => a.Value.Lowest >= a.Value.Highest || Math.Abs(a.Value.Lowest) > AgencyOptions.Most || Math.Abs(a.Value.Highest) > AgencyOptions.Most))
        {
            yield return new ValidationResult($"'{account}' needs a Lowest below its Highest, both from -{AgencyOptions.Most} to {AgencyOptions.Most}", [nameof(Agencies)]);
        }

        if (Agencies.Count > 0 && Agencies.Count < LeastAgencies)
        {
            yield return new ValidationResult($"is {LeastAgencies}, and Ratings:Agencies lists {Agencies.Count}", [nameof(LeastAgencies)]);
        }

        if (AskingTime > Round / 2)
        {
            yield return new ValidationResult($"is more than half of Ratings:Round ({Round:c}): time is needed to attest", [nameof(AskingTime)]);
        }
    }
}

/// <summary>An agency.</summary>
public sealed class AgencyOptions : ListedMember
{
    /// <summary>In millionths still whole numbers that a double holds.</summary>
    internal const long Most = 1_000_000_000;

    /// <summary>For people.</summary>
    [Required]
    public string Name { get; set; } = "";

    /// <summary>Whether a higher rating is the better one. Default: yes.</summary>
    public bool HigherIsBetter { get; set; } = true;

    /// <summary>Lowest rating that there is on its scale. Default 0.</summary>
    public long Lowest { get; set; }

    /// <summary>Highest rating that there is on its scale. Default a million.</summary>
    public long Highest { get; set; } = 1_000_000;
}
