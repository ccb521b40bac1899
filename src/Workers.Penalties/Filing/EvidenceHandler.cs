using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Queries;

namespace Workers.Penalties.Filing;

/// <summary>Takes evidence from members and location services; what shows nothing is refused and not kept.</summary>
public sealed class EvidenceHandler(PenaltiesDb db, CaseIntake intake, IOptions<FilingOptions> options, TimeProvider clock) : IEnvelopeHandler
{
    /// <summary>The envelope's kind; the body is an <see cref="Evidence"/>.</summary>
    public const string Kind = QueryKinds.Evidence;

    /// <inheritdoc/>
    public async Task<EnvelopeAnswer> HandleAsync(OpenedEnvelope envelope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        var sender = envelope.Header.From.ToString();
        try
        {
            var row = await intake.OpenAsync(envelope.Body.Reveal().ToArray(), sender, clock.GetUtcNow(), cancellationToken);
            if (db.Entry(row).State == EntityState.Added)
            {
                if (row.State == CaseState.Dismissed)
                {
                    return EnvelopeAnswer.Refuse(row.Sentence);
                }

                if (await db.Cases.CountAsync(c => c.FoundBy == sender && (c.State == CaseState.Waiting || c.State == CaseState.Held || c.State == CaseState.Filed), cancellationToken) >= options.Value.MaxOpenPerSender)
                {
                    return EnvelopeAnswer.Of(MemberJson.Write(new EvidenceReceipt(row.Id, EvidenceReceipt.Later, $"{options.Value.MaxOpenPerSender} cases of yours are open here. Come again when they have ended.")));
                }

                await db.SaveChangesAsync(cancellationToken);
            }

            return EnvelopeAnswer.Of(MemberJson.Write(new EvidenceReceipt(row.Id, row.State.ToString(), row.Sentence)));
        }
        catch (FormatException e)
        {
            return EnvelopeAnswer.Refuse($"No evidence: {e.Message}");
        }
    }
}
