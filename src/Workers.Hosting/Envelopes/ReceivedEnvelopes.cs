using Ethereum;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Data;
using Workers.Hosting.Health;

namespace Workers.Hosting.Envelopes;

/// <summary>An envelope that came; the same nonce of the same sender is not taken again.</summary>
public sealed class ReceivedEnvelopeRow
{
    /// <summary>The sender's account, lower-case 0x hex.</summary>
    public required string From { get; init; }

    /// <summary>0x and 32 digits.</summary>
    public required string Nonce { get; init; }

    /// <summary>Unix seconds; the row is needed until then and as long as clocks may differ.</summary>
    public required long ExpiresAt { get; init; }

    /// <summary>The table's name.</summary>
    internal const string Table = "received_envelopes";
}

/// <summary>Maps the table in the model of a worker that takes envelopes.</summary>
public static class ReceivedEnvelopeModel
{
    /// <summary>Belongs into OnModelCreating; <see cref="SharedTables.AddEnvelopes"/> into a migration.</summary>
    public static void MapReceivedEnvelopes(this ModelBuilder model) => model.Entity<ReceivedEnvelopeRow>(e =>
    {
        e.ToTable(ReceivedEnvelopeRow.Table);
        e.HasKey(r => new { r.From, r.Nonce });
        e.HasIndex(r => r.ExpiresAt);
    });
}

/// <summary>Remembers which envelopes came.</summary>
internal interface IReceivedEnvelopes
{
    /// <returns>False when this nonce of this sender came before, at this replica or another, now or before a restart.</returns>
    Task<bool> TryAddAsync(EnvelopeHeader header, CancellationToken cancellationToken);
}

/// <summary>In a worker's database, whose primary key decides between two at once.</summary>
internal sealed class ReceivedEnvelopes<TDb>(IServiceScopeFactory scopes) : IReceivedEnvelopes
    where TDb : WorkerDbContext
{
    public async Task<bool> TryAddAsync(EnvelopeHeader header, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (from, nonce, expiresAt) = (header.From.ToString(), header.Nonce.ToString(), header.ExpiresAt);
        return await scope.ServiceProvider.GetRequiredService<TDb>().Database.ExecuteSqlAsync(
            $"""INSERT INTO received_envelopes ("From", "Nonce", "ExpiresAt") VALUES ({from}, {nonce}, {expiresAt}) ON CONFLICT DO NOTHING""", cancellationToken) == 1;
    }
}

/// <summary>Deletes what is not needed any more.</summary>
internal sealed partial class ReceivedEnvelopePurge<TDb>(
    string worker, IServiceScopeFactory scopes, IOptions<EnvelopeOptions> options, Outages outages, TimeProvider clock, ILogger<ReceivedEnvelopePurge<TDb>> logger) : BackgroundService
    where TDb : WorkerDbContext
{
    /// <summary>Beyond the clocks' tolerance, since a replica's clock may be set back.</summary>
    internal static readonly TimeSpan Margin = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.PurgeInterval, clock);
        do
        {
            var attempted = clock.GetUtcNow();
            try
            {
                await PurgeAsync(attempted, stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                if (!outages.DatabaseFailed(worker, attempted, e))
                {
                    Log.Failed(logger, e);
                }
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task PurgeAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = (now - options.Value.ClockTolerance - Margin).ToUnixTimeSeconds();
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<TDb>().Set<ReceivedEnvelopeRow>().Where(r => r.ExpiresAt < before).ExecuteDeleteAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Nonces of expired envelopes were not deleted")]
        public static partial void Failed(ILogger logger, Exception e);
    }
}
