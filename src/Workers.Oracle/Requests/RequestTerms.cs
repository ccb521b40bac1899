using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Workers.Hosting.Messaging;

namespace Workers.Oracle.Requests;

/// <summary>A request's conditions as the contract has them; the names are IPrivacyOracle.Terms's.</summary>
/// <param name="Document">SHA-256 of the <see cref="Terms.GameTerms"/>, lower-case 0x hex, as all hashes and addresses here.</param>
/// <param name="GroupKey">Uncompressed P-256 point, to which the model is sealed.</param>
/// <param name="Fee">In the token's smallest unit.</param>
/// <param name="Committee">n.</param>
/// <param name="Threshold">m.</param>
/// <param name="Validity">Of the model.</param>
public sealed record RequestTerms(
    string Document, byte[] GroupKey, decimal Fee, int Committee, int Threshold, TimeSpan GatherWindow, TimeSpan SolveWindow, TimeSpan VoteWindow, TimeSpan Validity)
{
    /// <summary>As events bring them.</summary>
    public static RequestTerms Of(PrivacyOracle.Terms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return new RequestTerms(
            terms.Document.ToString(), terms.GroupKey, Amount(terms.Fee), terms.Committee, terms.Threshold, Seconds(terms.GatherSeconds), Seconds(terms.SolveSeconds), Seconds(terms.VoteSeconds),
            Seconds(terms.Validity));
    }

    /// <summary>As calls take them.</summary>
    public PrivacyOracle.Terms ToCall() => new(
        Hash32.Parse(Document), GroupKey, new BigInteger(Fee), (byte)Committee, (byte)Threshold, (uint)GatherWindow.TotalSeconds, (uint)SolveWindow.TotalSeconds, (uint)VoteWindow.TotalSeconds,
        (uint)Validity.TotalSeconds);

    // A fee has 96 bits, which a decimal holds.
    internal static decimal Amount(BigInteger value) => value <= new BigInteger(decimal.MaxValue)
        ? (decimal)value
        : throw new RejectedException($"The amount {value} is above {decimal.MaxValue}, the largest that this worker counts with.");

    internal static DateTimeOffset Time(ulong seconds) => seconds <= (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds()
        ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
        : DateTimeOffset.MaxValue;

    private static TimeSpan Seconds(uint seconds) => TimeSpan.FromSeconds(seconds);
}
