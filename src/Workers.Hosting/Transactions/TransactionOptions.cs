using System.ComponentModel.DataAnnotations;
using Workers.Hosting.Configuration;

namespace Workers.Hosting.Transactions;

/// <summary>How a worker's transactions are paid for and followed. Section <c>Transactions</c>.</summary>
public sealed class TransactionOptions : IValidatableObject
{
    /// <summary>How often pending transactions are looked at. Default half a second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:05:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Transactions of one account that may be under way at once. Default 16: nodes drop long queues.</summary>
    [Range(1, 1_000)]
    public int MaxInFlight { get; set; } = 16;

    /// <summary>A transaction that is not mined is sent again this often. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan RebroadcastAfter { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>A transaction that is not mined is signed again with higher fees this often. Default 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan RepriceAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a transaction that the contract refuses in simulation is tried again before it counts as reverted: what it
    /// builds on may still be on its way in another account's transaction. Default 2 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan RefusalPatience { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Most that is ever offered per gas, gwei. Default 500.</summary>
    [Range(0.000000001, 1_000_000)]
    public decimal MaxFeePerGasGwei { get; set; } = 500;

    /// <summary>Least tip per gas, gwei. Default 1.</summary>
    [Range(0, 1_000_000)]
    public decimal MinTipGwei { get; set; } = 1;

    /// <summary>Simulated gas is raised by this factor, since the state may change until the transaction is mined. Default 1.25.</summary>
    [Range(1, 10)]
    public double GasMargin { get; set; } = 1.25;

    /// <summary>
    /// The main account: <c>key:PATH</c> (a file with 32 bytes in hex, made at first start), <c>keystore:PATH</c> (Web3 secret
    /// storage V3) or <c>node:0x…</c> (an account whose key the node holds). Default <c>key:account.key</c> in the data directory.
    /// </summary>
    [Required]
    public string Account { get; set; } = "key:account.key";

    /// <summary>Passphrase of a keystore.</summary>
    [Secret]
    public string? Passphrase { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Account.Split(':', 2) is not ["key" or "keystore" or "node", { Length: > 0 } rest])
        {
            yield return new ValidationResult("has to be key:PATH, keystore:PATH or node:0xADDRESS", [nameof(Account)]);
        }
        else if (Account.StartsWith("node:", StringComparison.Ordinal) && !Ethereum.Address.TryParse(rest, null, out _))
        {
            yield return new ValidationResult($"'{rest}' is not an address", [nameof(Account)]);
        }
        else if (Account.StartsWith("keystore:", StringComparison.Ordinal) && Passphrase is null)
        {
            yield return new ValidationResult("a keystore needs its passphrase", [nameof(Passphrase)]);
        }
    }
}
