using System.Security.Cryptography;
using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Transactions;
using Mechanisms.Mobility;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Collaboration.Bookkeeping;
using Workers.Collaboration.Places;
using Workers.Collaboration.Standings;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Transactions;

namespace Workers.Collaboration.Zones;

/// <summary>Answers members that ask for a zone.</summary>
public sealed class ZoneRequestHandler(
    CollaborationDb db, ConductChain chain, AttestedStandings standings, IMemberDirectory members, MainAccount account, IOptions<ZoneOptions> zones, IOptions<PlaceOptions> places, TimeProvider clock)
    : IEnvelopeHandler
{
    /// <summary>The envelope's kind.</summary>
    public const string Kind = "zone-request";

    /// <summary>Attestations that a request can name: the latest and the one before, since not everybody has the latest at once.</summary>
    private const int KnownAttestations = 2;

    /// <summary>As many are handled at once by default; of those that collide one is always saved.</summary>
    private const int Attempts = 16;

    /// <inheritdoc/>
    public async Task<EnvelopeAnswer> HandleAsync(OpenedEnvelope envelope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        SignedRequest asked;
        try
        {
            asked = MemberJson.Read<SignedRequest>(envelope.Body.Reveal());
        }
        catch (FormatException e)
        {
            return EnvelopeAnswer.Refuse(e.Message);
        }

        var request = asked.Request;
        var data = Statements.Of(chain.Market, request);
        if (request.Requester != envelope.Header.From || !data.IsSignedBy(request.Requester, asked.Signature))
        {
            return EnvelopeAnswer.Refuse("The request is not signed by the member that sends it.");
        }

        var hash = data.StructHash;
        if (await db.Told.AsNoTracking().SingleOrDefaultAsync(t => t.Request == hash, cancellationToken) is { } told)
        {
            return EnvelopeAnswer.Of(told.Body);
        }

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await DecideAsync(asked, hash, cancellationToken) is { } answer)
            {
                return answer;
            }
        }

        return EnvelopeAnswer.Refuse("The answer could not be saved. Ask again.");
    }

    /// <returns>Null when another answer came in between, with which this one has to agree.</returns>
    private async Task<EnvelopeAnswer?> DecideAsync(SignedRequest asked, Hash32 hash, CancellationToken cancellationToken)
    {
        // Read before all else that is decided by.
        var number = (await db.Told.MaxAsync(t => (long?)t.Number, cancellationToken) ?? 0) + 1;
        var (request, now) = (asked.Request, clock.GetUtcNow());
        var (known, attested) = await KnowledgeAsync(request, now, cancellationToken);
        var age = TimeSpan.FromSeconds(Math.Clamp(now.ToUnixTimeSeconds() - (double)request.Time, -1e9, 1e9));
        var (help, reason) = CollaboratorPolicy.Decide(request, known, age, zones.Value.ClockTolerance, places.Value.Sensitivity, zones.Value.Radius, places.Value.AnswersPerHour);
        switch (help)
        {
            case Help.Accuse:
                Evidence evidence = new FalseStandingEvidence(request, asked.Signature, known.Standing!, attested!.Document.Proof(request.Requester));
                db.Publish(new MisconductFound(System.Text.Encoding.UTF8.GetString(MemberJson.Write(evidence)), "collaboration", now));
                await db.SaveChangesAsync(cancellationToken);
                return EnvelopeAnswer.Refuse(reason);
            case Help.Refuse:
                return EnvelopeAnswer.Refuse(reason);
            default:
                return await TellAsync(request, hash, number, known.Place!, now, cancellationToken);
        }
    }

    private async Task<(RequestKnowledge Known, KnownStandings? Attested)> KnowledgeAsync(Conduct.ZoneRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var attested = await standings.FindAsync(request.Standings, cancellationToken);
        var latest = await db.Attestations.AsNoTracking().MaxAsync(a => (long?)a.Number, cancellationToken) ?? 0;
        var hourAgo = now - TimeSpan.FromHours(1);
        var since = now - places.Value.MaxAge;
        var place = await db.Places.AsNoTracking().SingleOrDefaultAsync(p => p.At >= since, cancellationToken);
        return (
            new RequestKnowledge(
                attested?.Document.Find(request.Requester),
                attested?.Document.MeanReputation ?? 0,
                attested is not null && attested.Number > latest - KnownAttestations,
                await chain.IsAllowedAsync(request.Requester, cancellationToken),
                place is null ? null : new OwnPlace(place.Latitude, place.Longitude),
                await db.Told.CountAsync(t => t.Requester == request.Requester && t.At > hourAgo, cancellationToken)),
            attested);
    }

    /// <summary>
    /// A device that jumps must not make this member sign what others could hold against it: it keeps to half of what is allowed, from everything that it told in the last hour and from what it told last.
    /// Each step from the last alone could be small, and all together impossible.
    /// </summary>
    private async Task<bool> ContradictsAsync(OwnPlace own, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var hourAgo = now - TimeSpan.FromHours(1);
        var told = db.Told.AsNoTracking().Select(t => new { t.Latitude, t.Longitude, t.At });
        var earlier = await told.Where(t => t.At > hourAgo).ToListAsync(cancellationToken);
        if (earlier.Count == 0 && await told.OrderByDescending(t => t.At).FirstOrDefaultAsync(cancellationToken) is { } last)
        {
            earlier.Add(last);
        }

        if (earlier.Count == 0)
        {
            return false;
        }

        var rules = await chain.RulesAsync(cancellationToken);
        var place = new Position(own.Latitude / 1e6, own.Longitude / 1e6);
        return earlier.Any(t => 1000 * place.DistanceTo(new Position(t.Latitude / 1e6, t.Longitude / 1e6)) > (rules.Slack / 2.0) + (rules.Speed / 2.0 * (now - t.At).Duration().TotalSeconds));
    }

    private async Task<EnvelopeAnswer?> TellAsync(Conduct.ZoneRequest request, Hash32 hash, long number, OwnPlace own, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await members.FindAsync(request.Requester, cancellationToken) is not { } reader)
        {
            return EnvelopeAnswer.Refuse("You are no member.");
        }

        if (await ContradictsAsync(own, now, cancellationToken))
        {
            return EnvelopeAnswer.Refuse(CollaboratorPolicy.NoPart);
        }

        var place = new Conduct.Place(own.Latitude, own.Longitude, new Hash32(RandomNumberGenerator.GetBytes(Hash32.Size)));
        var sealedPlace = SealedPlace.Seal(reader.PublicKey.Span, place, chain.Market, hash, account.Address, request.Requester);
        var answer = new Conduct.ZoneAnswer(
            account.Address, hash, (ulong)now.ToUnixTimeSeconds(), Statements.Of(chain.Market, place).StructHash, new Hash32(SHA256.HashData(sealedPlace)));
        var data = Statements.Of(chain.Market, answer);
        var signature = PersonalMessage.ToBytes(await account.Signer.SignTypedDataAsync(data, cancellationToken));
        var row = new ToldRow
        {
            Request = hash,
            Number = number,
            Requester = request.Requester,
            At = now,
            Latitude = own.Latitude,
            Longitude = own.Longitude,
            Body = MemberJson.Write(new AnswerBody(answer, signature, sealedPlace)),
            Answer = data.StructHash,
        };
        db.Told.Add(row);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return EnvelopeAnswer.Of(row.Body);
        }
        catch (DbUpdateException)
        {
            // The same request came twice at once, and there is one answer to it; or another one came.
            db.ChangeTracker.Clear();
            return await db.Told.AsNoTracking().SingleOrDefaultAsync(t => t.Request == hash, cancellationToken) is { } first ? EnvelopeAnswer.Of(first.Body) : null;
        }
    }
}

/// <summary>Keeps the bills that requesters sign for what this member told them.</summary>
public sealed class BillCopyHandler(CollaborationDb db, ConductChain chain) : IEnvelopeHandler
{
    /// <summary>The envelope's kind.</summary>
    public const string Kind = "bill";

    /// <inheritdoc/>
    public async Task<EnvelopeAnswer> HandleAsync(OpenedEnvelope envelope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        BillBody body;
        try
        {
            body = MemberJson.Read<BillBody>(envelope.Body.Reveal());
        }
        catch (FormatException e)
        {
            return EnvelopeAnswer.Refuse(e.Message);
        }

        var (bill, sender) = (body.Bill, envelope.Header.From);
        if (await db.Told.SingleOrDefaultAsync(t => t.Answer == bill.Answer && t.Requester == sender, cancellationToken) is not { } row)
        {
            return EnvelopeAnswer.Refuse("This member told you nothing that the bill names.");
        }

        if (bill.Requester != sender || bill.Collaborator != envelope.Header.To || new Hash32(SHA256.HashData(body.Copy)) != bill.SealedPlace
            || !Statements.Of(chain.Market, bill).IsSignedBy(sender, body.Signature) || BillRow.Of(chain.Market, new SignedBill(bill, body.Signature)) is not { } own)
        {
            return EnvelopeAnswer.Refuse("The bill is not for what this member told you, or not signed by you.");
        }

        if (row.Bill is null)
        {
            row.Bill = own.Body;
            db.Bills.Add(own);
        }

        await db.SaveChangesAsync(cancellationToken);
        return EnvelopeAnswer.Of("ok"u8.ToArray());
    }
}
