using Ethereum;
using Ethereum.Abi;
using Ethereum.Contracts;

namespace Workers.Oracle.Requests;

/// <summary>What a solver proposes; the names are the contract's (IPrivacyOracle.Proposal).</summary>
/// <param name="ProfileDigest">Of all profiles.</param>
/// <param name="Result">SHA-256 of the model's bytes, or of the document that refuses the request.</param>
/// <param name="Content">SHA-256 of the raw block with the <see cref="Solving.SealedModel"/>; zero of a refusal.</param>
/// <param name="ExpiresAt">The last second of the model's validity; the Unix epoch of a refusal.</param>
/// <param name="IsRefusal">There can be no model.</param>
public sealed record Proposal(string ProfileDigest, string Result, string Content, DateTimeOffset ExpiresAt, bool IsRefusal)
{
    private const byte Refusal = 1;

    /// <summary>As events bring it.</summary>
    public static Proposal Of(PrivacyOracle.Proposal proposal)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        return new Proposal(proposal.ProfileDigest.ToString(), proposal.Result.ToString(), proposal.Content.ToString(), RequestTerms.Time(proposal.ExpiresAt), proposal.Outcome == Refusal);
    }

    /// <summary>As calls take it.</summary>
    public PrivacyOracle.Proposal ToCall() => new(
        Hash32.Parse(ProfileDigest), Hash32.Parse(Result), Hash32.Parse(Content), (ulong)ExpiresAt.ToUnixTimeSeconds(), IsRefusal ? Refusal : (byte)0);
}
