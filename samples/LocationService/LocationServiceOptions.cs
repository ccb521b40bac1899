using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Ethereum;
using Workers.Hosting.Cryptography;

namespace LocationService;

/// <summary>Section <c>LocationService</c>.</summary>
public sealed class LocationServiceOptions : IValidatableObject
{
    /// <summary>File of the places: .csv, or .geojson or .json (<c>docs/mobility.md</c>).</summary>
    [Required]
    public string Places { get; set; } = "";

    /// <summary>Key file of its account on chain, made at first start in the data directory.</summary>
    [Required]
    public string AccountKey { get; set; } = "location.key";

    /// <summary>Who may ask: <c>LocationService:Customers:&lt;account&gt;</c> is the customer's P-256 public key, uncompressed, as 0x and 130 digits, to which answers are sealed.</summary>
    public Dictionary<string, string> Customers { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Path.GetExtension(Places) is not (".csv" or ".geojson" or ".json"))
        {
            yield return new ValidationResult("has to be a file .csv, .geojson or .json", [nameof(Places)]);
        }

        foreach (var (account, key) in Customers)
        {
            if (!Address.TryParse(account, null, out _) || !IsKey(key))
            {
                yield return new ValidationResult($"'{account}' is no account, or its value no P-256 public key as 0x04 and 128 hexadecimal digits", [nameof(Customers)]);
            }
        }
    }

    private static bool IsKey(string text)
    {
        try
        {
            P256KeyPair.CheckPublicKey(Hex.Parse(text));
            return true;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or CryptographicException)
        {
            return false;
        }
    }
}
