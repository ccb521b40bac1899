using System.ComponentModel.DataAnnotations;
using Ethereum;
using Workers.Hosting.Configuration;

namespace Workers.Hosting.Chain;

/// <summary>When a block counts as one that can never change.</summary>
public enum Finality
{
    /// <summary>When it has <see cref="ChainOptions.FinalityDepth"/> descendants.</summary>
    Depth,

    /// <summary>When the node's <c>finalized</c> block tag has reached it.</summary>
    Tag,
}

/// <summary>Section <c>Chain</c>: which chain an organisation works on. The same for all of its workers.</summary>
public sealed class ChainOptions : IValidatableObject
{
    /// <summary>EIP-155 id. An endpoint that serves another chain is refused. Default: anvil's 31337.</summary>
    [Range(1L, long.MaxValue)]
    public long ChainId { get; set; } = 31337;

    /// <summary>Addresses of JSON-RPC endpoints, the preferred one first. Not shown in errors and logs: their paths often hold an access key.</summary>
    [Secret]
    public Uri[] Endpoints { get; set; } = [];

    /// <summary>Addresses of the market's contracts by their names, e.g. <c>Chain:Contracts:DataTrades</c>.</summary>
    public Dictionary<string, string> Contracts { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The first block that can hold an event of these contracts: the block of the first deployment. Default: 0.</summary>
    [Range(0L, long.MaxValue)]
    public long StartBlock { get; set; }

    /// <summary>Descendants that a block needs before its events are published. Default: 2.</summary>
    [Range(0, 10_000)]
    public int Confirmations { get; set; } = 2;

    /// <summary>Default: by depth.</summary>
    public Finality Finality { get; set; } = Finality.Depth;

    /// <summary>Descendants that make a block final, where <see cref="Finality"/> is by depth. Default: 64.</summary>
    [Range(1, 100_000)]
    public int FinalityDepth { get; set; } = 64;

    /// <summary>How often the node is asked for its newest block. Default: half a second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.0200000", "00:05:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Time limit of one request to an endpoint, the answer included. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1000000", "00:10:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The address of a contract.</summary>
    /// <exception cref="InvalidOperationException">It is not configured.</exception>
    public Address Contract(string name) =>
        Contracts.TryGetValue(name, out var address)
            ? Address.Parse(address)
            : throw new InvalidOperationException($"Chain:Contracts:{name} is not set: it is the address at which the organisations deployed {name}.");

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoints.Length == 0)
        {
            yield return new ValidationResult("needs at least one address, e.g. Chain:Endpoints:0 = http://127.0.0.1:8545", [nameof(Endpoints)]);
        }

        if (Endpoints.Any(e => !e.IsAbsoluteUri || e.Scheme is not ("http" or "https")))
        {
            yield return new ValidationResult("every endpoint has to be an absolute http or https address", [nameof(Endpoints)]);
        }

        if (Finality == Finality.Depth && FinalityDepth < Confirmations)
        {
            yield return new ValidationResult($"has to be at least Chain:Confirmations ({Confirmations}), or events would be final before they are published", [nameof(FinalityDepth)]);
        }

        foreach (var (name, address) in Contracts)
        {
            if (!Address.TryParse(address, null, out _))
            {
                yield return new ValidationResult($"{name} = '{address}' is not an address: 0x and 40 hexadecimal digits", [nameof(Contracts)]);
            }
        }
    }
}
