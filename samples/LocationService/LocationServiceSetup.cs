using Ethereum.Transactions;
using Microsoft.Extensions.Options;
using Workers.Hosting;
using Workers.Hosting.Configuration;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Transactions;

namespace LocationService;

/// <summary>A party outside the market, with an account of its own, that knows places and tells its customers which are near to theirs.</summary>
public static class LocationServiceSetup
{
    /// <summary>Adds everything; section <c>LocationService</c> says where the places and the customers are.</summary>
    public static WebApplicationBuilder AddLocationService(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddValidatedOptions<LocationServiceOptions>("LocationService");
        builder.Services.AddSingleton(OwnAccount);
        builder.Services.AddSingleton<IMemberDirectory, Customers>();

        // Before the server of envelopes: what is added first is started first.
        builder.Services.AddSingleton<KnownPlaces>();
        builder.Services.AddHostedService(services => services.GetRequiredService<KnownPlaces>());
        builder.AddWorker<LocationServiceDb>("location").HandleEnvelope<ZoneQueryHandler>(ZoneQueryHandler.Kind);
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
