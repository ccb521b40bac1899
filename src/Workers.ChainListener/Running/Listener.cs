using Microsoft.Extensions.Options;
using Workers.ChainListener.Following;
using Workers.ChainListener.Storage;
using Workers.Hosting.Chain;
using Workers.Hosting.Health;
using Workers.Hosting.Messaging.Outbox;

namespace Workers.ChainListener.Running;

/// <summary>Follows the chain while it holds the lease: ask the node, decide, commit.</summary>
internal sealed partial class Listener(
    IChainNode node,
    ChainStore store,
    ListenerStatus status,
    IServiceScopeFactory scopes,
    OutboxSignal<ListenerDbContext> outbox,
    IOptions<ChainOptions> chainOptions,
    IOptions<ListenerOptions> options,
    Outages outages,
    TimeProvider clock,
    ILogger<Listener> logger) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);
    private readonly FollowRules _rules = Rules(chainOptions.Value, options.Value);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await using var lease = await WaitForLeaseAsync(stoppingToken);
                var chain = chainOptions.Value;
                var followed = await store.LoadAsync(chain.ChainId, (ulong)chain.StartBlock, chain.Contracts.Values.Select(Ethereum.Address.Parse), stoppingToken);
                status.Started();
                Log.Active(logger, chain.ChainId, followed.Next);
                await FollowAsync(followed, lease, stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Whether a commit that failed half-way is in the database is only known by loading again.
                status.Failed(e);
                if (!outages.DatabaseFailed(ChainListenerExtensions.Name, clock.GetUtcNow(), e))
                {
                    Log.StartingAgain(logger, e.GetBaseException().Message);
                }

                await Task.Delay(options.Value.LeaseInterval, clock, stoppingToken);
            }
        }
    }

    private static FollowRules Rules(ChainOptions chain, ListenerOptions options) => new(
        (uint)chain.Confirmations,
        chain.Finality == Finality.Depth ? (uint)chain.FinalityDepth : null,
        (ulong)options.BlocksPerCommit);

    private async Task<Lease> WaitForLeaseAsync(CancellationToken cancellationToken)
    {
        for (var told = false; ; told = true)
        {
            await using (var scope = scopes.CreateAsyncScope())
            {
                if (await Lease.TryTakeAsync(scope.ServiceProvider.GetRequiredService<ListenerDbContext>(), cancellationToken) is { } lease)
                {
                    return lease;
                }
            }

            if (!told)
            {
                Log.StandingBy(logger);
                status.StandBy();
            }

            await Task.Delay(options.Value.LeaseInterval, clock, cancellationToken);
        }
    }

    private async Task FollowAsync(FollowedChain chain, Lease lease, CancellationToken cancellationToken)
    {
        var follower = new Follower(node, _rules);
        var progress = new Progress(clock, options.Value.ProgressInterval);
        var (failures, sinceBusCheck) = (0, 0);
        var checkedAt = clock.GetTimestamp();
        var asked = clock.GetUtcNow();
        Task<Step>? ahead = null;
        while (true)
        {
            if (clock.GetElapsedTime(checkedAt) > options.Value.LeaseInterval)
            {
                await lease.CheckAsync(cancellationToken);
                checkedAt = clock.GetTimestamp();
            }

            Step step;
            try
            {
                if (ahead is null)
                {
                    asked = clock.GetUtcNow();
                    ahead = follower.NextAsync(chain, cancellationToken);
                }

                step = await ahead;
                outages.Serves(Outages.Chain, asked);
                (ahead, failures) = (null, 0);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                ahead = null;
                await PauseAsync(e, asked, ++failures, cancellationToken);
                continue;
            }

            if (step.Decision is not { } decision || ReferenceEquals(decision.Next, chain))
            {
                status.Answered(step.Head, chain, _rules.Confirmations);
                await Task.Delay(chainOptions.Value.PollInterval, clock, cancellationToken);
                continue;
            }

            asked = clock.GetUtcNow();
            ahead = await CommitAsync(chain, decision, follower, cancellationToken);
            chain = decision.Next;
            outbox.Set();
            status.Committed(decision);
            status.Answered(step.Head, chain, _rules.Confirmations);
            Report(decision, progress.After(step.Head, chain, decision));
            sinceBusCheck += decision.Publish.Count;
            if (sinceBusCheck > options.Value.MaximumWaiting / 4)
            {
                await WaitForBusAsync(cancellationToken);
                sinceBusCheck = 0;
            }
        }
    }

    /// <summary>Saves a decision, and asks the node for what comes after it meanwhile: the node and the database need not wait for each other.</summary>
    /// <returns>The question, which nobody has waited for yet.</returns>
    private async Task<Task<Step>> CommitAsync(FollowedChain chain, Decision decision, Follower follower, CancellationToken cancellationToken)
    {
        var ahead = follower.NextAsync(decision.Next, cancellationToken);
        try
        {
            await store.CommitAsync(chain, decision, cancellationToken);
            return ahead;
        }
        catch
        {
            // The chain is loaded again, and the node's reader serves one question at a time.
            await Task.WhenAny(ahead);
            throw;
        }
    }

    /// <summary>A node that fails is asked again, less and less often; nothing is skipped.</summary>
    private async Task PauseAsync(Exception e, DateTimeOffset asked, int failures, CancellationToken cancellationToken)
    {
        status.Failed(e);
        var pause = chainOptions.Value.PollInterval * Math.Pow(2, Math.Min(failures - 1, 10));
        pause = pause < LongestPause ? pause : LongestPause;
        if (e is FinalityViolationException)
        {
            Log.FinalityViolated(logger, e.Message);
        }
        else
        {
            outages.Failed(Outages.Chain, asked, e.Message);
        }

        await Task.Delay(pause, clock, cancellationToken);
    }

    private async Task WaitForBusAsync(CancellationToken cancellationToken)
    {
        while (await store.WaitingAsync(cancellationToken) > options.Value.MaximumWaiting)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancellationToken);
        }
    }

    private void Report(Decision decision, ProgressReport? progress)
    {
        if (decision.Depth > 0)
        {
            Log.Reorganised(logger, decision.Depth, decision.Next.Tip?.Number ?? 0, decision.Retract.Count);
        }

        if (progress is { } p)
        {
            Log.Progress(logger, p.Block, p.Target, p.Percent, p.EventsPerSecond, p.Left);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Following chain {ChainId} from block {Block}")]
        public static partial void Active(ILogger logger, long chainId, ulong block);

        [LoggerMessage(Level = LogLevel.Information, Message = "Standing by: another listener follows the chain into this database")]
        public static partial void StandingBy(ILogger logger);

        [LoggerMessage(Level = LogLevel.Information, Message = "Reading block {Block} of {Target} ({Percent:0.0} %), {EventsPerSecond:0} events/s, about {Left} left")]
        public static partial void Progress(ILogger logger, ulong block, ulong target, double percent, double eventsPerSecond, TimeSpan left);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The chain was reorganised: {Depth} published blocks above {Ancestor} left it, {Events} events are retracted")]
        public static partial void Reorganised(ILogger logger, int depth, ulong ancestor, int events);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The listener starts again from its last commit: {Reason}")]
        public static partial void StartingAgain(ILogger logger, string reason);

        [LoggerMessage(Level = LogLevel.Critical, Message = "FINALITY VIOLATED, nothing is published any more. {Reason}")]
        public static partial void FinalityViolated(ILogger logger, string reason);
    }
}
