using System.ComponentModel.DataAnnotations;

namespace Workers.Encryption.Pseudonyms;

/// <summary>How new pseudonyms get their first coins. Section <c>Pseudonyms</c>.</summary>
public sealed class PseudonymOptions
{
    /// <summary>
    /// Wei that the main account sends to a new pseudonym for its fees. This payment can be seen on chain and links the two:
    /// an owner who minds sets 0 and pays the pseudonym from elsewhere. Default 0.05 coins.
    /// </summary>
    [Range(0, 1e21)]
    public decimal FundingWei { get; set; } = 50_000_000_000_000_000m;
}
