using Workers.Oracle.Profiles;
using Workers.Oracle.Retrieval;
using Workers.Oracle.Terms;

namespace Workers.Oracle.Solving;

/// <summary>What came of the profiles of a request's members.</summary>
/// <param name="Profiles">In the order in which they were asked for; all of them when there is no problem.</param>
/// <param name="Findings">Of all sources that were asked.</param>
/// <param name="Problem">Why there are not all.</param>
/// <param name="MayStillCome">Whether asking again can end otherwise.</param>
internal sealed record GatheredProfiles(List<ProfileContent> Profiles, List<SourceFinding> Findings, string? Problem, bool MayStillCome)
{
    /// <summary>Of all profiles of a request together: they are in memory until they are counted, twice this much with their positions.</summary>
    public const long MaxBytes = 64 << 20;

    /// <summary>Asks for one after the other, as long as <paramref name="left"/> of the round.</summary>
    /// <exception cref="GameTermsException">They have more than <see cref="MaxBytes"/>. Which profiles these are stands in the request, so every node comes to the same end.</exception>
    public static async Task<GatheredProfiles> FetchAsync(
        ProfileRetriever retriever, IEnumerable<ProfileRequest> asked, ProfileReader reader, TimeSpan left, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (profiles, findings, problems) = (new List<ProfileContent>(), new List<SourceFinding>(), new List<string>());
        var (mayStillCome, total) = (false, 0L);
        using var timer = StepTimer.Start(left, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            foreach (var profile in asked)
            {
                var retrieval = await retriever.RetrieveAsync(profile, reader, either.Token);
                findings.AddRange(retrieval.Findings);
                if (retrieval.Content is { } content)
                {
                    total += content.Bytes.Length;
                    profiles.Add(total <= MaxBytes
                        ? content
                        : throw new GameTermsException($"The profiles have more than {MaxBytes >> 20} MiB together. Ask for fewer members or with shorter histories."));
                    continue;
                }

                problems.Add($"{profile.Member}: {retrieval}");
                mayStillCome |= retrieval.MayStillCome;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new GatheredProfiles(profiles, findings, "The profiles' sources did not deliver them before the round ended.", false);
        }

        return new GatheredProfiles(profiles, findings, problems.Count == 0 ? null : string.Join(' ', problems), mayStillCome);
    }
}
