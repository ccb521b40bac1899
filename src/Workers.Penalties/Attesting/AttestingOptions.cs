using System.ComponentModel.DataAnnotations;
using Workers.Hosting.Envelopes;

namespace Workers.Penalties.Attesting;

/// <summary>Section <c>Attesting</c>: the other houses whose signatures an attestation needs.</summary>
public sealed class AttestingOptions : IValidatableObject
{
    /// <summary>The other attestors, by their accounts: <c>Attesting:Houses:&lt;account&gt;</c>. None where one attestor suffices.</summary>
    public Dictionary<string, ListedMember> Houses { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>So long the others wait for the house whose turn it is, and then for each after it. Default 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ListedMember.Problems(Houses, nameof(Houses), isAsked: true);
}
