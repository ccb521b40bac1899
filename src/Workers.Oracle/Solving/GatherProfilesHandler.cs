using System.Text.Json;
using Ethereum;
using Mechanisms.Mobility;
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
    // All profiles of a request are in memory until they are counted; twice this much with their positions.
    private const long MaxTotalBytes = 64 << 20;

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
        var left = standing.Deadline - await chain.TimeAsync(cancellationToken);
        using var timer = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await GatherAsync(row, request, await content.TermsAsync(request, cancellationToken), either.Token);
        }
        catch (GameTermsException e)
        {
            (row.Refusal, row.ProfileDigest) = (e.Message, ProfileDigest.OfUnusableTerms(Hash32.Parse(id)).ToString());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            row.Problem = "The profiles' sources did not deliver them before the round ended.";
        }

        db.Publish(new RequestChanged(id));
    }

    private async Task GatherAsync(GatheringRow row, OracleRequest request, GameTerms terms, CancellationToken cancellationToken)
    {
        using var pair = await MaintainNodeHandler.KeyPairAsync(db, vault, cancellationToken) ?? throw new TooEarlyException("This node has no key yet", options.Value.FetchInterval);
        var reader = new ProfileReader(account.Address, pair, new OracleReference(chain.ChainId, chain.Contract));
        var asked = terms.Members.Select(Profile).ToList();
        var (profiles, findings, problems) = (new List<(Address Member, ReadOnlyMemory<byte> Content)>(), new List<SourceFinding>(), new List<string>());
        var histories = new List<Trajectory>();
        var (waiting, total) = (false, 0L);
        foreach (var profile in asked)
        {
            var retrieval = await retriever.RetrieveAsync(profile, reader, cancellationToken);
            findings.AddRange(retrieval.Findings);
            if (retrieval.Content is { } fetched)
            {
                // Which profiles these are stands in the request, so every node comes to the same end.
                total += fetched.Bytes.Length;
                if (total > MaxTotalBytes)
                {
                    throw new GameTermsException($"The profiles have more than {MaxTotalBytes >> 20} MiB together. Ask for fewer members or with shorter histories.");
                }

                profiles.Add((profile.Member, fetched.Bytes));
                histories.Add(fetched.ToTrajectory());
                continue;
            }

            problems.Add($"{profile.Member}: {retrieval}");
            waiting |= retrieval.MayStillCome;
        }

        row.Findings = JsonSerializer.Serialize(findings.Select(View));
        if (problems.Count == 0)
        {
            var requestId = Hash32.Parse(request.Id);
            row.ProfileDigest = ProfileDigest.Of(requestId, profiles).ToString();
            try
            {
                row.WrappedGame = GatheredGame.Wrap(GroupGame.Of(terms.Cells(), histories, terms.ToOptions()), request.Id, vault);
            }
            catch (ArgumentException e)
            {
                // These profiles at this interval are too much, for every node alike.
                row.Refusal = e.Message;
            }
        }
        else if (waiting)
        {
            throw new TooEarlyException($"Profiles are missing. {string.Join(' ', problems)}", options.Value.FetchInterval);
        }
        else
        {
            row.Problem = string.Join(' ', problems);
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
