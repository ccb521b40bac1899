using System.Numerics;
using Ethereum;
using Ethereum.Transactions;

namespace Workers.Oracle.Profiles;

/// <summary>
/// What a member signs about a profile: EIP-712, domain ("PrivacyOracle", "1", chain id, contract), struct
/// <c>Profile(address member,bytes32 content,uint256 issuedAt,uint256 expiresAt)</c>. By itself it proves what the member published: two with the
/// same times and different contents are a contradiction that anybody can check.
/// </summary>
/// <param name="Member">Who signs, about whom.</param>
/// <param name="Content">SHA-256 of the content.</param>
/// <param name="IssuedAt">Unix seconds.</param>
/// <param name="ExpiresAt">Unix seconds; above <paramref name="IssuedAt"/>.</param>
/// <param name="Signature">r ‖ s ‖ v, 65 bytes: s in the lower half (EIP-2), v 27 or 28.</param>
public sealed record ProfileHeader(Address Member, Hash32 Content, long IssuedAt, long ExpiresAt, ReadOnlyMemory<byte> Signature)
{
    /// <summary>How far clocks may differ before something counts as issued in the future.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(2);

    /// <summary>What the member signs.</summary>
    public static TypedData SignedData(OracleReference oracle, Address member, Hash32 content, long issuedAt, long expiresAt) => new(oracle.Domain, "Profile",
    [
        new("address", "member", member),
        new("bytes32", "content", content),
        new("uint256", "issuedAt", new BigInteger(issuedAt)),
        new("uint256", "expiresAt", new BigInteger(expiresAt)),
    ]);

    /// <summary>Whether the member signed this for this oracle, in the one form that a signature has.</summary>
    public bool IsSignedFor(OracleReference oracle) => SignedData(oracle, Member, Content, IssuedAt, ExpiresAt).IsSignedBy(Member, Signature.Span);

    /// <summary>Whether the profile may be used now.</summary>
    /// <param name="now">This node's clock.</param>
    /// <param name="maxAge">Longest time since it was issued.</param>
    /// <exception cref="ProfileException">Not yet valid, expired or too old.</exception>
    public void CheckTimes(DateTimeOffset now, TimeSpan maxAge)
    {
        var (issued, expires) = (DateTimeOffset.FromUnixTimeSeconds(IssuedAt), DateTimeOffset.FromUnixTimeSeconds(ExpiresAt));
        if (issued - now > ClockTolerance)
        {
            throw new ProfileException(ProfileProblem.NotYetValid, $"The profile is issued at {issued:u}, and it is {now:u}. Check both clocks.");
        }

        if (now >= expires)
        {
            throw new ProfileException(ProfileProblem.Expired, $"The profile expired at {expires:u}, and it is {now:u}. Its member has to publish it again.");
        }

        if (now - issued > maxAge)
        {
            throw new ProfileException(ProfileProblem.TooOld, $"The profile was issued at {issued:u}; the request takes none that is older than {maxAge:c} at {now:u}.");
        }
    }

    /// <summary>Who, what and when; a signature says nothing to a reader.</summary>
    public override string ToString() => $"profile {Content} of {Member}, {IssuedAt} to {ExpiresAt}";
}
