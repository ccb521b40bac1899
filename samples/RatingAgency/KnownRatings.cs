using System.Globalization;
using Ethereum;
using Microsoft.Extensions.Options;
using Workers.Hosting.Envelopes;

namespace RatingAgency;

/// <summary>The ratings of the file, read when the agency starts; a file that is broken keeps it from starting.</summary>
public sealed partial class KnownRatings(IOptions<RatingAgencyOptions> options, EnvelopeIdentity identity, ILogger<KnownRatings> logger) : IHostedService
{
    private const decimal Millionths = 1_000_000, Most = 1_000_000_000;

    private Dictionary<Address, long> _ratings = [];

    /// <summary>In millionths; null for who is not in the file.</summary>
    public long? Find(Address account) => _ratings.TryGetValue(account, out var rating) ? rating : null;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var (path, ratings, number) = (options.Value.Ratings, new Dictionary<Address, long>(), 0);
        await foreach (var line in File.ReadLinesAsync(path, cancellationToken))
        {
            number++;
            if (line.Length > 0 && !(number == 1 && line == "account,rating") && !TryAdd(line, ratings))
            {
                throw new InvalidDataException($"{path}, line {number}: not an account, a comma and a number from -{Most} to {Most} with at most six digits behind the point, or the account stands there twice.");
            }
        }

        _ratings = ratings;
        Log.Started(logger, ratings.Count, identity.Account.ToString(), Convert.ToHexStringLower(identity.KeyPair.PublicKey));
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool TryAdd(string line, Dictionary<Address, long> ratings) =>
        line.Split(',') is [var account, var text] && Address.TryParse(account, null, out var address)
            && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rating) && Math.Abs(rating) <= Most
            && decimal.IsInteger(rating * Millionths) && ratings.TryAdd(address, (long)(rating * Millionths));

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Count} ratings; houses ask account {Account} with public key 0x{PublicKey}")]
        public static partial void Started(ILogger logger, int count, string account, string publicKey);
    }
}
