using Ethereum;
using Ethereum.Transactions;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Messaging;
using Workers.Hosting.Queries;
using Workers.Hosting.Transactions;
using Conduct = Ethereum.Contracts.Conduct;
using Contract = Ethereum.Contracts.Collaboration;

namespace Workers.Collaboration.Queries;

/// <summary>Does what is due for a query that this member agreed to forward.</summary>
public sealed class AdvanceDutyHandler(CollaborationDb db, ConductChain conduct, QueryChain queries, EnvelopeClient envelopes, MainAccount account) : IHandler<AdvanceDuty>
{
    /// <inheritdoc/>
    public async Task HandleAsync(AdvanceDuty message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (await db.Duties.FindAsync([Hash32.Parse(message.Query)], cancellationToken) is not { State: not DutyState.Ended } duty)
        {
            return;
        }

        var terms = MemberJson.Read<Contract.Terms>(duty.Terms);
        var task = await queries.FindAsync(duty.Query, cancellationToken);
        var isFinal = task is not null && await queries.IsBondFinalAsync(task, cancellationToken);
        var (step, reason) = DutyPolicy.Next(duty, terms, task, isFinal, await queries.TimeAsync(cancellationToken), await queries.FinalTimeAsync(cancellationToken));
        switch (step)
        {
            case DutyStep.Forward:
                await ForwardAsync(duty, terms.Service, cancellationToken);
                break;
            case DutyStep.Decline:
                await DeclineAsync(duty, duty.Report is { } last ? $"{reason} {last}" : reason, cancellationToken);
                break;
            case DutyStep.Settle:
                await db.SubmitAsync($"duty/{duty.Query}/settle", account.Address, queries.Contract, new Contract.SettleCall(duty.Query).Encode(), cancellationToken);
                break;
            case DutyStep.End:
                (duty.State, duty.Report, duty.NextAt) = (DutyState.Ended, reason, null);
                break;
            default:
                break;
        }
    }

    /// <summary>What is signed follows from the row alone, which never changes: it is the same however often this is done.</summary>
    private async Task ForwardAsync(DutyRow duty, Address service, CancellationToken cancellationToken)
    {
        if (await db.Services.AsNoTracking().SingleOrDefaultAsync(s => s.Account == service, cancellationToken) is not { PublicKey.Length: > 0 } entry)
        {
            duty.Report = $"{service} offers no location service any more.";
            return;
        }

        var forward = new Conduct.Forward(account.Address, service, duty.Query, duty.PayloadHash!.Value);
        var signature = PersonalMessage.ToBytes(await account.Signer.SignTypedDataAsync(Statements.Of(conduct.Market, forward), cancellationToken));
        try
        {
            var body = MemberJson.Write(new ForwardedQuery(forward, signature, duty.Payload!));
            using var reply = await envelopes.SendAsync(new MemberEntry(service, entry.PublicKey, entry.Endpoint), QueryKinds.Forwarded, body, cancellationToken);
            if (MemberJson.Read<QueryReply>(reply.Reveal()).Result is { } result)
            {
                (duty.Result, duty.State, duty.Report) = (result, DutyState.Forwarded, null);
            }
        }
        catch (EnvelopeException e) when (e.Fault == EnvelopeFault.Refused)
        {
            await DeclineAsync(duty, e.Message, cancellationToken);
        }
        catch (Exception e) when (e is EnvelopeException or FormatException)
        {
            duty.Report = e.Message;
        }
    }

    private async Task DeclineAsync(DutyRow duty, string reason, CancellationToken cancellationToken)
    {
        duty.Report = reason;
        await db.SubmitAsync($"duty/{duty.Query}/decline", account.Address, queries.Contract, new Contract.DeclineCall(duty.Query).Encode(), cancellationToken);
    }
}
