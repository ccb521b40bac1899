using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Workers.Hosting.Messaging;

namespace Workers.Evaluator.Sessions;

/// <summary>The conditions that the contract holds a session's parties to; the names are ITradingSessions.Terms's.</summary>
/// <param name="Collector">Lower-case 0x hex, as all addresses and hashes here.</param>
/// <param name="Reward">In the token's smallest unit, as <paramref name="Deposit"/>.</param>
/// <param name="SampleShare">CF% in basis points: of a provider's shards, and of the reward as compensation.</param>
/// <param name="Arbiter">May condemn a false review; the zero address where nobody may.</param>
/// <param name="Extractor">SHA-256 of the extractor's file.</param>
/// <param name="Agreement">SHA-256 of the agreement, one raw block.</param>
public sealed record SessionTerms(
    string Collector,
    decimal Reward,
    decimal Deposit,
    int SampleShare,
    DateTimeOffset Expiry,
    TimeSpan ReviewWindow,
    TimeSpan DecisionWindow,
    TimeSpan ClaimWindow,
    string Arbiter,
    string Extractor,
    string Agreement)
{
    /// <summary>Whether somebody may condemn a false review.</summary>
    public bool HasArbiter => Arbiter != Address.Zero.ToString();

    /// <exception cref="RejectedException">An amount is above what this worker counts with.</exception>
    public static SessionTerms Of(TradingSessions.Terms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return new SessionTerms(
            terms.Collector.ToString(), Amount(terms.Reward), Amount(terms.Deposit), (int)terms.SampleShare, Time(terms.Expiry),
            Window(terms.ReviewWindow), Window(terms.DecisionWindow), Window(terms.ClaimWindow), terms.Arbiter.ToString(), terms.Extractor.ToString(), terms.Agreement.ToString());
    }

    /// <summary>As calls take them.</summary>
    public TradingSessions.Terms ToCall() => new(
        Address.Parse(Collector), new BigInteger(Reward), new BigInteger(Deposit), SampleShare, Expiry.ToUnixTimeSeconds(),
        (long)ReviewWindow.TotalSeconds, (long)DecisionWindow.TotalSeconds, (long)ClaimWindow.TotalSeconds, Address.Parse(Arbiter), Hash32.Parse(Extractor), Hash32.Parse(Agreement));

    /// <summary>The contract's id of the session: keccak256(abi.encode(terms)), eleven words.</summary>
    public Hash32 Id() => Keccak256.Hash(new TradingSessions.CloseCall(ToCall()).Encode().AsSpan(4));

    internal static decimal Amount(BigInteger value) => value <= new BigInteger(decimal.MaxValue)
        ? (decimal)value
        : throw new RejectedException($"The amount {value} is above {decimal.MaxValue}, the largest that this worker counts with; the session is left alone.");

    // The contract keeps windows and the time to expiry below 2^23 seconds.
    internal static DateTimeOffset Time(BigInteger seconds) => DateTimeOffset.FromUnixTimeSeconds((long)seconds);

    private static TimeSpan Window(BigInteger seconds) => TimeSpan.FromSeconds((long)seconds);
}
