using Ethereum;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Messaging;

namespace Workers.Collaboration.Zones;

/// <summary>Sends a collaborator the bill for what it told, so that it can see to it that the bill is posted.</summary>
public sealed record SendBill(Guid ZoneId, string Collaborator);

/// <summary>Sends bills, as often as it takes.</summary>
public sealed class SendBillHandler(CollaborationDb db, IMemberDirectory members, EnvelopeClient envelopes) : IHandler<SendBill>
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async Task HandleAsync(SendBill message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var collaborator = Address.Parse(message.Collaborator);
        if (await db.Answers.FindAsync([message.ZoneId, collaborator], cancellationToken) is not { } row || await members.FindAsync(collaborator, cancellationToken) is not { } member)
        {
            return;
        }

        var signed = MemberJson.Read<SignedBill>(row.Bill);
        try
        {
            using var reply = await envelopes.SendAsync(member, BillCopyHandler.Kind, MemberJson.Write(new BillBody(signed.Bill, signed.Signature, row.Copy)), cancellationToken);
        }
        catch (EnvelopeException e) when (e.Fault == EnvelopeFault.Unavailable)
        {
            throw new TooEarlyException($"{e.Message} The bill is sent again", Again);
        }
        catch (EnvelopeException e) when (e.Fault is EnvelopeFault.BadEntry or EnvelopeFault.Rejected or EnvelopeFault.Refused or EnvelopeFault.BadReply)
        {
            // It does not want its bill: that is its own loss.
            row.BillProblem = e.Message;
        }
    }
}
