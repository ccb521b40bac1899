using System.ComponentModel.DataAnnotations;

namespace Workers.Dashboard;

/// <summary>Section <c>Dashboard</c>.</summary>
public sealed class DashboardOptions : IValidatableObject
{
    /// <summary>
    /// Where people's browsers find the pages, e.g. https://market.example. Sign-ins and everything else that changes something are taken from
    /// there alone. Default: whatever loopback address they were asked under.
    /// </summary>
    public Uri? Origin { get; set; }

    /// <summary>Address of a JSON-RPC endpoint that browsers can reach, which is offered to wallets that do not know the chain. Public: put no access key into it.</summary>
    public Uri? WalletRpc { get; set; }

    /// <summary>The chain's name as wallets show it. Default: <c>Market chain</c>.</summary>
    [Required, StringLength(60)]
    public string ChainName { get; set; } = "Market chain";

    /// <summary>A block explorer to which blocks (<c>/block/N</c>) and transactions (<c>/tx/0x…</c>) are linked; without one they are shown as numbers.</summary>
    public Uri? Explorer { get; set; }

    /// <summary>Accounts whose owners may publish datasets of this house when they are signed in; an empty one is nobody. Default: nobody.</summary>
    public string[] Publishers { get; set; } = [];

    /// <summary>Where the house's worker that publishes (Workers.Encryption) answers, such as http://encryption:8080. Default: in this process.</summary>
    public Uri? Worker { get; set; }

    /// <summary>File with that worker's API token. Default: this process's own.</summary>
    public string? WorkerTokenFile { get; set; }

    /// <summary>How long a sign-in lasts. Default: 12 hours.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan SessionTime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How long a dataset's metadata is asked for every <see cref="FetchInterval"/>. After that it counts as missing and is looked for each <c>Dashboard:MissingSchedule</c>. Default: 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan FetchPatience { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Default: 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan FetchInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The built pages. Default: <c>wwwroot</c> beside the program.</summary>
    [Required]
    public string PagesDirectory { get; set; } = Path.Combine(AppContext.BaseDirectory, "wwwroot");

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Origin is not null && (!IsHttp(Origin) || Origin.PathAndQuery != "/"))
        {
            yield return new ValidationResult("has to be a scheme, a host and perhaps a port, such as https://market.example", [nameof(Origin)]);
        }

        if (WalletRpc is not null && !IsHttp(WalletRpc))
        {
            yield return new ValidationResult("has to be an absolute http or https address", [nameof(WalletRpc)]);
        }

        if (Worker is not null && (!IsHttp(Worker) || Worker.PathAndQuery != "/"))
        {
            yield return new ValidationResult("has to be a scheme, a host and perhaps a port, such as http://encryption:8080", [nameof(Worker)]);
        }

        foreach (var publisher in Publishers.Where(p => p.Length > 0 && !Ethereum.Address.TryParse(p, null, out _)))
        {
            yield return new ValidationResult($"'{publisher}' is not an address: 0x and 40 hexadecimal digits", [nameof(Publishers)]);
        }

        if (Explorer is not null && !IsHttp(Explorer))
        {
            yield return new ValidationResult("has to be an absolute http or https address", [nameof(Explorer)]);
        }
    }

    private static bool IsHttp(Uri address) => address.IsAbsoluteUri && address.Scheme is "http" or "https";
}
