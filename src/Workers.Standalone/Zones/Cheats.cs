using Ethereum;
using Ethereum.Contracts;
using Ethereum.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Workers.Collaboration;
using Workers.Collaboration.Queries;
using Workers.Collaboration.Zones;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;

namespace Workers.Standalone.Zones;

/// <summary>What no worker does: a few members of the town are taught to.</summary>
internal static class Cheats
{
    /// <summary>Replaces what an honest member would do.</summary>
    public static void Teach(WebApplicationBuilder builder, Cheat cheat)
    {
        switch (cheat)
        {
            case Cheat.Liar:
                Replace<ZoneRequestHandler, LyingAnswers>(builder);
                break;
            case Cheat.DoubleClaimer:
                builder.Services.AddSingleton<DoubleClaims.Memory>();
                Replace<HandedQueryHandler, DoubleClaims>(builder);
                break;
            case Cheat.Sluggard:
                Replace<HandedQueryHandler, Deafness>(builder);
                break;
        }
    }

    /// <summary>A requester sells the first place that it was told, under its signature, as a buyer will want it who has to know whom it comes from.</summary>
    /// <returns>What the buyer holds then, which is all that a house needs.</returns>
    public static async Task<LeakEvidence> LeakAsync(Fleets.Fleet leaker, Guid zone, Address buyer, ConductReference market, CancellationToken cancellationToken)
    {
        await using var scope = leaker.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CollaborationDb>();
        var request = MemberJson.Read<SignedRequest>((await db.Zones.AsNoTracking().SingleAsync(z => z.ZoneId == zone, cancellationToken)).Request).Request;
        var told = MemberJson.Read<OpenedAnswer>((await db.Answers.AsNoTracking().FirstAsync(a => a.ZoneId == zone && a.Collaborator != buyer, cancellationToken)).Answer);
        var identity = leaker.Services.GetRequiredService<EnvelopeIdentity>();
        var disclosure = new Conduct.Disclosure(identity.Account, buyer, Statements.Of(market, told.Answer).StructHash, told.Place);
        var signature = PersonalMessage.ToBytes(await identity.Signer.SignTypedDataAsync(Statements.Of(market, disclosure), cancellationToken));
        return new LeakEvidence(request, told.Answer, told.Signature, disclosure, signature);
    }

    private static void Replace<THonest, TCheat>(WebApplicationBuilder builder)
        where THonest : IEnvelopeHandler
        where TCheat : IEnvelopeHandler =>
        builder.Services.Replace(new ServiceDescriptor(typeof(THonest), services => ActivatorUtilities.CreateInstance<TCheat>(services), ServiceLifetime.Scoped));
}
