using System.Collections.Immutable;
using Ethereum;
using Workers.Hosting.Members;

namespace Workers.Penalties.Attesting;

/// <summary>A house asks another to sign the standings that it computed.</summary>
/// <param name="Block">Final; whoever was a member after it has a standing.</param>
/// <param name="Epochs">Whose bills were counted.</param>
/// <param name="Answers">What agencies signed, by Keccak-256 of the JSON.</param>
/// <param name="Number">Of the attestation.</param>
public sealed record AttestRequest(long Round, long Block, Hash32 BlockHash, ImmutableArray<long> Epochs, ImmutableArray<Hash32> Answers, ulong Number, Hash32 Root, uint Members, uint Least, Hash32 Content)
{
    /// <summary>The envelope's kind.</summary>
    public const string Kind = "attest-standings";
}

/// <summary>What it says: its signature, or why not.</summary>
/// <param name="Missing">Answers that it needs first, in envelopes of kind <see cref="CreditAnswerHandler.Kind"/>.</param>
/// <param name="Others">Answers that it has beside those, and with which the standings are others.</param>
public sealed record AttestReply(byte[]? Signature, string? Problem, ImmutableArray<Hash32> Missing, ImmutableArray<CreditAnswer> Others)
{
    /// <summary>No signature.</summary>
    public static AttestReply No(string problem) => new(null, problem, [], []);
}
