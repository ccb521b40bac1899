using System.Text;
using Contracts.Messages;
using Microsoft.Extensions.Options;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Messaging;
using Workers.Hosting.Queries;

namespace Workers.Collaboration.Reporting;

/// <summary>Sends evidence to the house that files penalties for this member, as often as it takes.</summary>
public sealed partial class ReportMisconductHandler(EnvelopeClient envelopes, IOptions<ReportingOptions> options, ILogger<ReportMisconductHandler> logger) : IHandler<MisconductFound>
{
    /// <inheritdoc/>
    public async Task HandleAsync(MisconductFound message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        foreach (var (account, house) in options.Value.House)
        {
            try
            {
                using var receipt = await envelopes.SendAsync(house.ToEntry(account), QueryKinds.Evidence, Encoding.UTF8.GetBytes(message.Evidence), cancellationToken);
                if (MemberJson.Read<EvidenceReceipt>(receipt.Reveal()) is { State: EvidenceReceipt.Later } later)
                {
                    throw new TooEarlyException($"{EnvelopeClient.Sentence(later.Sentence)} The evidence is sent again", options.Value.Again);
                }

                Log.Reported(logger, account);
            }
            catch (FormatException e)
            {
                Log.Refused(logger, account, e.Message);
            }
            catch (EnvelopeException e) when (e.Fault == EnvelopeFault.Unavailable)
            {
                throw new TooEarlyException($"{e.Message} The evidence is sent again", options.Value.Again);
            }
            catch (EnvelopeException e)
            {
                Log.Refused(logger, account, e.Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Evidence of misconduct went to {House}")]
        public static partial void Reported(ILogger logger, string house);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{House} does not take the evidence: {Problem}")]
        public static partial void Refused(ILogger logger, string house, string problem);
    }
}
