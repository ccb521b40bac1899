using System.Numerics;
using Contracts.Messages;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Messaging;
using Workers.Hosting.Queries;

namespace LocationService.Bonded;

/// <summary>See to it that the chain knows this service as it is configured. Sent by the schedule.</summary>
public sealed record CheckOffer;

/// <summary>Offers the service at first start, and again whenever fee, key or endpoint are others than it last offered.</summary>
public sealed class OfferHandler(LocationServiceDb db, QueryChain queries, EnvelopeIdentity identity, EnvelopeServer server, IOptions<EnvelopeOptions> envelopes, IOptions<LocationServiceOptions> options)
    : IHandler<CheckOffer>
{
    private const string Keys = "offer/";

    /// <inheritdoc/>
    public async Task HandleAsync(CheckOffer message, CancellationToken cancellationToken)
    {
        var endpoint = server.EndpointAt(options.Value.Host is { Length: > 0 } host ? host : new Uri(envelopes.Value.Url).Host);
        var call = new Collaboration.OfferServiceCall(new BigInteger(options.Value.Fee), identity.KeyPair.PublicKey.ToArray(), endpoint).Encode();
        var offers = await db.Transactions.AsNoTracking().Where(t => t.Key.StartsWith(Keys)).OrderBy(t => t.Id).ToListAsync(cancellationToken);
        if (offers.Count == 0 || offers[^1].State == TransactionState.Reverted || !offers[^1].Data.AsSpan().SequenceEqual(call))
        {
            await db.SubmitAsync($"{Keys}{offers.Count}", identity.Account, queries.Contract, call, cancellationToken);
        }
    }
}
