using System.Collections.Immutable;
using System.Text.Json;
using Contracts.Messages;
using Ethereum;
using Microsoft.EntityFrameworkCore;
using Workers.ChainListener.Following;
using Workers.Hosting.Data;
using Workers.Hosting.Messaging;

namespace Workers.ChainListener.Storage;

/// <summary>
/// The followed chain in the database. A decision and the messages that it publishes are one commit, so a process that is
/// killed at any point has either done all of it or nothing.
/// </summary>
internal sealed class ChainStore(IServiceScopeFactory scopes, TimeProvider clock)
{
    private int _version;

    /// <summary>
    /// The chain as it was committed last. The first time it starts at <paramref name="start"/>; when a contract was added
    /// since, it starts there once more.
    /// </summary>
    /// <exception cref="InvalidOperationException">The database follows another chain.</exception>
    public async Task<FollowedChain> LoadAsync(long chainId, ulong start, IEnumerable<Address> contracts, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ListenerDbContext>();
        var addresses = contracts.Select(a => a.ToString()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var row = await db.Checkpoints.SingleOrDefaultAsync(cancellationToken);
        if (row is null)
        {
            row = new CheckpointRow { ChainId = chainId, Start = (long)start, Contracts = string.Join(' ', addresses) };
            db.Add(row);
            await db.SaveChangesAsync(cancellationToken);
        }

        if (row.ChainId != chainId)
        {
            throw new InvalidOperationException(
                $"The listener's database follows chain {row.ChainId}, and Chain:ChainId is {chainId}: set it back, or give the listener a new, empty database.");
        }

        _version = row.Version;
        var chain = await ChainAsync(db, row, cancellationToken);
        var known = row.Contracts.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (addresses.Except(known, StringComparer.Ordinal).Any())
        {
            var rewind = chain.Rewind(start);
            await CommitAsync(chain, rewind, string.Join(' ', addresses), cancellationToken);
            return rewind.Next;
        }

        return chain;
    }

    /// <summary>Saves a decision with its messages.</summary>
    /// <exception cref="DbUpdateConcurrencyException">Another listener committed meanwhile: this one lost its lease.</exception>
    public Task CommitAsync(FollowedChain before, Decision decision, CancellationToken cancellationToken) =>
        CommitAsync(before, decision, contracts: null, cancellationToken);

    /// <summary>How many messages wait for the bus, at most: the distance from the oldest to the newest.</summary>
    public async Task<long> WaitingAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ListenerDbContext>();
        var oldest = await db.Outbox.Where(r => r.SentAt == null).MinAsync(r => (long?)r.Id, cancellationToken);
        return oldest is { } first ? await db.Outbox.MaxAsync(r => r.Id, cancellationToken) - first + 1 : 0;
    }

    private static async Task<FollowedChain> ChainAsync(ListenerDbContext db, CheckpointRow row, CancellationToken cancellationToken)
    {
        var events = (await db.Events.AsNoTracking().ToListAsync(cancellationToken))
            .Select(e => JsonSerializer.Deserialize<ChainEvent>(e.Body, MessageJson.Options)!)
            .ToLookup(e => e.Position.BlockNumber);
        var blocks = await db.Blocks.AsNoTracking().OrderBy(b => b.Number).ToListAsync(cancellationToken);
        var retracted = await db.Retracted.AsNoTracking().ToListAsync(cancellationToken);
        return new FollowedChain
        {
            Start = (ulong)row.Start,
            Final = row.FinalHash is { } final ? new BlockRef((ulong)row.FinalNumber!, final, row.FinalParent ?? default) : null,
            Announced = row.AnnouncedHash is { } announced ? new BlockRef((ulong)row.AnnouncedNumber!, announced, default) : null,
            Blocks = [.. blocks.Select(b => new FollowedBlock(
                new BlockRef((ulong)b.Number, b.Hash, b.ParentHash),
                [.. events[(ulong)b.Number].OrderBy(e => e.Position.LogIndex)]))],
            Retracted = retracted.ToImmutableDictionary(r => r.Hash, r => new RetractedBlock((ulong)r.Number, r.Times)),
        };
    }

    private async Task CommitAsync(FollowedChain before, Decision decision, string? contracts, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ListenerDbContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var next = decision.Next;
        var row = await db.Checkpoints.SingleAsync(cancellationToken);
        db.Entry(row).Property(r => r.Version).OriginalValue = _version;
        row.Version = _version;
        row.Start = (long)next.Start;
        row.Contracts = contracts ?? row.Contracts;
        row.Tip = (long?)next.Tip?.Number;
        (row.FinalNumber, row.FinalHash, row.FinalParent) = ((long?)next.Final?.Number, next.Final?.Hash, next.Final?.ParentHash);
        (row.AnnouncedNumber, row.AnnouncedHash) = ((long?)next.Announced?.Number, next.Announced?.Hash);
        db.Entry(row).State = EntityState.Modified;
        await db.SaveChangesAsync(cancellationToken);

        await SaveBlocksAsync(db, before, next, cancellationToken);
        if (!ReferenceEquals(before.Retracted, next.Retracted))
        {
            await db.Retracted.ExecuteDeleteAsync(cancellationToken);
            db.Retracted.AddRange(next.Retracted.Select(r => new RetractedRow { Hash = r.Key, Number = (long)r.Value.Number, Times = r.Value.Times }));
            await db.SaveChangesAsync(cancellationToken);
        }

        await db.InsertAsync(Messages(decision, row.ChainId), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        _version = row.Version;
    }

    private static async Task SaveBlocksAsync(ListenerDbContext db, FollowedChain before, FollowedChain next, CancellationToken cancellationToken)
    {
        if (ReferenceEquals(before.Blocks, next.Blocks))
        {
            return;
        }

        var kept = before.Blocks.Where(b => next.Blocks.Count > 0 && next.At(b.Block.Number)?.Hash == b.Block.Hash).Select(b => (long)b.Block.Number).ToHashSet();
        if (kept.Count < before.Blocks.Count)
        {
            var (first, last) = kept.Count == 0 ? (long.MaxValue, long.MinValue) : (kept.Min(), kept.Max());
            await db.Blocks.Where(b => b.Number < first || b.Number > last).ExecuteDeleteAsync(cancellationToken);
            await db.Events.Where(e => e.BlockNumber < first || e.BlockNumber > last).ExecuteDeleteAsync(cancellationToken);
        }

        var added = next.Blocks.Where(b => !kept.Contains((long)b.Block.Number)).ToList();
        await db.InsertAsync(added.Select(b => new BlockRow { Number = (long)b.Block.Number, Hash = b.Block.Hash, ParentHash = b.Block.ParentHash }), cancellationToken);
        await db.InsertAsync(
            added.SelectMany(b => b.Events).Select(e => new EventRow { BlockNumber = (long)e.Position.BlockNumber, LogIndex = e.Position.LogIndex, Body = Json(e) }),
            cancellationToken);
    }

    private static string Json<T>(T message) => JsonSerializer.Serialize(message, MessageJson.Options);

    /// <summary>Outbox rows: what is taken back first, then what is new, then the watermark that covers it.</summary>
    private IEnumerable<OutboxRow> Messages(Decision decision, long chainId)
    {
        var now = clock.GetUtcNow();
        foreach (var retraction in decision.Retract)
        {
            var (position, time, address, topics, data) = retraction.Event;
            yield return Row(retraction.RetractionId, new ChainEventRetracted(position, time, address, topics, data), retraction.MessageId);
        }

        foreach (var publication in decision.Publish)
        {
            yield return Row(publication.MessageId, publication.Event, publication.MessageId);
        }

        if (decision.Finalised is { } final)
        {
            var watermark = new LogPosition((ulong)chainId, final.Number, final.Hash.ToString(), string.Empty, 0).MessageId("final");
            yield return Row(watermark, new ChainFinalised((ulong)chainId, final.Number, final.Hash.ToString()), watermark);
        }

        OutboxRow Row<T>(Guid id, T message, Guid correlation) => new()
        {
            MessageId = id,
            MessageType = typeof(T).FullName!,
            Body = Json(message),
            CorrelationId = correlation.ToString("N"),
            CreatedAt = now,
        };
    }
}
