using Contracts.Messages;
using Ethereum;
using Ethereum.Rpc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Data;
using Workers.Hosting.Health;
using Workers.Hosting.Telemetry;

namespace Workers.Hosting.Transactions;

/// <summary>
/// Brings a worker's queued transactions to their end. A transaction is signed under its nonce and saved before it is
/// broadcast, so a kill at any line repeats at most a broadcast, which the chain takes once. Two replicas that sign at
/// once meet at the row's version or at the index over (account, nonce): one of them loses and looks again.
/// </summary>
internal sealed partial class TransactionSender<TDb>(
    IServiceScopeFactory scopes,
    SenderChain chain,
    IOptions<TransactionOptions> options,
    WorkerTelemetry<TDb> telemetry,
    Outages outages,
    TimeProvider clock,
    ILogger<TransactionSender<TDb>> logger) : BackgroundService
    where TDb : WorkerDbContext
{
    private const int RetriesPerTurn = 64;

    private readonly Dictionary<long, DateTimeOffset> broadcasts = [];
    private readonly Dictionary<string, long> retried = new(StringComparer.Ordinal);
    private Hash32? quietHead;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.PollInterval, clock);
        do
        {
            var attempted = clock.GetUtcNow();
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                // Every step is repeatable from what is saved; the next turn begins from there.
                if (!IsOutage(e, attempted))
                {
                    LogTurnFailed(logger, telemetry.Worker, e);
                }
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>One turn over everything that may have a next step.</summary>
    internal async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var (sent, queuing, blocks) = await LoadAsync(async db => (
            await OpenTransactions.SentAsync(db, cancellationToken),
            await OpenTransactions.QueuingAsync(db, cancellationToken),
            await OpenTransactions.BlocksAsync(db, cancellationToken)));
        if (sent.Count == 0 && queuing.Count == 0 && blocks.Count == 0)
        {
            return;
        }

        var attempted = clock.GetUtcNow();
        var heads = await chain.HeadsAsync(cancellationToken);
        outages.Serves(Outages.Chain, attempted);
        var due = sent.Concat(await DueAsync(blocks, heads, cancellationToken)).ToLookup(t => t.From, t => t.Id, StringComparer.Ordinal);
        var inFlight = sent.CountBy(t => t.From, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        foreach (var account in due.Select(t => t.Key).Union(queuing, StringComparer.Ordinal))
        {
            var turn = clock.GetUtcNow();
            try
            {
                foreach (var id in due[account])
                {
                    await StepAsync(id, heads, cancellationToken);
                }

                await SignNextAsync(account, options.Value.MaxInFlight - inFlight.GetValueOrDefault(account), heads, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                // An account whose key is missing, say, must not hold up the others.
                if (!IsOutage(e, turn))
                {
                    LogAccountFailed(logger, account, e);
                }
            }
        }
    }

    private bool IsOutage(Exception e, DateTimeOffset attempted)
    {
        if (e is RpcException { IsTransient: true })
        {
            outages.Failed(Outages.Chain, attempted, e.Message);
            return true;
        }

        return outages.DatabaseFailed(telemetry.Worker, attempted, e);
    }

    /// <summary>The mined transactions whose block is final now or has left the chain: the others have nothing to wait for at this head.</summary>
    private async Task<List<OpenTransaction>> DueAsync(List<MinedBlock> blocks, ChainHeads heads, CancellationToken cancellationToken)
    {
        if (heads.Head == quietHead)
        {
            return [];
        }

        var due = new List<OpenTransaction>();
        foreach (var block in blocks)
        {
            if (block.Number <= heads.FinalBlock || !await chain.IsOnChainAsync(block, cancellationToken))
            {
                due.AddRange(await LoadAsync(db => OpenTransactions.InBlockAsync(db, block.Hash, cancellationToken)));
            }
        }

        quietHead = due.Count == 0 ? heads.Head : null;
        return due;
    }

    /// <summary>
    /// Signs an account's next transactions, as many as may be under way. Those that were refused before are tried a few at a
    /// time, in turn, so that neither they nor a crowd of them hold up the others.
    /// </summary>
    private async Task SignNextAsync(string account, int free, ChainHeads heads, CancellationToken cancellationToken)
    {
        if (free <= 0)
        {
            return;
        }

        var refused = await LoadAsync(db => OpenTransactions.RefusedAsync(db, account, retried.GetValueOrDefault(account), RetriesPerTurn, cancellationToken));
        retried[account] = refused.Count < RetriesPerTurn ? 0 : refused[^1];
        var fresh = await LoadAsync(db => OpenTransactions.FreshAsync(db, account, free, cancellationToken));
        foreach (var id in refused.Concat(fresh))
        {
            free -= await SignAsync(id, heads, cancellationToken) ? 1 : 0;
            if (free == 0)
            {
                return;
            }
        }
    }

    private async Task StepAsync(long id, ChainHeads heads, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        var row = await db.Transactions.SingleAsync(t => t.Id == id, cancellationToken);
        if (row.State is not (TransactionState.Sent or TransactionState.Mined))
        {
            // Another replica was faster.
            return;
        }

        var view = await chain.ViewAsync(row, heads, cancellationToken);
        DateTimeOffset? lastBroadcast = broadcasts.TryGetValue(id, out var at) ? at : null;
        switch (TransactionRules.Next(row, view, lastBroadcast, clock.GetUtcNow(), options.Value))
        {
            case TransactionStep.NoteMined:
                Include(row, view.Inclusion!);
                row.State = TransactionState.Mined;
                Tell(db, row);
                await db.SaveChangesAsync(cancellationToken);
                LogMined(logger, row.Key, view.Inclusion!.TransactionHash, row.BlockNumber, row.CorrelationId);
                break;
            case TransactionStep.End:
                Include(row, view.Inclusion!);
                row.State = view.Inclusion!.Succeeded ? TransactionState.Final : TransactionState.Reverted;
                row.Error = view.Inclusion.Succeeded ? null : await chain.ReasonAsync(row, cancellationToken);
                Tell(db, row);
                await db.SaveChangesAsync(cancellationToken);
                broadcasts.Remove(id);
                LogEnded(logger, row.Key, row.State, row.Error, row.CorrelationId);
                break;
            case TransactionStep.Broadcast:
                if (row.State == TransactionState.Mined)
                {
                    row.State = TransactionState.Sent;
                    (row.TransactionHash, row.BlockNumber, row.BlockHash) = (null, null, null);
                    await db.SaveChangesAsync(cancellationToken);
                    LogVanished(logger, row.Key, row.CorrelationId);
                }

                await BroadcastAsync(row, cancellationToken);
                break;
            case TransactionStep.Reprice:
                await RepriceAsync(db, scope.ServiceProvider, row, heads, cancellationToken);
                break;
            case TransactionStep.Renounce:
                LogRenounced(logger, row.Key, row.Nonce, row.CorrelationId);
                (row.State, row.Nonce, row.Raw, row.Hashes) = (TransactionState.Queued, null, null, "");
                await db.SaveChangesAsync(cancellationToken);
                break;
            case TransactionStep.Wait:
                break;
        }
    }

    /// <returns>Whether it is under way now.</returns>
    private async Task<bool> SignAsync(long id, ChainHeads heads, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        var row = await db.Transactions.SingleAsync(t => t.Id == id, cancellationToken);
        if (row.State != TransactionState.Queued)
        {
            // Another replica was faster: signed again under another nonce it would take effect twice.
            return false;
        }

        var simulation = await chain.SimulateAsync(row, cancellationToken);
        if (simulation.Refusal is { } refusal)
        {
            await RefuseAsync(db, row, refusal, cancellationToken);
            return false;
        }

        var used = await db.Transactions.Where(t => t.From == row.From).MaxAsync(t => t.Nonce, cancellationToken);
        row.Nonce = Math.Max(await chain.NonceAsync(row.From, cancellationToken), (used ?? -1) + 1);
        row.GasLimit = Math.Max(row.GasLimit, checked((long)Math.Ceiling(simulation.Gas * options.Value.GasMargin)));
        row.RefusedSince = null;
        row.Error = null;
        await chain.SignAsync(row, Fees.First(heads.BaseFee, heads.SuggestedTip, options.Value), scope.ServiceProvider, cancellationToken);
        row.State = TransactionState.Sent;
        row.PricedAt = clock.GetUtcNow();
        await db.SaveChangesAsync(cancellationToken);
        await BroadcastAsync(row, cancellationToken);
        return true;
    }

    private async Task RefuseAsync(TDb db, TransactionRow row, Refusal refusal, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        row.RefusedSince ??= now;
        var isNews = row.Error != refusal.Reason;
        row.Error = refusal.Reason;
        if (refusal.IsFinal && now - row.RefusedSince >= options.Value.RefusalPatience)
        {
            row.State = TransactionState.Reverted;
            Tell(db, row);
            LogEnded(logger, row.Key, row.State, row.Error, row.CorrelationId);
        }
        else if (isNews)
        {
            LogRefused(logger, row.Key, refusal.Reason, row.CorrelationId);
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    private async Task RepriceAsync(TDb db, IServiceProvider services, TransactionRow row, ChainHeads heads, CancellationToken cancellationToken)
    {
        var before = new Fees(new(row.MaxFee), new(row.Tip));
        var raised = before.Raised(heads.BaseFee, heads.SuggestedTip, options.Value);
        row.PricedAt = clock.GetUtcNow();
        if (raised.Replaces(before))
        {
            await chain.SignAsync(row, raised, services, cancellationToken);
            LogRepriced(logger, row.Key, row.MaxFee, row.CorrelationId);
        }
        else
        {
            LogAtCap(logger, row.Key, options.Value.MaxFeePerGasGwei, row.CorrelationId);
        }

        await db.SaveChangesAsync(cancellationToken);
        await BroadcastAsync(row, cancellationToken);
    }

    private async Task BroadcastAsync(TransactionRow row, CancellationToken cancellationToken)
    {
        if (await chain.BroadcastAsync(row, cancellationToken) is { } complaint)
        {
            LogBroadcast(logger, row.Key, complaint, row.CorrelationId);
        }

        broadcasts[row.Id] = clock.GetUtcNow();
    }

    private static void Include(TransactionRow row, Inclusion inclusion)
    {
        (row.TransactionHash, row.BlockNumber, row.BlockHash) = (inclusion.TransactionHash, inclusion.BlockNumber, inclusion.BlockHash);
        (row.GasUsed, row.Fee, row.Created) = (inclusion.GasUsed, inclusion.Fee, inclusion.Created);
    }

    private static void Tell(TDb db, TransactionRow row)
    {
        db.CorrelationId = row.CorrelationId;
        db.Publish(new TransactionOutcome(
            row.Key, row.State, row.From, row.TransactionHash, (ulong?)row.BlockNumber, (ulong)row.GasUsed,
            row.Fee.ToString("0", System.Globalization.CultureInfo.InvariantCulture), row.Error));
    }

    private async Task<T> LoadAsync<T>(Func<TDb, Task<T>> load)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await load(scope.ServiceProvider.GetRequiredService<TDb>());
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The transactions of {Worker} could not be looked at; trying again")]
    private static partial void LogTurnFailed(ILogger logger, string worker, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The transactions of the account {Account} could not be looked at; trying again")]
    private static partial void LogAccountFailed(ILogger logger, string account, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Transaction {Key} is in block {Block} as {Hash} ({CorrelationId})")]
    private static partial void LogMined(ILogger logger, string key, string hash, long? block, string? correlationId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Transaction {Key} ended: {State} {Error} ({CorrelationId})")]
    private static partial void LogEnded(ILogger logger, string key, TransactionState state, string? error, string? correlationId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Transaction {Key} left its block in a reorganisation and is sent again ({CorrelationId})")]
    private static partial void LogVanished(ILogger logger, string key, string? correlationId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A final block holds another transaction under the nonce {Nonce} of {Key}: is the account used elsewhere? It gets a new nonce ({CorrelationId})")]
    private static partial void LogRenounced(ILogger logger, string key, long? nonce, string? correlationId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Transaction {Key} is not sent yet: {Reason} ({CorrelationId})")]
    private static partial void LogRefused(ILogger logger, string key, string reason, string? correlationId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Transaction {Key} was not mined in time and now offers {MaxFee} wei per gas ({CorrelationId})")]
    private static partial void LogRepriced(ILogger logger, string key, decimal maxFee, string? correlationId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Transaction {Key} is not mined and Transactions:MaxFeePerGasGwei ({Cap}) allows no higher offer ({CorrelationId})")]
    private static partial void LogAtCap(ILogger logger, string key, decimal cap, string? correlationId);

    [LoggerMessage(Level = LogLevel.Information, Message = "The node did not take the broadcast of {Key}: {Complaint}; it is sent again ({CorrelationId})")]
    private static partial void LogBroadcast(ILogger logger, string key, string complaint, string? correlationId);
}
