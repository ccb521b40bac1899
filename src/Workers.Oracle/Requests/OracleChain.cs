using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Chain;
using Workers.Oracle.Profiles;

namespace Workers.Oracle.Requests;

/// <summary>What the handlers of requests ask the chain and the facts that came from it.</summary>
public sealed class OracleChain(EthereumRpc rpc, IOptions<ChainOptions> options, OracleDb db) : WorkerChain(rpc, options, db)
{
    /// <summary>The oracle's contract.</summary>
    public Address Contract => ContractAt("PrivacyOracle");

    /// <summary>EIP-712's domain of votes.</summary>
    public TypedDataDomain Domain => new OracleReference(ChainId, Contract).Domain;

    /// <summary>A request as its facts stand now.</summary>
    public async Task<OracleRequest> RequestAsync(string requestId, CancellationToken cancellationToken) =>
        OracleRequest.Of(requestId, await db.RequestFacts.AsNoTracking().Where(f => f.RequestId == requestId).ToListAsync(cancellationToken));

    /// <summary>Where the contract stands at the chain's latest block, and what a node did in it.</summary>
    public async Task<Standing> StandingAsync(string requestId, Address node, CancellationToken cancellationToken)
    {
        var id = Hash32.Parse(requestId);
        var status = await ReadAsync(Contract, new PrivacyOracle.RequestOfCall(id), cancellationToken);
        var member = await ReadAsync(Contract, new PrivacyOracle.MemberOfCall(id, node), cancellationToken);
        return new Standing(
            (RequestState)status.State, status.Attempt, status.Solver.ToString(), RequestTerms.Time(status.Deadline), status.ProfileDigest.ToString(), status.ProposalHash.ToString(),
            HasSubmitted: member.Mark.Any(b => b != 0), HasVoted: member.Ballot == status.Attempt + 1, IsPenalised: member.Penalised, IsReleased: status.Released);
    }
}

/// <summary>A request at the chain's latest block, as one node of its committee sees it.</summary>
/// <param name="Attempt">The present or last one, from 0.</param>
/// <param name="Solver">Of that attempt.</param>
/// <param name="Deadline">Of the present step, that second included; after the end, of the challenges.</param>
/// <param name="ProfileDigest">Zero until the first proposal.</param>
/// <param name="ProposalHash">Of what is voted on.</param>
public sealed record Standing(
    RequestState State, int Attempt, string Solver, DateTimeOffset Deadline, string ProfileDigest, string ProposalHash, bool HasSubmitted, bool HasVoted, bool IsPenalised, bool IsReleased);
