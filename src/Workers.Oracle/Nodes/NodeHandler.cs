using Ethereum;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;
using Workers.Oracle.Requests;
using Workers.Oracle.Solving;

namespace Workers.Oracle.Nodes;

/// <summary>A node's part in a request: gather the profiles, say so, solve or check, vote, and end what others leave lying.</summary>
public sealed class NodeHandler(OracleDb db, OracleChain chain, MainAccount account, IOptions<NodeOptions> options, TimeProvider clock) : IHandler<RequestChanged>
{
    private const long LeastGas = 600_000;

    /// <inheritdoc/>
    public async Task HandleAsync(RequestChanged message, CancellationToken cancellationToken)
    {
        var (id, self) = (message.RequestId, account.Address.ToString());
        var request = await chain.RequestAsync(id, cancellationToken);
        if (options.Value.Stake <= 0 || !request.HasMember(self))
        {
            return;
        }

        var standing = await chain.StandingAsync(id, account.Address, cancellationToken);
        var step = NodePolicy.Next(
            request, self, standing,
            await db.Gatherings.AsNoTracking().SingleOrDefaultAsync(g => g.RequestId == id, cancellationToken),
            await db.Solutions.AsNoTracking().SingleOrDefaultAsync(s => s.RequestId == id && s.Attempt == standing.Attempt, cancellationToken),
            await db.Verdicts.AsNoTracking().SingleOrDefaultAsync(v => v.RequestId == id && v.ProposalHash == standing.ProposalHash, cancellationToken),
            await chain.TimeAsync(cancellationToken), options.Value);
        await TakeAsync(step, id, cancellationToken);
    }

    private async Task TakeAsync(NodeStep? step, string id, CancellationToken cancellationToken)
    {
        var requestId = Hash32.Parse(id);
        switch (step)
        {
            case NodeStep.Gather:
                db.Gatherings.Add(new GatheringRow { RequestId = id, At = clock.GetUtcNow() });
                db.Publish(new GatherProfiles(id));
                break;
            case NodeStep.Submit(var digest):
                var mark = ProfileDigest.Mark(requestId, account.Address, Hash32.Parse(digest));
                await SubmitAsync(id, "profiles", new PrivacyOracle.SubmitProfilesCall(requestId, mark).Encode(), cancellationToken);
                break;
            case NodeStep.Solve(var attempt):
                db.Solutions.Add(new SolutionRow { RequestId = id, Attempt = attempt });
                db.Publish(new SolveGame(id, attempt));
                break;
            case NodeStep.Propose(var attempt, var proposal):
                await SubmitAsync(id, $"propose/{attempt}", new PrivacyOracle.ProposeCall(requestId, proposal.ToCall()).Encode(), cancellationToken);
                break;
            case NodeStep.Check(var attempt, var hash):
                db.Verdicts.Add(new VerdictRow { RequestId = id, ProposalHash = hash });
                db.Publish(new CheckProposal(id, attempt, hash));
                break;
            case NodeStep.Vote(var attempt, var hash, var accept, var evidence):
                await SubmitAsync(
                    id, $"vote/{hash}", await SignedVote.CallAsync(account.Signer, chain.Domain, id, attempt, hash, accept, evidence, cancellationToken), cancellationToken);
                break;
            case NodeStep.HandOver(var state, var attempt):
                await SubmitAsync(id, $"hand-over/{state}/{attempt}", new PrivacyOracle.HandOverCall(requestId).Encode(), cancellationToken);
                break;
            case NodeStep.Release:
                await SubmitAsync(id, "release", new PrivacyOracle.ReleaseCall(requestId).Encode(), cancellationToken);
                break;
        }
    }

    // A vote that decides costs far more than one that does not, and which it is shows only in its block (contracts/snapshots: 409 k for 15 nodes). What is not used is not paid.
    private Task<bool> SubmitAsync(string id, string step, byte[] data, CancellationToken cancellationToken) =>
        db.SubmitAsync($"request/{id}/{step}", account.Address, chain.Contract, data, cancellationToken, leastGas: LeastGas);
}
