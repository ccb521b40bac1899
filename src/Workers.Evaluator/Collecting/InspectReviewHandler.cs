using System.Security.Cryptography;
using ContentStore;
using Ethereum;
using Ethereum.Contracts;
using Microsoft.Extensions.Options;
using Workers.Evaluator.Agreements;
using Workers.Evaluator.Arbitrating;
using Workers.Evaluator.Sessions;
using Workers.Evaluator.Shards;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Evaluator.Collecting;

/// <summary>Look into the review that stands in this block.</summary>
public sealed record InspectReview(string SessionId, string Provider, string ReviewBlockHash);

/// <summary>Checks the candidate's sampled shards against its features; when they are false, gives the arbiter the evidence.</summary>
public sealed class InspectReviewHandler(
    EvaluatorDb db,
    SessionChain chain,
    FeatureReader features,
    ReviewInspection inspection,
    IContentStore content,
    KeyVault vault,
    MainAccount account,
    IOptions<CollectingOptions> options) : IHandler<InspectReview>
{
    /// <inheritdoc/>
    public async Task HandleAsync(InspectReview message, CancellationToken cancellationToken)
    {
        var row = await db.Collections.FindAsync([message.SessionId], cancellationToken)
            ?? throw new RejectedException($"Session {message.SessionId} is none of this collector's.");
        var session = await chain.SessionAsync(message.SessionId, cancellationToken);
        var result = await db.Inspections.FindAsync([message.SessionId, message.Provider, message.ReviewBlockHash], cancellationToken);
        if (result is not { IsPending: true })
        {
            return;
        }

        if (session is not { State: SessionState.Reviewing, Terms: { } terms, Candidate: { Review: { } review, Submission: not null } candidate }
            || candidate.Account != message.Provider || review.Block.Hash != message.ReviewBlockHash)
        {
            // The review vanished in a reorganisation; if it comes back, it is looked into again.
            db.Inspections.Remove(result);
            return;
        }

        var bundle = (await features.OpenAsync(row, terms, candidate, cancellationToken)).Bytes;
        var problem = await ProblemAsync(row, session, terms, candidate, bundle, cancellationToken);
        result.EvidenceHash = problem is not null && terms.HasArbiter ? await AccuseAsync(row, candidate, bundle, cancellationToken) : null;
        (result.Problem, result.IsPending) = (problem, false);
        db.Publish(new SessionChanged(session.Id));
    }

    private async Task<string?> ProblemAsync(CollectionRow row, Session session, SessionTerms terms, Participant candidate, byte[] bundle, CancellationToken cancellationToken)
    {
        try
        {
            using var pair = CollectionKeys.ReviewKey(row, vault);
            var reference = chain.Reference(session.Id);
            using var sessionKey = SealedSessionKey.Open(pair, candidate.Review!.Fact.SealedKey, reference, Address.Parse(candidate.Account));
            return await inspection.ProblemAsync(reference, terms, candidate, sessionKey, bundle, cancellationToken);
        }
        catch (HpkeException e)
        {
            return $"The session key does not open: {e.Message}";
        }
        catch (TooEarlyException e)
        {
            // The shards are not there, or not yet: what cannot be fetched when the time to decide runs out cannot be bought.
            if (await chain.TimeAsync(cancellationToken) < session.Deadline - (2 * options.Value.DecisionMargin))
            {
                throw;
            }

            return e.Message;
        }
    }

    private async Task<string> AccuseAsync(CollectionRow row, Participant candidate, byte[] bundle, CancellationToken cancellationToken)
    {
        using var opened = new MemoryStream(bundle, writable: false);
        var stored = await content.PutAsync(opened, cancellationToken);
        using var pair = CollectionKeys.ReviewKey(row, vault);
        using var privateKey = pair.ExportPrivateKey();
        var evidence = new Evidence(1, row.SessionId, candidate.Account, privateKey.Reveal().ToArray(), stored.Root.ToString()).Write();
        using var document = new MemoryStream(evidence, writable: false);
        await content.PutAsync(document, cancellationToken);
        var hash = new Hash32(SHA256.HashData(evidence));
        var call = new CommunicationLog.RecordCall(Hash32.Parse(row.SessionId), Evidence.Kind, hash);
        await db.SubmitAsync($"session/{row.SessionId}/accuse/{candidate.Account}", account.Address, chain.Log, call.Encode(), cancellationToken);
        return hash.ToString();
    }
}
