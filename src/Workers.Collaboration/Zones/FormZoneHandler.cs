using System.Collections.Concurrent;
using System.Security.Cryptography;
using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Collaboration.Bookkeeping;
using Workers.Collaboration.Searches;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Collaboration.Zones;

/// <summary>
/// Asks the members that the radio hears until K − 1 have told their places. Everything is saved at the end in one commit; after a kill the same signed request is sent again, and who answered before
/// gives the same answer.
/// </summary>
public sealed class FormZoneHandler(
    CollaborationDb db, ConductChain chain, EnvelopeClient envelopes, EnvelopeIdentity identity, MainAccount account, IOptions<ZoneOptions> options, TimeProvider clock) : IHandler<FormZone>
{
    /// <inheritdoc/>
    public async Task HandleAsync(FormZone message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (await db.Zones.FindAsync([message.ZoneId], cancellationToken) is not { State: ZoneState.Asking } row)
        {
            return;
        }

        var signed = MemberJson.Read<SignedRequest>(row.Request);
        var rules = await chain.RulesAsync(cancellationToken);
        var candidates = await CandidatesAsync(cancellationToken);
        var asking = new Asking(
            signed,
            Statements.Of(chain.Market, signed.Request).StructHash,
            new Measure(chain.Market, rules.Speed, rules.Slack, _ => null),
            await EarlierAsync([.. candidates.Select(c => c.Account)], clock.GetUtcNow() - TimeSpan.FromSeconds(rules.Keeping), cancellationToken),
            row.Size - 1);
        if (clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds((long)signed.Request.Time) > options.Value.ClockTolerance)
        {
            // Everybody would refuse it, and know where this member is.
            asking.Refusals.Add("the request had become too old before anybody was asked. Ask again under another id");
        }
        else
        {
            await AskAllAsync(asking, candidates, cancellationToken);
        }

        await SaveAsync(row, asking, cancellationToken);
    }

    /// <summary>What these members said before and was believed: they have to agree with it, as long as it counts.</summary>
    private async Task<ILookup<Address, OpenedAnswer>> EarlierAsync(IReadOnlyList<Address> members, DateTimeOffset since, CancellationToken cancellationToken) =>
        (await db.Answers.AsNoTracking().Where(a => members.Contains(a.Collaborator) && a.At >= since).ToListAsync(cancellationToken)).ToLookup(a => a.Collaborator, a => MemberJson.Read<OpenedAnswer>(a.Answer));

    /// <summary>Members that the radio hears; who helped before comes first, the others in no order that anybody could plan with.</summary>
    private async Task<List<MemberEntry>> CandidatesAsync(CancellationToken cancellationToken)
    {
        var heard = (await db.Places.AsNoTracking().SingleOrDefaultAsync(cancellationToken))?.HeardAccounts() ?? [];
        var members = await db.Members.AsNoTracking().Where(m => m.IsActive && heard.Contains(m.Account) && m.Account != account.Address).ToListAsync(cancellationToken);
        var helped = (await db.Answers.AsNoTracking().Select(a => a.Collaborator).Distinct().ToListAsync(cancellationToken)).ToHashSet();
        var shuffled = members.ToArray();
        RandomNumberGenerator.Shuffle(shuffled.AsSpan());
        return [.. shuffled.OrderByDescending(m => helped.Contains(m.Account)).Select(m => m.ToEntry())];
    }

    private async Task AskAllAsync(Asking asking, List<MemberEntry> candidates, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(options.Value.Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var body = MemberJson.Write(asking.Signed);
        var next = 0;
        try
        {
            // No more are asked than can still be needed: whom one asks one tells where one is.
            while (asking.Missing > 0 && next < candidates.Count)
            {
                var wave = candidates.Skip(next).Take(Math.Min(asking.Missing, options.Value.Parallelism)).ToList();
                next += wave.Count;
                await Task.WhenAll(wave.Select(member => AskAsync(asking, member, body, either.Token)));
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            asking.Refusals.Add($"not all were asked within {options.Value.Patience:c}");
        }
    }

    private async Task AskAsync(Asking asking, MemberEntry member, byte[] body, CancellationToken cancellationToken)
    {
        try
        {
            using var reply = await envelopes.SendAsync(member, ZoneRequestHandler.Kind, body, cancellationToken);
            var (opened, finding) = Inspect(asking, member, MemberJson.Read<AnswerBody>(reply.Reveal()));
            if (finding.Problem is { } problem)
            {
                asking.Refusals.Add($"{member.Account}: {problem}");
                if (finding.Evidence is { } evidence)
                {
                    asking.Found.Add(evidence);
                }
            }
            else
            {
                asking.Answers[member] = opened!;
            }
        }
        catch (EnvelopeException e)
        {
            asking.Refusals.Add(e.Message);
        }
        catch (Exception e) when (e is FormatException or HpkeException)
        {
            asking.Refusals.Add($"{member.Account}: its answer cannot be read");
        }
    }

    private (OpenedAnswer? Opened, AnswerFinding Finding) Inspect(Asking asking, MemberEntry member, AnswerBody body)
    {
        var request = asking.Signed.Request;
        var hash = new Hash32(SHA256.HashData(body.Sealed));
        if (AnswerInspection.Problem(chain.Market, request, member.Account, body, hash, clock.GetUtcNow(), options.Value.ClockTolerance) is { } problem)
        {
            return (null, new AnswerFinding(problem, Evidence: null));
        }

        var place = SealedPlace.Open(identity.KeyPair, body.Sealed, chain.Market, asking.RequestHash, member.Account, account.Address);
        var opened = new OpenedAnswer(body.Answer, body.Signature, place);
        return (opened, AnswerInspection.Inspect(asking.Measure, request, opened, asking.Earlier[member.Account]));
    }

    private async Task SaveAsync(ZoneRow row, Asking asking, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        foreach (var (member, opened) in asking.Answers)
        {
            await BillAsync(row.ZoneId, member, opened, asking.RequestHash, now, cancellationToken);
        }

        foreach (var evidence in asking.Found)
        {
            db.Publish(new MisconductFound(System.Text.Encoding.UTF8.GetString(MemberJson.Write(evidence)), "collaboration", now));
        }

        db.Publish(new AskService(row.ZoneId));
        (row.State, row.EndedAt) = (asking.Missing == 0 ? ZoneState.Formed : ZoneState.Failed, now);
        row.Report = $"{asking.Answers.Count} of {row.Size - 1} told their places" + string.Concat(asking.Refusals.Order(StringComparer.Ordinal).Select(r => $"\n{r}"));
    }

    /// <summary>Each answer is billed, also of a zone that did not come about: its signer helped.</summary>
    private async Task BillAsync(Guid zoneId, MemberEntry member, OpenedAnswer opened, Hash32 request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var copy = SealedPlace.Seal(member.PublicKey.Span, opened.Place, chain.Market, request, member.Account, member.Account);
        var bill = new Conduct.Bill(account.Address, member.Account, Statements.Of(chain.Market, opened.Answer).StructHash, (ulong)now.ToUnixTimeSeconds(), new Hash32(SHA256.HashData(copy)));
        var signature = PersonalMessage.ToBytes(await account.Signer.SignTypedDataAsync(Statements.Of(chain.Market, bill), cancellationToken));
        var own = BillRow.Of(chain.Market, new SignedBill(bill, signature))!;
        db.Bills.Add(own);
        db.Answers.Add(new AnswerRow
        {
            ZoneId = zoneId,
            Collaborator = member.Account,
            At = now,
            Answer = MemberJson.Write(opened),
            Bill = own.Body,
            Copy = copy,
        });
        db.Publish(new SendBill(zoneId, member.Account.ToString()));
    }

    /// <summary>What comes in while members are asked.</summary>
    private sealed record Asking(SignedRequest Signed, Hash32 RequestHash, Measure Measure, ILookup<Address, OpenedAnswer> Earlier, int Needed)
    {
        public ConcurrentDictionary<MemberEntry, OpenedAnswer> Answers { get; } = new();

        public ConcurrentBag<string> Refusals { get; } = [];

        public ConcurrentBag<Evidence> Found { get; } = [];

        public int Missing => Needed - Answers.Count;
    }
}
