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

/// <summary>Does what is due for a query that this member agreed to forward. It waits for nobody else, so that whoever is slow makes no deadline late.</summary>
public sealed class AdvanceDutyHandler(CollaborationDb db, QueryChain queries, MainAccount account, TimeProvider clock) : IHandler<AdvanceDuty>
{
    /// <summary>A service that has not answered by then is asked once more, whatever became of the question.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(5);

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
        var isOver = task is not null && await queries.IsEndFinalAsync(task, cancellationToken);
        var (step, reason) = DutyPolicy.Next(duty, terms, task, isFinal, isOver, await queries.TimeAsync(cancellationToken), await queries.FinalTimeAsync(cancellationToken));
        switch (step)
        {
            case DutyStep.Forward when duty.AskedAt is null || clock.GetUtcNow() - duty.AskedAt > AskAgain:
                duty.AskedAt = clock.GetUtcNow();
                db.Publish(new ForwardDuty(message.Query));
                break;
            case DutyStep.Decline:
                await db.DeclineAsync(queries, duty, account.Address, duty.Report is { } last ? $"{reason} {last}" : reason, cancellationToken);
                break;
            case DutyStep.Settle:
                await db.SubmitAgainAsync($"duty/{duty.Query}/settle", account.Address, queries.Contract, new Contract.SettleCall(duty.Query).Encode(), cancellationToken);
                break;
            case DutyStep.End when isOver || await queries.StateAsync(duty.Query, cancellationToken) == (task?.State ?? TaskState.None):
                // What the chain has and has not been told here yet must not be taken for nothing.
                (duty.State, duty.Report, duty.NextAt) = (DutyState.Ended, reason, null);
                break;
            default:
                break;
        }
    }
}

/// <summary>Sends a query to its service, as often as it takes.</summary>
public sealed class ForwardDutyHandler(CollaborationDb db, ConductChain conduct, QueryChain queries, EnvelopeClient envelopes, MainAccount account) : IHandler<ForwardDuty>
{
    /// <inheritdoc/>
    public async Task HandleAsync(ForwardDuty message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (await db.Duties.FindAsync([Hash32.Parse(message.Query)], cancellationToken) is not { State: not DutyState.Ended, Payload: not null, Result: null } duty)
        {
            return;
        }

        var (result, problem, isRefused) = await ForwardAsync(duty, MemberJson.Read<Contract.Terms>(duty.Terms).Service, cancellationToken);

        // It was looked after meanwhile, and may have ended.
        await db.Entry(duty).ReloadAsync(cancellationToken);
        duty.AskedAt = null;
        if (duty.State == DutyState.Ended)
        {
            return;
        }

        if (isRefused)
        {
            await db.DeclineAsync(queries, duty, account.Address, problem!, cancellationToken);
        }
        else if (result is not null)
        {
            (duty.Result, duty.State, duty.Report) = (result, DutyState.Forwarded, null);
        }
        else
        {
            duty.Report = problem;
        }
    }

    /// <summary>What is signed follows from the row alone, which never changes: it is the same however often this is done.</summary>
    private async Task<(byte[]? Result, string? Problem, bool IsRefused)> ForwardAsync(DutyRow duty, Address service, CancellationToken cancellationToken)
    {
        if (await db.Services.AsNoTracking().SingleOrDefaultAsync(s => s.Account == service, cancellationToken) is not { PublicKey.Length: > 0 } entry)
        {
            return (null, $"{service} offers no location service any more.", false);
        }

        var forward = new Conduct.Forward(account.Address, service, duty.Query, duty.PayloadHash!.Value);
        var signature = PersonalMessage.ToBytes(await account.Signer.SignTypedDataAsync(Statements.Of(conduct.Market, forward), cancellationToken));
        try
        {
            var body = MemberJson.Write(new ForwardedQuery(forward, signature, duty.Payload!));
            using var reply = await envelopes.SendAsync(new MemberEntry(service, entry.PublicKey, entry.Endpoint), QueryKinds.Forwarded, body, cancellationToken);
            return (MemberJson.Read<QueryReply>(reply.Reveal()).Result, null, false);
        }
        catch (EnvelopeException e)
        {
            return (null, e.Message, e.Fault == EnvelopeFault.Refused);
        }
        catch (FormatException e)
        {
            return (null, e.Message, false);
        }
    }
}

/// <summary>What both do.</summary>
internal static class Declining
{
    /// <summary>Gives everything back to the querier.</summary>
    public static Task DeclineAsync(this CollaborationDb db, QueryChain queries, DutyRow duty, Address own, string reason, CancellationToken cancellationToken)
    {
        duty.Report = reason;
        return db.SubmitAgainAsync($"duty/{duty.Query}/decline", own, queries.Contract, new Contract.DeclineCall(duty.Query).Encode(), cancellationToken);
    }
}
