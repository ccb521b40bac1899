using System.Text.Json;
using Ethereum;
using Mechanisms.PrivacyGame;
using Microsoft.Extensions.Options;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;
using Workers.Oracle.Nodes;
using Workers.Oracle.Profiles;
using Workers.Oracle.Requests;
using Workers.Oracle.Retrieval;
using Workers.Oracle.Terms;

namespace Workers.Oracle.Solving;

/// <summary>Fetch and check the profiles of a request's members.</summary>
public sealed record GatherProfiles(string RequestId);

/// <summary>Fetches, checks and counts the profiles, and forgets them. Sources that do not answer yet are asked again until the round ends.</summary>
public sealed class GatherProfilesHandler(
    OracleDb db, OracleChain chain, OracleContent content, ProfileRetriever retriever, KeyVault vault, MainAccount account, IOptions<OracleOptions> options, TimeProvider clock) : IHandler<GatherProfiles>
{
    /// <inheritdoc/>
    public async Task HandleAsync(GatherProfiles message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var id = message.RequestId;
        var row = await db.Gatherings.FindAsync([id], cancellationToken);
        var request = await chain.RequestAsync(id, cancellationToken);
        if (row is not { ProfileDigest: null, Problem: null })
        {
            return;
        }

        var standing = await chain.StandingAsync(id, account.Address, cancellationToken);
        if (request.Asked is null || standing.State != RequestState.Gathering)
        {
            // The round is over without this node, or the request vanished in a reorganisation; if it comes back, it begins anew.
            db.Gatherings.Remove(row);
            return;
        }

        row.At = clock.GetUtcNow();
        try
        {
            await GatherAsync(row, request, await content.TermsAsync(request, cancellationToken), standing.Deadline, cancellationToken);
        }
        catch (GameTermsException e)
        {
            (row.Refusal, row.ProfileDigest) = (e.Message, ProfileDigest.OfUnusableTerms(Hash32.Parse(id)).ToString());
        }

        db.Publish(new RequestChanged(id));
    }

    private async Task GatherAsync(GatheringRow row, OracleRequest request, GameTerms terms, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        using var pair = await MaintainNodeHandler.KeyPairAsync(db, vault, cancellationToken) ?? throw new TooEarlyException("This node has no key yet", options.Value.FetchInterval);
        var reader = new ProfileReader(account.Address, pair, new OracleReference(chain.ChainId, chain.Contract));
        var asked = terms.Members.Select(Profile).ToList();
        var gathered = await GatheredProfiles.FetchAsync(retriever, asked, reader, deadline - await chain.TimeAsync(cancellationToken), clock, cancellationToken);
        row.Findings = JsonSerializer.Serialize(gathered.Findings.Select(View));
        if (gathered.Problem is null)
        {
            row.ProfileDigest = ProfileDigest.Of(Hash32.Parse(request.Id), asked.Zip(gathered.Profiles, (a, p) => (a.Member, p.Bytes))).ToString();
            try
            {
                row.WrappedGame = GatheredGame.Wrap(GroupGame.Of(terms.Cells(), [.. gathered.Profiles.Select(p => p.ToTrajectory())], terms.ToOptions()), request.Id, vault);
            }
            catch (ArgumentException e)
            {
                // These profiles at this interval are too much, for every node alike.
                row.Refusal = e.Message;
            }
        }
        else if (gathered.MayStillCome)
        {
            throw new TooEarlyException($"Profiles are missing. {gathered.Problem}", options.Value.FetchInterval);
        }
        else
        {
            row.Problem = gathered.Problem;
        }

        ProfileRequest Profile(MemberTerms member) => new(
            Address.Parse(member.Account), Hash32.Parse(member.Profile), member.Sources.Select(ProfileSource.Parse), terms.Quorum, TimeSpan.FromSeconds(terms.MaxProfileAge));
    }

    private static object View(SourceFinding finding) => new
    {
        Source = finding.Source.ToString(),
        Outcome = finding.Outcome.ToString(),
        Content = finding.Content?.ToString(),
        Received = finding.Received?.ToString(),
        Evidence = finding.Evidence is not { } e ? null : new { Member = e.Member.ToString(), Content = e.Content.ToString(), e.IssuedAt, e.ExpiresAt, Signature = Hex.ToString(e.Signature.Span) },
        finding.Sentence,
    };
}
