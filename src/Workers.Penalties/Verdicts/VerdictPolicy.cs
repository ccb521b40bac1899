using System.Collections.Immutable;
using System.Globalization;
using Ethereum;
using Ethereum.Abi;
using Workers.Hosting.Members;

namespace Workers.Penalties.Verdicts;

/// <summary>An event of another contract that speaks against somebody.</summary>
/// <param name="Subject">What it is about: a query, a request and a node, a session, a trade.</param>
/// <param name="Time">Unix time of its block.</param>
public sealed record Misdeed(Hash32 Subject, Hash32 BlockHash, Hash32 TransactionHash, uint LogIndex, ulong Time);

/// <summary>That somebody is to be penalised for what other contracts' events show (IConduct.penalise).</summary>
/// <param name="Evidence">By which the contract penalises once.</param>
/// <param name="CommittedAt">Unix time of the last event.</param>
/// <param name="Shown">The events.</param>
public sealed record Verdict(Offence Offence, Address Offender, Hash32 Evidence, ulong CommittedAt, ImmutableArray<Misdeed> Shown);

/// <summary>The published rules by which events are judged. Pure: whoever has the same events comes to the same verdicts, and further events change none of them.</summary>
public static class VerdictPolicy
{
    private const int Word = 32;

    /// <summary>Whether what an event shows is a misdeed. Who cancels a trade before its time is over has answered, and whoever had too little time did nothing wrong: a provider can shorten it for every owner.</summary>
    public static bool Counts(MisdeedRow row, VerdictOptions options)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(options);
        return row.IsShown && row.Time > row.Deadline && (row.Deadline == 0 || row.Deadline - row.Since >= (long)options.LeastAnswerTime.TotalSeconds);
    }

    /// <summary>The verdicts on one account for one offence.</summary>
    /// <param name="contract">The one that the offence is shown by.</param>
    /// <param name="misdeeds">In final blocks, in the chain's order.</param>
    public static IReadOnlyList<Verdict> Judge(Offence offence, Address offender, Address contract, ulong chainId, IReadOnlyList<Misdeed> misdeeds, VerdictOptions options)
    {
        ArgumentNullException.ThrowIfNull(misdeeds);
        ArgumentNullException.ThrowIfNull(options);
        if (offence != Offence.ExpiredQuery)
        {
            return [.. misdeeds.Select(m => new Verdict(offence, offender, EvidenceOf(chainId, contract, m), m.Time, [m]))];
        }

        // One can go away once; an answer can come too late.
        var window = (ulong)options.Window.TotalSeconds;
        return
        [
            .. misdeeds.GroupBy(m => m.Time / window).SelectMany(day => day.Chunk(options.ExpiredQueries)).Where(some => some.Length == options.ExpiredQueries)
                .Select(some => new Verdict(offence, offender, Keccak256.Hash([.. some.SelectMany(m => m.Subject.ToArray())]), some[^1].Time, [.. some])),
        ];
    }

    /// <summary>keccak256(abi.encode(chainId, contract, block hash, transaction hash, log index)) (IConduct).</summary>
    public static Hash32 EvidenceOf(ulong chainId, Address contract, Misdeed misdeed)
    {
        ArgumentNullException.ThrowIfNull(misdeed);
        var writer = new AbiWriter(5 * Word);
        writer.UInt64(chainId, 64);
        writer.Address(contract);
        writer.Hash32(misdeed.BlockHash);
        writer.Hash32(misdeed.TransactionHash);
        writer.UInt64(misdeed.LogIndex, 64);
        return Keccak256.Hash(writer.ToArray());
    }

    /// <summary>keccak256(abi.encode(offender, offence, evidence)), as which the contract's event knows a verdict's evidence.</summary>
    public static Hash32 ConvictionOf(Verdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        var writer = new AbiWriter(3 * Word);
        writer.Address(verdict.Offender);
        writer.UInt64((ulong)verdict.Offence, 8);
        writer.Hash32(verdict.Evidence);
        return Keccak256.Hash(writer.ToArray());
    }

    /// <summary>When an attestor sends a verdict: 0 for the first, who follows from the evidence, up to attestors − 1.</summary>
    /// <param name="own">Where it stands among the attestors.</param>
    public static int TurnOf(Hash32 evidence, int own, int attestors) => (own + attestors - (evidence.ToArray()[^1] % attestors)) % attestors;

    /// <summary>For a person.</summary>
    public static string Sentence(Verdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        var subject = verdict.Shown[0].Subject;
        return string.Create(CultureInfo.InvariantCulture, $"{verdict.Offender} is accused of {Filing.FilingPolicy.Name(verdict.Offence)}: ") + verdict.Offence switch
        {
            Offence.MissingReview => $"as candidate of session {subject} it did not show its review in time.",
            Offence.Equivocation => "as a node of an oracle's committee it signed that it accepts a proposal and that it rejects it.",
            Offence.UnansweredTrade => $"it left trade {new System.Numerics.BigInteger(subject.ToArray(), isUnsigned: true, isBigEndian: true)} unanswered until its time was over, and the buyer took the price back.",
            _ => $"it had agreed to forward {verdict.Shown.Length} queries, and neither forwarded nor declined them in time.",
        };
    }
}
