using Ethereum;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Members;
using Workers.Hosting.Messaging;

namespace Workers.Penalties.Ratings;

/// <summary>Computes a round's standings once all agencies were heard or the time for asking is over.</summary>
public sealed class ComputeRoundHandler(PenaltiesDb db, RoundComputation computation, IOptions<RatingOptions> options, TimeProvider clock) : IHandler<ComputeRound>
{
    /// <inheritdoc/>
    public async Task HandleAsync(ComputeRound message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (await db.Rounds.FindAsync([message.Round], cancellationToken) is not { State: RoundState.Asking } row)
        {
            return;
        }

        var asked = await db.RoundAgencies.Where(a => a.Round == row.Round).ToListAsync(cancellationToken);
        var answers = await computation.AnswersAsync(row.Round, cancellationToken);
        if (clock.GetUtcNow() < row.AskUntil)
        {
            await AskAgainAsync(row, asked, answers.Values, cancellationToken);
            if (asked.Exists(a => !a.IsDone))
            {
                return;
            }
        }

        foreach (var silent in asked.Where(a => !a.IsDone))
        {
            (silent.IsDone, silent.Problem) = (true, AskAgencyHandler.Late);
        }

        var listed = options.Value.Agencies.ToDictionary(a => Address.Parse(a.Key), a => a.Value);
        try
        {
            // Another house may have heard whom this one could not.
            var (document, report) = await computation.ComputeAsync(row.BlockNumber, answers.Values.ToLookup(a => a.Agency), cancellationToken);
            var unheard = asked.Where(a => a.Problem is not null && answers.Values.All(s => s.Agency != a.Agency)).Select(a => $" {NameOf(a.Agency, listed)} is left out: {a.Problem}.");
            (row.Document, row.Report) = (document?.Write(), report + string.Concat(unheard));
        }
        catch (FormatException e)
        {
            (row.Document, row.Report) = (null, e.Message);
        }

        row.State = row.Document is null ? RoundState.Failed : RoundState.Computed;
        if (row.State == RoundState.Computed)
        {
            db.Publish(new AttestRound(row.Round));
        }
    }

    // Events have no order: that somebody joined before the round's block may be told after agencies were asked.
    private async Task AskAgainAsync(RoundRow row, List<AgencyRow> asked, IEnumerable<CreditAnswer> answers, CancellationToken cancellationToken)
    {
        var said = answers.ToLookup(a => a.Agency, a => a.Ratings.Select(r => r.Member));
        var members = await db.MembersAtAsync(row.BlockNumber, cancellationToken);
        foreach (var agency in asked.Where(a => a.IsDone && a.Problem is null && members.Except(said[a.Agency].SelectMany(m => m)).Any()))
        {
            agency.IsDone = false;
            db.Publish(new AskAgency(row.Round, agency.Agency.ToString()));
        }
    }

    private static string NameOf(Address agency, Dictionary<Address, AgencyOptions> listed) => listed.TryGetValue(agency, out var options) ? options.Name : agency.ToString();
}
