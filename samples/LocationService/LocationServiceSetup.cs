using Contracts.Messages;
using Ethereum.Transactions;
using LocationService.Bonded;
using Microsoft.Extensions.Options;
using Workers.Hosting;
using Workers.Hosting.Configuration;
using Workers.Hosting.Content;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Queries;
using Workers.Hosting.Transactions;

namespace LocationService;

/// <summary>A party with an account of its own that knows places, and tells members of the market and its customers which are near to theirs. The process needs a listener of the chain, too.</summary>
public static class LocationServiceSetup
{
    /// <summary>Adds everything; section <c>LocationService</c> says where the places and the customers are.</summary>
    public static WebApplicationBuilder AddLocationService(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddValidatedOptions<LocationServiceOptions>("LocationService");
        builder.AddContentStore();
        builder.Services.AddSingleton<MemberDirectory<LocationServiceDb>>().AddSingleton<IMemberDirectory, Customers>();
        builder.Services.AddConductChain<LocationServiceDb>().AddQueryChain<LocationServiceDb>().AddSingleton<PlaceFinder>();

        // Before the server of envelopes: what is added first is started first.
        builder.Services.AddSingleton<KnownPlaces>();
        builder.Services.AddHostedService(services => services.GetRequiredService<KnownPlaces>());
        var worker = builder.AddWorker<LocationServiceDb>("location").SendTransactions();

        // Its account is in a file of its own, whatever Transactions:Account says.
        builder.Services.AddSingleton(OwnAccount);

        // The chain says who is a member, which queries are bonded and what is final.
        worker.FollowMembers().FollowTasks().Handle<ChainFinalised, ConductFinalityHandler>();
        worker.Handle<CheckOffer, OfferHandler>().Every<CheckOffer>("LocationService:OfferSchedule", "00:01:00");

        // A zone asks, and a collaborator forwards what a querier asks.
        worker.HandleEnvelope<ZoneQueryHandler>(ZoneQuery.Kind).HandleEnvelope<ForwardedQueryHandler>(QueryKinds.Forwarded);
        worker.Handle<ReportFinding, ReportFindingHandler>();
        return builder;
    }

    private static MainAccount OwnAccount(IServiceProvider services)
    {
        var directory = Path.GetFullPath(services.GetRequiredService<IOptions<DataOptions>>().Value.Directory);
        var path = Path.GetFullPath(services.GetRequiredService<IOptions<LocationServiceOptions>>().Value.AccountKey, directory);
        if (File.Exists(path))
        {
            return new MainAccount(KeyFile.Read(path));
        }

        PrivateFiles.CreateDirectory(Path.GetDirectoryName(path)!);
        return new MainAccount(KeyFile.Create(path));
    }
}
