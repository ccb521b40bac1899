using Ethereum;
using Ethereum.Contracts;
using Workers.Hosting.Members;

namespace Workers.Hosting.Queries;

/// <summary>Kinds of envelopes.</summary>
public static class QueryKinds
{
    /// <summary><see cref="Collaboration.Terms"/>, from a querier to a collaborator; the answer is a <see cref="QueryAgreement"/>.</summary>
    public const string Agreement = "query-agreement";

    /// <summary><see cref="HandedQuery"/>, from a querier to its collaborator; the answer is a <see cref="QueryReply"/>.</summary>
    public const string Forward = "forward";

    /// <summary><see cref="ForwardedQuery"/>, from a collaborator to the service; the answer is a <see cref="QueryReply"/>.</summary>
    public const string Forwarded = "forwarded-query";

    /// <summary><see cref="Members.Evidence"/>, to a house that files penalties; the answer is an <see cref="EvidenceReceipt"/>.</summary>
    public const string Evidence = "evidence";
}

/// <summary>What became of evidence that somebody sent.</summary>
/// <param name="Id">Of the case.</param>
public sealed record EvidenceReceipt(Hash32 Id, string State, string Sentence)
{
    /// <summary>The state of what was not taken now and is to be sent again; a refusal is for good.</summary>
    public const string Later = nameof(Later);
}

/// <summary>A collaborator's word (<see cref="QueryMarket.Agreement"/>).</summary>
public sealed record QueryAgreement(byte[] Signature);

/// <summary>The query for which a collaborator agreed, once it is bonded.</summary>
public sealed record HandedQuery(Hash32 Query, byte[] Payload);

/// <summary>A query under the collaborator's name.</summary>
/// <param name="Signature">Of <paramref name="Forward"/> as <see cref="Statements"/> has it.</param>
public sealed record ForwardedQuery(Conduct.Forward Forward, byte[] Signature, byte[] Payload);

/// <summary>What became of it.</summary>
/// <param name="Result">The sealed result; null: there is none yet, ask again. A refusal says that there never will be one.</param>
public sealed record QueryReply(byte[]? Result)
{
    /// <summary>Longest sealed result that a body of so many bytes holds.</summary>
    public static int MostBytes(int maxBody) => (maxBody - 64) / 4 * 3;
}
