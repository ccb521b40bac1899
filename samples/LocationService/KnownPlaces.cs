using Mechanisms.Mobility;
using Microsoft.Extensions.Options;
using Workers.Hosting.Envelopes;

namespace LocationService;

/// <summary>The places of the file, read when the service starts; a file that is broken keeps it from starting.</summary>
public sealed partial class KnownPlaces(IOptions<LocationServiceOptions> options, EnvelopeIdentity identity, ILogger<KnownPlaces> logger) : IHostedService
{
    /// <summary>All of them, once started.</summary>
    public PlaceIndex Index { get; private set; } = new([]);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var (path, limits) = (options.Value.Places, new MobilityLimits());
        await using var file = File.OpenRead(path);
        Index = new PlaceIndex(Path.GetExtension(path) == ".csv"
            ? await PlacesCsvFile.ReadAsync(path, file, limits, cancellationToken)
            : await PlacesGeoJsonFile.ReadAsync(path, file, limits, cancellationToken));
        Log.Started(logger, Index.Places.Length, identity.Account.ToString(), Convert.ToHexStringLower(identity.KeyPair.PublicKey));
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Count} places; customers ask account {Account} with public key 0x{PublicKey}")]
        public static partial void Started(ILogger logger, int count, string account, string publicKey);
    }
}
