using System.Numerics;
using System.Security.Cryptography;
using Ethereum;
using Mechanisms.Mobility;
using Mechanisms.PrivacyGame.Models;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Collaboration.Models;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Members;
using Workers.Hosting.Queries;
using Workers.Hosting.Transactions;

namespace Workers.Collaboration.Queries;

/// <summary>A query that cannot be asked; the message says why.</summary>
public sealed class QueryOrderException(string message) : Exception(message);

/// <summary>What a member wants to know.</summary>
/// <param name="What">Its places are what is asked for: the own one, or what it is disguised as.</param>
/// <param name="Latitude">Of the own place, millionths of a degree.</param>
/// <param name="Longitude">Likewise.</param>
/// <param name="Reward">To the collaborator.</param>
/// <param name="Candidates">Who may forward it, the first to be asked first; null: anybody, in an order that nobody can plan with.</param>
/// <param name="ByModel">Where there is a model, it chooses the place that is asked about, and by whom.</param>
public sealed record QueryOrder(Address Service, ZoneQuery What, int Latitude, int Longitude, BigInteger Reward, IReadOnlyList<Address>? Candidates, bool ByModel);

/// <summary>Takes an order for a query: disguises and names it, seals it to the service, and queues the search for a collaborator.</summary>
public sealed class QueryOrders(
    CollaborationDb db, ConductChain conduct, QueryChain queries, MemberModels models, MainAccount account, KeyVault vault, IOptions<QueryOptions> options, TimeProvider clock)
{
    private const int MostCandidates = 64;

    /// <summary>What a query's wrapped key is bound to in the vault.</summary>
    public static string Purpose(Guid queryId) => $"query-key/{queryId}";

    /// <summary>Places an order.</summary>
    /// <param name="id">The caller's id for it: ordering the same id twice is one query.</param>
    /// <exception cref="QueryOrderException">Something about it cannot be.</exception>
    public async Task<QueryRow> RunAsync(Guid id, QueryOrder order, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (await FindAsync(id, cancellationToken) is { } ordered)
        {
            return ordered;
        }

        if (order.What.Problem() is { } problem)
        {
            throw new QueryOrderException(problem);
        }

        if (order.Reward.Sign <= 0 || order.Reward >= BigInteger.One << 128)
        {
            throw new QueryOrderException("A reward is at least 1, in the currency's smallest unit, and below 2^128.");
        }

        if (await db.Services.AsNoTracking().SingleOrDefaultAsync(s => s.Account == order.Service && s.IsOffered, cancellationToken) is not { } service)
        {
            throw new QueryOrderException($"{order.Service} offers no location service on chain (GET /api/services shows who does).");
        }

        var disguisedBy = await conduct.IsAllowedAsync(account.Address, cancellationToken) ? ModelKind.Group : ModelKind.Alone;
        var drawn = order.ByModel ? await DrawAsync(disguisedBy, order, cancellationToken) : null;
        if (disguisedBy == ModelKind.Alone && drawn is null)
        {
            throw new QueryOrderException($"{account.Address} is locked and can bond nothing. With a model for it alone (PUT /api/model) it can ask the service itself.");
        }

        // The model may choose this member itself, as that of a locked one does: it asks under its own name, and nobody is paid.
        var isOwn = drawn?.Member == account.Address.ToString();
        if (drawn is not null)
        {
            order = order with { What = order.What with { Places = [new AskedPlace(drawn.Latitude, drawn.Longitude)] }, Candidates = [Address.Parse(drawn.Member)] };
        }

        var candidates = isOwn ? [] : await CandidatesAsync(order, cancellationToken);
        var (salt, asked) = (new Hash32(RandomNumberGenerator.GetBytes(Hash32.Size)), MemberJson.Write(order.What));
        var query = BondedQuery.Hash(salt, asked);
        using var replyKey = P256KeyPair.Generate();
        using var privateKey = replyKey.ExportPrivateKey();
        var now = clock.GetUtcNow();
        db.Queries.Add(new QueryRow
        {
            QueryId = id,
            Query = query,
            Service = order.Service,
            Reward = isOwn ? 0 : order.Reward,
            Fee = isOwn ? 0 : service.Fee,
            OrderedAt = now,
            Latitude = order.Latitude,
            Longitude = order.Longitude,
            Asked = asked,
            DisguisedBy = drawn is null ? null : disguisedBy,
            Payload = isOwn ? [] : Seal(new QueryPayload(salt, asked, replyKey.PublicKey.ToArray()), query, order.Service, service.PublicKey),
            ReplyKey = isOwn ? [] : vault.Wrap(privateKey, Purpose(id)),
            Candidates = string.Join(' ', candidates),
            NextAt = now + options.Value.Interval,
        });
        db.Publish(new AdvanceQuery(id));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            db.ChangeTracker.Clear();
        }

        // Another call with this id may have come in between; its query is the one.
        return await FindAsync(id, cancellationToken) ?? throw new QueryOrderException("The query could not be saved. Try again.");
    }

    private async Task<GroupQuery?> DrawAsync(ModelKind kind, QueryOrder order, CancellationToken cancellationToken)
    {
        try
        {
            return await models.DrawAsync(kind, new Position(order.Latitude / 1e6, order.Longitude / 1e6), cancellationToken);
        }
        catch (ModelUseException e)
        {
            throw new QueryOrderException($"{e.Message} Nothing was asked: put another model, or forget this one (DELETE /api/models/{kind}).");
        }
    }

    private byte[] Seal(QueryPayload payload, Hash32 query, Address service, byte[] serviceKey)
    {
        try
        {
            return payload.Seal(queries.Market, query, service, serviceKey);
        }
        catch (HpkeException e)
        {
            throw new QueryOrderException($"Nothing can be sealed to {service}: {e.Message}");
        }
    }

    private async Task<IReadOnlyList<Address>> CandidatesAsync(QueryOrder order, CancellationToken cancellationToken)
    {
        Address[] candidates = order.Candidates is { } named
            ? [.. named.Distinct()]
            : [.. await db.Members.AsNoTracking().Where(m => m.IsActive).Select(m => m.Account).ToListAsync(cancellationToken)];
        candidates = [.. candidates.Where(c => c != account.Address && c != order.Service)];
        if (order.Candidates is null)
        {
            RandomNumberGenerator.Shuffle(candidates.AsSpan());
        }

        return candidates.Length > 0 ? candidates[..Math.Min(candidates.Length, MostCandidates)] : throw new QueryOrderException("There is no other member that could forward it.");
    }

    private Task<QueryRow?> FindAsync(Guid id, CancellationToken cancellationToken) => db.Queries.AsNoTracking().SingleOrDefaultAsync(q => q.QueryId == id, cancellationToken);
}
