using Ethereum;
using Ethereum.Contracts;
using Workers.Hosting.Data;

namespace Workers.Encryption.Market;

/// <summary>An application that a provider commissioned, with the terms that a request made now would get.</summary>
public sealed class ListedApplicationRow
{
    /// <summary>keccak256 of the package's CID.</summary>
    public required string ApplicationId { get; init; }

    public required string Provider { get; init; }

    public required string Cid { get; init; }

    /// <summary>α: the owner's share in basis points, 0..10,000.</summary>
    public required int OwnerShare { get; init; }

    /// <summary>Seconds that an owner has to answer.</summary>
    public required long AnswerWindow { get; init; }

    /// <summary>Seconds that an owner has to answer after the buyer's notice.</summary>
    public required long CancelNotice { get; init; }

    /// <summary>Seconds that a buyer has to confirm or dispute an answer.</summary>
    public required long ConfirmWindow { get; init; }

    /// <summary>Seconds that the arbiter has to rule.</summary>
    public required long DisputeWindow { get; init; }

    public required string Arbiter { get; init; }

    public required long BlockNumber { get; init; }

    public required string BlockHash { get; init; }

    public required long LogIndex { get; init; }

    /// <summary>As a request names them, so that it fails if they changed before it is mined.</summary>
    internal DataTrades.Terms ToTerms() => new(
        checked((ushort)OwnerShare), checked((uint)AnswerWindow), checked((uint)CancelNotice),
        checked((uint)ConfirmWindow), checked((uint)DisputeWindow), Address.Parse(Arbiter));
}

/// <summary>A sealed period that an owner recorded on chain.</summary>
public sealed class ListedSealRow
{
    public required string SealId { get; init; }

    public required string ApplicationId { get; init; }

    public required string Owner { get; init; }

    /// <summary>keccak256 of the tag's name.</summary>
    public required string Tag { get; init; }

    public required long Period { get; init; }

    public required string KeyCommitment { get; init; }

    /// <summary>SHA-256 of the sealed blob (Eq. 1).</summary>
    public required string ContentHash { get; init; }

    public required string Cid { get; init; }

    public required DateTimeOffset SealedAt { get; init; }

    public required long BlockNumber { get; init; }

    public required string BlockHash { get; init; }
}
