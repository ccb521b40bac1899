using System.ComponentModel.DataAnnotations;
using Workers.Hosting.Envelopes;

namespace Workers.Collaboration.Reporting;

/// <summary>Section <c>Reporting</c>: the house that files penalties for a member that runs no worker of penalties itself. Nothing: none.</summary>
public sealed class ReportingOptions : IValidatableObject
{
    /// <summary>The house, by its account: <c>Reporting:House:&lt;account&gt;</c> has its <c>PublicKey</c> and <c>Endpoint</c>. At most one.</summary>
    public Dictionary<string, ListedMember> House { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>When a house that could not be reached is asked again. Default 15 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan Again { get; set; } = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        House.Count > 1 ? [new ValidationResult("is one house", [nameof(House)])] : ListedMember.Problems(House, nameof(House), isAsked: true);
}
