using System.Numerics;

namespace Workers.Hosting.Transactions;

/// <summary>What a transaction offers per gas (EIP-1559), wei.</summary>
/// <param name="MaxFee">Base fee and tip together never exceed it.</param>
/// <param name="Tip">For the block's proposer.</param>
public readonly record struct Fees(BigInteger MaxFee, BigInteger Tip)
{
    private static readonly BigInteger Gwei = 1_000_000_000;

    /// <summary>
    /// Fees for a first broadcast: twice the base fee, so that six full blocks in a row (12.5 % each, EIP-1559) do not price it
    /// out, and the node's suggested tip.
    /// </summary>
    public static Fees First(BigInteger baseFee, BigInteger suggestedTip, TransactionOptions options)
    {
        var tip = BigInteger.Max(suggestedTip, ToWei(options.MinTipGwei));
        return new Fees((2 * baseFee) + tip, tip).Capped(options);
    }

    /// <summary>Fees that replace an earlier offer: nodes ask for at least a tenth more of both; this gives an eighth.</summary>
    public Fees Raised(BigInteger baseFee, BigInteger suggestedTip, TransactionOptions options)
    {
        var first = First(baseFee, suggestedTip, options);
        return new Fees(BigInteger.Max(first.MaxFee, Eighth(MaxFee)), BigInteger.Max(first.Tip, Eighth(Tip))).Capped(options);

        static BigInteger Eighth(BigInteger value) => value + BigInteger.Max(1, (value + 7) / 8);
    }

    /// <summary>Whether nodes take this offer in place of an earlier one: at least a tenth more of both, which the cap may not allow.</summary>
    public bool Replaces(Fees earlier) => Exceeds(MaxFee, earlier.MaxFee) && Exceeds(Tip, earlier.Tip);

    private static bool Exceeds(BigInteger value, BigInteger earlier) => value > earlier && 10 * value >= 11 * earlier;

    private Fees Capped(TransactionOptions options)
    {
        var cap = ToWei(options.MaxFeePerGasGwei);
        return new Fees(BigInteger.Min(MaxFee, cap), BigInteger.Min(Tip, cap));
    }

    private static BigInteger ToWei(decimal gwei) => new(gwei * (decimal)Gwei);
}
