using System.Collections.Immutable;
using System.Text.Json;
using Workers.Hosting.Chain;

namespace Workers.Oracle.Requests;

/// <summary>Where a request stands; the names are the contract's (IPrivacyOracle.State).</summary>
public enum RequestState
{
    /// <summary>It has not come yet, or has vanished.</summary>
    None,
    Gathering,
    Solving,
    Voting,
    Finalised,
    Refused,
    Expired,
}

/// <summary>Why there is no model; the names are the contract's (IPrivacyOracle.ExpiryReason).</summary>
public enum ExpiryReason
{
    TooFewProfiles,
    NoModel,
}

/// <summary>A fact and the block that it stands in.</summary>
public sealed record At<TFact>(TFact Fact, long BlockNumber, string BlockHash)
    where TFact : RequestFact;

/// <summary>A request as its facts add up to it, in the chain's order, whatever order they came in.</summary>
public sealed record OracleRequest(string Id)
{
    public RequestState State { get; private init; }

    /// <summary>Null until the request has come.</summary>
    public At<RequestFact.Requested>? Asked { get; private init; }

    /// <summary>Nodes that submitted a mark, in that order, which is the order of solving.</summary>
    public ImmutableArray<string> Submissions { get; private init; } = [];

    /// <summary>By attempt.</summary>
    public ImmutableSortedDictionary<int, At<RequestFact.Proposed>> Proposals { get; private init; } = ImmutableSortedDictionary<int, At<RequestFact.Proposed>>.Empty;

    public ImmutableArray<RequestFact.Voted> Votes { get; private init; } = [];

    public ImmutableArray<RequestFact.Penalised> Penalties { get; private init; } = [];

    public ImmutableArray<RequestFact.Paid> Payments { get; private init; } = [];

    /// <summary>The finalised model.</summary>
    public At<RequestFact.Finalised>? Model { get; private init; }

    /// <summary>Why there can be none.</summary>
    public At<RequestFact.Refused>? Refusal { get; private init; }

    public RequestFact.Expired? Expiry { get; private init; }

    /// <summary>Nobody's stake is reserved any more.</summary>
    public bool IsReleased { get; private init; }

    /// <summary>What the group asked for.</summary>
    public RequestTerms Terms => Asked!.Fact.Terms;

    /// <summary>Whether a node is in the committee.</summary>
    public bool HasMember(string node) => Asked is { } asked && asked.Fact.Committee.Contains(node, StringComparer.Ordinal);

    /// <summary>Adds up facts.</summary>
    public static OracleRequest Of(string id, IEnumerable<RequestFactRow> facts) =>
        facts.InChainOrder().Aggregate(new OracleRequest(id), (request, row) => request.With(JsonSerializer.Deserialize<RequestFact>(row.Fact)!, row.BlockNumber, row.BlockHash));

    // The id covers terms and committee, so a request in another block is the same one. What it builds on may come later, or have vanished: then a fact says nothing.
    private OracleRequest With(RequestFact fact, long number, string hash) => fact switch
    {
        RequestFact.Requested asked => State == RequestState.None ? this with { Asked = new(asked, number, hash), State = RequestState.Gathering } : this,
        _ when State == RequestState.None => this,
        RequestFact.Submitted submitted => this with { Submissions = Submissions.Add(submitted.Node) },
        RequestFact.Started => this with { State = RequestState.Solving },
        RequestFact.Proposed proposed => this with { State = RequestState.Voting, Proposals = Proposals.SetItem(proposed.Attempt, new(proposed, number, hash)) },
        RequestFact.Voted voted => this with { Votes = Votes.Add(voted) },
        RequestFact.Penalised penalised => this with { Penalties = Penalties.Add(penalised) },
        RequestFact.Paid paid => this with { Payments = Payments.Add(paid) },
        RequestFact.Finalised model => this with { State = RequestState.Finalised, Model = new(model, number, hash) },
        RequestFact.Refused refused => this with { State = RequestState.Refused, Refusal = new(refused, number, hash) },
        RequestFact.Expired expired => this with { State = RequestState.Expired, Expiry = expired },
        RequestFact.Released => this with { IsReleased = true },
        _ => this,
    };
}
