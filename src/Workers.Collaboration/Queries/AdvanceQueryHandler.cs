using System.Security.Cryptography;
using ContentStore;
using Ethereum;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Collaboration.Searches;
using Workers.Collaboration.Zones;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Messaging;
using Workers.Hosting.Queries;
using Workers.Hosting.Transactions;
using Contract = Ethereum.Contracts.Collaboration;

namespace Workers.Collaboration.Queries;

/// <summary>Brings a query one step further: each step is one commit, and is found again from the row and the chain after a kill at any moment.</summary>
public sealed class AdvanceQueryHandler(
    CollaborationDb db, ConductChain conduct, QueryChain queries, EnvelopeClient envelopes, IMemberDirectory members, IContentStore content, KeyVault vault, MainAccount account,
    IOptions<QueryOptions> options, TimeProvider clock) : IHandler<AdvanceQuery>
{
    /// <summary>A result that cannot be had is asked for so long after the time for the confirmation.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <summary>The transaction that bonds.</summary>
    internal static string BondKey(Guid id, int attempt) => $"query/{id}/bond/{attempt}";

    /// <inheritdoc/>
    public async Task HandleAsync(AdvanceQuery message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (await db.Queries.FindAsync([message.QueryId], cancellationToken) is not { State: < QueryState.Settled } row)
        {
            return;
        }

        await StepAsync(row, cancellationToken);
        if (row.NextAt is not null)
        {
            row.NextAt = clock.GetUtcNow() + options.Value.Interval;
        }
    }

    private async Task StepAsync(QueryRow row, CancellationToken cancellationToken)
    {
        if (row.Candidates.Length == 0)
        {
            await AskItselfAsync(row, cancellationToken);
            return;
        }

        var task = await queries.FindAsync(row.Query, cancellationToken);
        if (task is not null && task.Querier != account.Address)
        {
            // Whoever learned the hash bonded it first; the own bond is refused, and nothing was taken.
            if (await queries.IsBondFinalAsync(task, cancellationToken))
            {
                End(row, QueryState.Failed, "Somebody else has bonded this query's hash. Ask again under another id.");
            }

            return;
        }

        // Until an end is final, a reorganisation can take it away, and then there is something to do again.
        if (task is { State: > TaskState.Settled } && !await queries.IsEndFinalAsync(task, cancellationToken))
        {
            return;
        }

        switch (task?.State)
        {
            case null or TaskState.None:
                await AgreeAsync(row, cancellationToken);
                break;
            case TaskState.Bonded:
                await HandOverAsync(row, task, cancellationToken);
                break;
            case TaskState.Answered or TaskState.Settled:
                await ConcludeAsync(row, task, cancellationToken);
                break;
            case TaskState.Declined:
                End(row, QueryState.Returned, "The collaborator declined; reward and fee came back.");
                break;
            default:
                End(row, QueryState.Returned, "There was no answer in time; reward and fee came back.");
                break;
        }
    }

    /// <summary>The model chose this member itself (p1 of Eqs. 1 to 4), or it is locked and has nobody else. After a kill the service is asked the same again.</summary>
    private async Task AskItselfAsync(QueryRow row, CancellationToken cancellationToken)
    {
        row.State = QueryState.Forwarding;
        if (await db.Services.AsNoTracking().SingleOrDefaultAsync(s => s.Account == row.Service, cancellationToken) is not { IsOffered: true } service)
        {
            End(row, QueryState.Failed, $"{row.Service} has withdrawn its offer.");
            return;
        }

        try
        {
            var (near, _) = await envelopes.AskAsync(service, MemberJson.Read<ZoneQuery>(row.Asked), ZonePlaces.Of(row.Latitude, row.Longitude), cancellationToken);
            row.Found = MemberJson.Write(near);
            End(row, QueryState.Answered, null);
        }
        catch (EnvelopeException e) when (e.Fault == EnvelopeFault.Unavailable && clock.GetUtcNow() < row.OrderedAt + options.Value.AnswerTime)
        {
            row.Problem = e.Message;
        }
        catch (Exception e) when (e is EnvelopeException or FormatException)
        {
            End(row, QueryState.Failed, e.Message);
        }
    }

    /// <summary>One member after the other is asked to agree; with its signature the query is bonded.</summary>
    private async Task AgreeAsync(QueryRow row, CancellationToken cancellationToken)
    {
        if (row.Terms is null)
        {
            await ChooseAsync(row, cancellationToken);
            return;
        }

        var terms = MemberJson.Read<Contract.Terms>(row.Terms);
        if (row.Agreement is null)
        {
            await AskAsync(row, terms, cancellationToken);
            return;
        }

        row.State = QueryState.Bonding;
        var spending = new Spending(BondKey(row.QueryId, row.Tried), account.Address, queries.Contract, "the contract Collaboration", row.Reward + row.Fee, row.AgreedAt!.Value);
        if (await Allowance.SubmitAsync(db, queries, spending, () => Task.FromResult(new Contract.BondCall(terms, row.Agreement).Encode()), cancellationToken) is { } problem)
        {
            End(row, QueryState.Failed, problem);
        }
    }

    /// <summary>Whom to ask is saved before it is asked, so that after a kill the same member is asked the same.</summary>
    private async Task ChooseAsync(QueryRow row, CancellationToken cancellationToken)
    {
        row.State = QueryState.Agreeing;
        if (!await conduct.IsAllowedAsync(account.Address, cancellationToken))
        {
            End(row, QueryState.Failed, $"{account.Address} was locked before the query was bonded.");
            return;
        }

        if (await db.Services.AsNoTracking().SingleOrDefaultAsync(s => s.Account == row.Service, cancellationToken) is not { IsOffered: true } service || service.Fee > row.Fee)
        {
            End(row, QueryState.Failed, $"{row.Service} has withdrawn its offer, or asks more than when the query was ordered. Ask again under another id.");
            return;
        }

        var candidates = row.Candidates.Split(' ').Select(Address.Parse).ToList();
        for (; row.Tried < candidates.Count; row.Tried++)
        {
            var candidate = candidates[row.Tried];
            if (await members.FindAsync(candidate, cancellationToken) is null || !await conduct.IsAllowedAsync(candidate, cancellationToken))
            {
                continue;
            }

            var o = options.Value;
            row.Collaborator = candidate;
            row.Terms = MemberJson.Write(new Contract.Terms(
                row.Query, candidate, row.Service, row.Reward, service.Fee, (uint)o.AnswerTime.TotalSeconds, (uint)o.ConfirmTime.TotalSeconds, (ulong)ValidUntil(row).ToUnixTimeSeconds()));
            Again(row);
            return;
        }

        End(row, QueryState.Failed, $"No member forwards it. {row.Problem}".TrimEnd());
    }

    /// <summary>The same for whoever is asked again because it could not be reached: it may have agreed before it died, and agrees to nothing else for this query.</summary>
    private DateTimeOffset ValidUntil(QueryRow row)
    {
        var time = options.Value.AgreementTime;
        return row.OrderedAt + ((Math.Floor((clock.GetUtcNow() - row.OrderedAt) / time) + 2) * time);
    }

    private async Task AskAsync(QueryRow row, Contract.Terms terms, CancellationToken cancellationToken)
    {
        string problem;
        try
        {
            var member = await members.FindAsync(terms.Collaborator, cancellationToken) ?? throw new EnvelopeException(EnvelopeFault.BadEntry, $"{terms.Collaborator} has left.");
            using var reply = await envelopes.SendAsync(member, QueryKinds.Agreement, row.Terms, cancellationToken);
            var agreement = MemberJson.Read<QueryAgreement>(reply.Reveal()).Signature;
            if (queries.Market.Agreement(account.Address, terms).IsSignedBy(terms.Collaborator, agreement))
            {
                (row.Agreement, row.AgreedAt, row.State, row.Problem) = (agreement, clock.GetUtcNow(), QueryState.Bonding, null);
                Again(row);
                return;
            }

            problem = $"{terms.Collaborator} did not sign what it was asked.";
        }
        catch (EnvelopeException e) when (e.Fault == EnvelopeFault.Unavailable)
        {
            problem = e.Message;
            AskLater(row, terms.Collaborator);
        }
        catch (Exception e) when (e is EnvelopeException or FormatException)
        {
            problem = e.Message;
        }

        Next(row, problem);
        Again(row);
    }

    /// <summary>Who cannot be reached is asked again when the others have been.</summary>
    private void AskLater(QueryRow row, Address candidate)
    {
        if (clock.GetUtcNow() < row.OrderedAt + options.Value.AgreementTime)
        {
            row.Candidates = $"{row.Candidates} {candidate}";
        }
    }

    /// <summary>The next candidate's turn.</summary>
    internal static void Next(QueryRow row, string problem)
    {
        (row.Terms, row.Agreement, row.AgreedAt, row.Collaborator) = (null, null, null, null);
        (row.State, row.Problem) = (QueryState.Agreeing, problem);
        row.Tried++;
    }

    private async Task HandOverAsync(QueryRow row, TaskRow task, CancellationToken cancellationToken)
    {
        if ((await queries.TimeAsync(cancellationToken)).ToUnixTimeSeconds() > task.AnswerBy)
        {
            await db.SubmitAgainAsync($"query/{row.QueryId}/expire", account.Address, queries.Contract, new Contract.ExpireCall(row.Query).Encode(), cancellationToken);
            return;
        }

        if (!await queries.IsBondFinalAsync(task, cancellationToken))
        {
            row.State = QueryState.Bonding;
            return;
        }

        row.State = QueryState.Forwarding;
        if (row.Result is null)
        {
            await HandAsync(row, task, cancellationToken);
        }
    }

    private async Task HandAsync(QueryRow row, TaskRow task, CancellationToken cancellationToken)
    {
        try
        {
            var member = await members.FindAsync(task.Collaborator, cancellationToken) ?? throw new EnvelopeException(EnvelopeFault.BadEntry, $"{task.Collaborator} has left.");
            using var reply = await envelopes.SendAsync(member, QueryKinds.Forward, MemberJson.Write(new HandedQuery(row.Query, row.Payload)), cancellationToken);
            (row.Result, row.Problem) = (MemberJson.Read<QueryReply>(reply.Reveal()).Result, null);
        }
        catch (Exception e) when (e is EnvelopeException or FormatException)
        {
            row.Problem = e.Message;
        }
    }

    /// <summary>The chain has the result's hash: what came from the collaborator counts if it has it, and else what lies under it.</summary>
    private async Task ConcludeAsync(QueryRow row, TaskRow task, CancellationToken cancellationToken)
    {
        row.State = QueryState.Confirming;
        var now = await queries.TimeAsync(cancellationToken);
        if (row.Found is null && await ResultAsync(row, task.Result!.Value, cancellationToken) is { } result)
        {
            Open(row, task, result);
        }
        else if (row is { Found: null, Result: null })
        {
            await HandAsync(row, task, cancellationToken);
        }

        if (task.State == TaskState.Answered && row.Found is not null && now.ToUnixTimeSeconds() <= task.ConfirmBy)
        {
            await db.SubmitAgainAsync($"query/{row.QueryId}/confirm", account.Address, queries.Contract, new Contract.ConfirmCall(row.Query).Encode(), cancellationToken);
        }
        else if (task.State == TaskState.Answered && now > DateTimeOffset.FromUnixTimeSeconds(task.ConfirmBy) + Patience)
        {
            // The collaborator does not see to its reward; nothing else would ever end this.
            await db.SubmitAgainAsync($"query/{row.QueryId}/settle", account.Address, queries.Contract, new Contract.SettleCall(row.Query).Encode(), cancellationToken);
        }
        else if (await queries.IsEndFinalAsync(task, cancellationToken) && (row.Found is not null || row.Result is not null || now > DateTimeOffset.FromUnixTimeSeconds(task.ConfirmBy) + Patience))
        {
            End(row, QueryState.Settled, row.Problem);
        }
    }

    private async Task<byte[]?> ResultAsync(QueryRow row, Hash32 hash, CancellationToken cancellationToken)
    {
        if (row.Result is { } came && new Hash32(SHA256.HashData(came)) == hash)
        {
            return came;
        }

        row.Result = null;
        try
        {
            row.Result = await content.ReadAllAsync(new Cid(CidCodec.Raw, hash.ToArray()), SealedResult.MaxBytes, cancellationToken);
            row.Problem = row.Result is null ? "What lies under the result's hash is no raw block." : row.Problem;
        }
        catch (ContentStoreException e)
        {
            row.Problem = e.Message;
        }

        return row.Result;
    }

    /// <summary>Who opens nothing confirms nothing: the collaborator has forwarded all the same, and is paid by time.</summary>
    private void Open(QueryRow row, TaskRow task, byte[] result)
    {
        try
        {
            using var secret = vault.Unwrap(row.ReplyKey, QueryOrders.Purpose(row.QueryId));
            using var key = P256KeyPair.FromPrivateKey(secret.Reveal());
            var reply = SealedResult.Open(queries.Market, row.Query, task.Service, key, result);
            var near = SearchFilter.Near(MemberJson.Read<ZoneQuery>(row.Asked), reply, ZonePlaces.Of(row.Latitude, row.Longitude));
            (row.Found, row.Problem) = (MemberJson.Write(near), null);
        }
        catch (Exception e) when (e is HpkeException or FormatException)
        {
            row.Problem = $"The service's result cannot be used. {e.Message}";
        }
    }

    /// <summary>At once, but not whom could not be reached before.</summary>
    private void Again(QueryRow row)
    {
        row.NextAt = clock.GetUtcNow() + options.Value.Interval;
        var candidates = row.Candidates.Split(' ');
        if (row.Tried >= candidates.Length || !candidates.Take(row.Tried).Contains(candidates[row.Tried], StringComparer.Ordinal))
        {
            db.Publish(new AdvanceQuery(row.QueryId));
        }
    }

    private static void End(QueryRow row, QueryState state, string? problem) => (row.State, row.Problem, row.NextAt) = (state, problem, null);
}
