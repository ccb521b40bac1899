using System.ComponentModel.DataAnnotations;

namespace Workers.Encryption.Selling;

/// <summary>The owner's policy: which requests for sealed periods are answered. Section <c>Selling</c>.</summary>
public sealed class SellingOptions : IValidatableObject
{
    /// <summary>Lowest price per tag, in the token's smallest unit. A tag that is not named has <see cref="DefaultMinimumPrice"/>.</summary>
    public Dictionary<string, decimal> MinimumPrice { get; set; } = [];

    /// <summary>Lowest price of a tag that <see cref="MinimumPrice"/> does not name. Default 0.</summary>
    [Range(0, 1e28)]
    public decimal DefaultMinimumPrice { get; set; }

    /// <summary>
    /// Least α, in basis points, at which the owner sells: the provider may lower α for requests to come. Default 0.
    /// </summary>
    [Range(0, 10_000)]
    public int MinimumOwnerShare { get; set; }

    /// <summary>Buyers' addresses that are served; empty serves everybody who is not denied.</summary>
    public HashSet<string> Allow { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Buyers' addresses that are always declined.</summary>
    public HashSet<string> Deny { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Wait for a person's approval of each request that the rules above let through. Default false.</summary>
    public bool AskPerson { get; set; }

    /// <summary>
    /// No answer is sent in the last part of the answer window: a late one fails on chain while its key can already be read
    /// among the pending transactions. Default 1 minute.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan AnswerMargin { get; set; } = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (tag, price) in MinimumPrice)
        {
            if (price < 0)
            {
                yield return new ValidationResult($"Selling:MinimumPrice:{tag} is {price}; a price is 0 or more.", [nameof(MinimumPrice)]);
            }
        }

        foreach (var address in Allow.Concat(Deny))
        {
            if (!Ethereum.Address.TryParse(address, null, out _))
            {
                yield return new ValidationResult($"'{address}' in Selling:Allow or Selling:Deny is not an address (0x and 40 hexadecimal digits).", [nameof(Allow)]);
            }
        }
    }
}
