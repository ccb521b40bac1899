using System.Security.Cryptography;
using Ethereum;
using Mechanisms.PrivacyGame.Models;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;
using Workers.Oracle.Nodes;
using Workers.Oracle.Requests;

namespace Workers.Oracle.Solving;

/// <summary>Check another node's proposal.</summary>
public sealed record CheckProposal(string RequestId, int Attempt, string ProposalHash);

/// <summary>
/// Checks a model, or a refusal, against the game that this node built itself. It rejects only what every node with the same bytes has to reject; where it cannot open the model, or finds other
/// bytes than the digest's, it abstains: a solver could have done that to this node alone, to have it outvoted.
/// </summary>
public sealed class CheckProposalHandler(OracleDb db, OracleChain chain, OracleContent content, KeyVault vault, MainAccount account, TimeProvider clock) : IHandler<CheckProposal>
{
    /// <inheritdoc/>
    public async Task HandleAsync(CheckProposal message, CancellationToken cancellationToken)
    {
        var (id, hash) = (message.RequestId, message.ProposalHash);
        var row = await db.Verdicts.FindAsync([id, hash], cancellationToken);
        var gathered = await db.Gatherings.FindAsync([id], cancellationToken);
        var request = await chain.RequestAsync(id, cancellationToken);
        if (row is not { Accept: null, Problem: null } || gathered?.ProfileDigest is null)
        {
            return;
        }

        var standing = await chain.StandingAsync(id, account.Address, cancellationToken);
        if (standing.State != RequestState.Voting || standing.ProposalHash != hash || !request.Proposals.TryGetValue(message.Attempt, out var proposed) || proposed.Fact.Hash != hash)
        {
            // It was decided, or vanished in a reorganisation; if it comes back, it is checked again.
            db.Verdicts.Remove(row);
            return;
        }

        var started = clock.GetTimestamp();
        var proposal = proposed.Fact.Proposal;
        var own = await RequestedGame.OfAsync(request, gathered, content, vault, cancellationToken);
        var finding = proposal.IsRefusal
            ? await CheckRefusalAsync(proposal, own, cancellationToken)
            : await CheckModelAsync(request, proposal, own, cancellationToken);
        row.Seconds = clock.GetElapsedTime(started).TotalSeconds;
        (row.Accept, row.Problem) = (finding.Accept, finding.Problem);
        if (finding.Accept == false)
        {
            var report = new RejectionReport(1, id, message.Attempt, hash, account.Address.ToString(), finding.Fault!).Write();
            await content.PutAsync(report, cancellationToken);
            row.Evidence = PublicJson.HashOf(report);
        }

        db.Publish(new RequestChanged(id));
    }

    private async Task<Finding> CheckRefusalAsync(Proposal proposal, RequestedGame own, CancellationToken cancellationToken)
    {
        var document = await content.ReadAsync(PublicJson.CidOf(proposal.Result), RefusalDocument.MaxBytes, cancellationToken);
        return document is not null && RefusalDocument.Read(document) is { } refusal && refusal.Agrees(own.Refusal)
            ? Finding.Good
            : Finding.Bad("Refusal", own.Refusal is null ? "There can be a model, and the solver refused." : "The refusal does not say what this node found.");
    }

    private async Task<Finding> CheckModelAsync(OracleRequest request, Proposal proposal, RequestedGame own, CancellationToken cancellationToken)
    {
        if (own.Game is not { } game)
        {
            return Finding.Bad("Refusal", "There can be no model, and the solver proposed one.");
        }

        if (await content.SealedModelAsync(proposal.Content, cancellationToken) is not { } sealedModel)
        {
            return Finding.Abstain("What the proposal names is no sealed model.");
        }

        var requestId = Hash32.Parse(request.Id);
        try
        {
            using var pair = await MaintainNodeHandler.KeyPairAsync(db, vault, cancellationToken) ?? throw new SealedModelException("This node has no key.");
            var (bytes, watermarkKey) = sealedModel.Open(new ModelReference(chain.ChainId, chain.Contract, requestId), account.Address, pair);
            using (watermarkKey)
            {
                if (new Hash32(SHA256.HashData(bytes)).ToString() != proposal.Result)
                {
                    return Finding.Abstain("The model that opens is not the one whose digest stands on chain.");
                }

                var (model, watermark) = (PrivacyModelFile.Read(bytes), new Watermark(watermarkKey.Reveal()));
                if (!model.Terms.WatermarkCommitment.AsSpan().SequenceEqual(watermark.Commitment))
                {
                    return Finding.Abstain("The watermark's key that opens is not the one that the model commits to.");
                }

                var verdict = ModelCheck.Check(model, game, requestId.ToArray(), proposal.ExpiresAt, watermark);
                return verdict.Problem is { } problem ? Finding.Bad(verdict.Fault!.Value.ToString(), problem) : Finding.Good;
            }
        }
        catch (SealedModelException e)
        {
            return Finding.Abstain(e.Message);
        }
        catch (InvalidModelException e)
        {
            return Finding.Bad("Malformed", e.Message);
        }
    }

    /// <param name="Accept">Null: abstain.</param>
    /// <param name="Fault">For everybody.</param>
    /// <param name="Problem">For this house.</param>
    private sealed record Finding(bool? Accept, string? Fault, string? Problem)
    {
        public static Finding Good { get; } = new(true, null, null);

        public static Finding Bad(string fault, string problem) => new(false, fault, problem);

        public static Finding Abstain(string problem) => new(null, null, problem);
    }
}
