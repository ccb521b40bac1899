using System.ComponentModel.DataAnnotations;
using Workers.Hosting.Envelopes;

namespace RatingAgency;

/// <summary>Section <c>RatingAgency</c>.</summary>
public sealed class RatingAgencyOptions : IValidatableObject
{
    /// <summary>File of the ratings: lines <c>account,rating</c>, a rating being a decimal number with at most six digits behind the point.</summary>
    [Required]
    public string Ratings { get; set; } = "";

    /// <summary>Key file of its account on chain, made at first start in the data directory.</summary>
    [Required]
    public string AccountKey { get; set; } = "agency.key";

    /// <summary>Who may ask: <c>RatingAgency:Customers:&lt;account&gt;:PublicKey</c> is the P-256 key to which answers are sealed.</summary>
    public Dictionary<string, ListedMember> Customers { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ListedMember.Problems(Customers, nameof(Customers), isAsked: false);
}
