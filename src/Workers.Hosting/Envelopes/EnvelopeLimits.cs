using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Ethereum;
using Microsoft.Extensions.Options;

namespace Workers.Hosting.Envelopes;

/// <summary>
/// Keeps one member from taking what belongs to all. Limits of an address come before anything is verified, those of a sender after its signature, so that nobody
/// uses up another's by naming it; those of all after those of the sender, so that what a sender sends too much uses up nothing of them.
/// </summary>
internal sealed class EnvelopeLimits(IOptions<EnvelopeOptions> options) : IDisposable
{
    private const int QueueFactor = 4, Burst = 2;
    private readonly PartitionedRateLimiter<IPAddress> _connections = PartitionedRateLimiter.Create<IPAddress, IPNetwork>(
        address => RateLimitPartition.GetConcurrencyLimiter(NetworkOf(address), _ => Concurrently(options.Value.Limits.ConnectionsPerAddress, queue: 0)));

    private readonly PartitionedRateLimiter<IPAddress> _addresses = PartitionedRateLimiter.Create<IPAddress, IPNetwork>(
        address => RateLimitPartition.GetTokenBucketLimiter(NetworkOf(address), _ => PerSecond(options.Value.Limits.RatePerAddress)));

    private readonly PartitionedRateLimiter<Address> _senderRates = PartitionedRateLimiter.Create<Address, Address>(
        sender => RateLimitPartition.GetTokenBucketLimiter(sender, _ => PerSecond(options.Value.Limits.RatePerSender)));

    private readonly PartitionedRateLimiter<Address> _senders = PartitionedRateLimiter.Create<Address, Address>(
        sender => RateLimitPartition.GetConcurrencyLimiter(sender, _ => Concurrently(options.Value.Limits.ConcurrencyPerSender, options.Value.Limits.ConcurrencyPerSender)));

    private readonly TokenBucketRateLimiter _rate = new(PerSecond(options.Value.Limits.Rate));
    private readonly ConcurrencyLimiter _all = new(Concurrently(options.Value.Limits.Concurrency, QueueFactor * options.Value.Limits.Concurrency));

    /// <summary>Who has a connection; its lease is disposed when it closes.</summary>
    public RateLimitLease Connect(IPAddress address) => _connections.AttemptAcquire(address);

    /// <summary>Whether a request of this address is looked at.</summary>
    public bool TakesFrom(IPAddress address)
    {
        using var lease = _addresses.AttemptAcquire(address);
        return lease.IsAcquired;
    }

    /// <summary>A turn for an envelope that this account signed, held while it is handled; null when it has to come later.</summary>
    /// <returns>And who sends too much: the sender alone, or all together.</returns>
    public async ValueTask<(IDisposable? Turn, bool IsSenders)> TakeTurnAsync(Address sender, CancellationToken cancellationToken)
    {
        using (var rate = _senderRates.AttemptAcquire(sender))
        {
            if (!rate.IsAcquired)
            {
                return (null, true);
            }
        }

        var own = await _senders.AcquireAsync(sender, 1, cancellationToken);
        try
        {
            if (!own.IsAcquired)
            {
                return (null, true);
            }

            using var rate = _rate.AttemptAcquire();
            var all = rate.IsAcquired ? await _all.AcquireAsync(1, cancellationToken) : null;
            if (all is not { IsAcquired: true })
            {
                all?.Dispose();
                return (null, false);
            }

            var turn = new Leases(own, all);
            own = null;
            return (turn, false);
        }
        finally
        {
            own?.Dispose();
        }
    }

    public void Dispose()
    {
        _connections.Dispose();
        _addresses.Dispose();
        _senderRates.Dispose();
        _senders.Dispose();
        _rate.Dispose();
        _all.Dispose();
    }

    /// <summary>One IPv4 address; with IPv6 the 64 bits that one customer has.</summary>
    internal static IPNetwork NetworkOf(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (plain.AddressFamily == AddressFamily.InterNetwork)
        {
            return new IPNetwork(plain, 32);
        }

        var bytes = plain.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPNetwork(new IPAddress(bytes), 64);
    }

    private static ConcurrencyLimiterOptions Concurrently(int permits, int queue) => new() { PermitLimit = permits, QueueLimit = queue, QueueProcessingOrder = QueueProcessingOrder.OldestFirst };

    private static TokenBucketRateLimiterOptions PerSecond(int rate) => new()
    {
        TokenLimit = Burst * rate,
        TokensPerPeriod = rate,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        AutoReplenishment = true,
        QueueLimit = 0,
    };

    private sealed class Leases(RateLimitLease own, RateLimitLease all) : IDisposable
    {
        public void Dispose()
        {
            all.Dispose();
            own.Dispose();
        }
    }
}
