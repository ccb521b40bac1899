using Ethereum;
using Microsoft.Extensions.Options;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Messaging;
using Workers.Hosting.Queries;

namespace LocationService.Bonded;

/// <summary>Send a finding to the house that files penalties.</summary>
public sealed record ReportFinding(string Collaborator, string Query);

/// <summary>Sends findings, as often as it takes.</summary>
public sealed partial class ReportFindingHandler(LocationServiceDb db, EnvelopeClient envelopes, IOptions<LocationServiceOptions> options, TimeProvider clock, ILogger<ReportFindingHandler> logger)
    : IHandler<ReportFinding>
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async Task HandleAsync(ReportFinding message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (await db.Findings.FindAsync([Address.Parse(message.Collaborator), Hash32.Parse(message.Query)], cancellationToken) is not { ReportedAt: null, Problem: null } row)
        {
            return;
        }

        if (options.Value.Report.Entry() is not { } house)
        {
            Log.Unreported(logger, row.Collaborator, row.Query);
            row.Problem = "LocationService:Report names no house that files penalties.";
            return;
        }

        try
        {
            using var reply = await envelopes.SendAsync(house, QueryKinds.Evidence, row.Evidence, cancellationToken);
            if (MemberJson.Read<EvidenceReceipt>(reply.Reveal()) is { State: EvidenceReceipt.Later } later)
            {
                throw new TooEarlyException($"{EnvelopeClient.Sentence(later.Sentence)} The evidence is sent again", Again);
            }

            row.ReportedAt = clock.GetUtcNow();
        }
        catch (FormatException e)
        {
            row.Problem = e.Message;
        }
        catch (EnvelopeException e) when (e.Fault == EnvelopeFault.Refused)
        {
            row.Problem = e.Message;
        }
        catch (EnvelopeException e)
        {
            throw new TooEarlyException($"{e.Message} The evidence is sent again", Again);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Collaborator} forwarded query {Query} twice; the evidence is kept, since LocationService:Report names no house that files penalties")]
        public static partial void Unreported(ILogger logger, Address collaborator, Hash32 query);
    }
}
