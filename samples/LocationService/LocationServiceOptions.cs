using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Ethereum;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Envelopes;

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

    /// <summary>What an answer to a bonded query costs, in the currency's smallest unit. Default 0.</summary>
    [Range(typeof(decimal), "0", "79228162514264337593543950335")]
    public decimal Fee { get; set; }

    /// <summary>Name or address under which members reach this machine, for its offer on chain. Default: the host of <c>Envelopes:Url</c>.</summary>
    public string? Host { get; set; }

    /// <summary>A query with less time than this until its deadline is refused. Default 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan AnswerMargin { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The house that files penalties, to which evidence goes.</summary>
    public ReportOptions Report { get; set; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Path.GetExtension(Places) is not (".csv" or ".geojson" or ".json"))
        {
            yield return new ValidationResult("has to be a file .csv, .geojson or .json", [nameof(Places)]);
        }

        if (Report is not { Account: null, PublicKey: null, Endpoint: null } && Report.Entry() is null)
        {
            yield return new ValidationResult("needs Account, PublicKey and Endpoint of a member, or none of them", [nameof(Report)]);
        }

        foreach (var (account, key) in Customers)
        {
            if (!Address.TryParse(account, null, out _) || !IsKey(key))
            {
                yield return new ValidationResult($"'{account}' is no account, or its value no P-256 public key as 0x04 and 128 hexadecimal digits", [nameof(Customers)]);
            }
        }
    }

    internal static bool IsKey(string text)
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

/// <summary>Section <c>LocationService:Report</c>: a member's entry.</summary>
public sealed class ReportOptions
{
    public string? Account { get; set; }

    /// <summary>P-256, uncompressed, as 0x and 130 digits.</summary>
    public string? PublicKey { get; set; }

    /// <summary>https://host:port/#pin.</summary>
    public string? Endpoint { get; set; }

    /// <summary>The entry; null when it is not all there.</summary>
    public MemberEntry? Entry() => Address.TryParse(Account ?? "", null, out var account) && LocationServiceOptions.IsKey(PublicKey ?? "") && MemberEndpoint.TryParse(Endpoint ?? "", out _)
        ? new MemberEntry(account, Hex.Parse(PublicKey!), Endpoint!)
        : null;
}
