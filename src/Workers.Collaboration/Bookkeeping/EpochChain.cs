using System.Buffers.Binary;
using System.Numerics;
using Ethereum;
using Ethereum.Abi;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Chain;
using Workers.Hosting.Members;

namespace Workers.Collaboration.Bookkeeping;

/// <summary>An epoch as a block has it.</summary>
public sealed record EpochView(EpochState State, long Deadline, Hash32 Seed, Hash32 Standings, Address Bookkeeper, Conduct.Batch Batch, uint Demands);

/// <summary>A demand on the batch that stands, or on one before it.</summary>
public sealed record DemandView(BigInteger Index, long AnswerBy, string Name);

/// <summary>What the bookkeeping asks the contract Conduct.</summary>
public sealed class EpochChain(EthereumRpc rpc, IOptions<ChainOptions> options, CollaborationDb db) : WorkerChain(rpc, options, db)
{
    /// <summary>Far in the future: still running, and so its deadline says when the first began.</summary>
    private const ulong FarEpoch = uint.MaxValue;

    /// <summary>Blocks whose logs a node is asked for at once.</summary>
    private const ulong LogBlocks = 2_000;

    /// <summary>The contract.</summary>
    public Address Contract => ContractAt("Conduct");

    /// <summary>The market, for which everything is signed.</summary>
    public ConductReference Market => new(ChainId, Contract);

    /// <summary>What nobody can change.</summary>
    public Task<Conduct.Rules> RulesAsync(CancellationToken cancellationToken) => ReadAsync(Contract, new Conduct.RulesCall(), cancellationToken);

    /// <summary>What the chain says of an account now.</summary>
    public Task<Conduct.Member> MemberAsync(Address account, CancellationToken cancellationToken) => ReadAsync(Contract, new Conduct.MemberOfCall(account), cancellationToken);

    /// <summary>Unix time of the latest block.</summary>
    public async Task<long> NowAsync(CancellationToken cancellationToken) => (await TimeAsync(cancellationToken)).ToUnixTimeSeconds();

    /// <summary>When epochs begin and end.</summary>
    public async Task<EpochClock> ClockAsync(Conduct.Rules rules, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var far = await ReadAsync(Contract, new Conduct.EpochOfCall(FarEpoch), cancellationToken);
        return new EpochClock(far.Deadline + 1 - ((FarEpoch + 1) * rules.Epoch), rules.Epoch);
    }

    /// <summary>An epoch at the latest block.</summary>
    public Task<EpochView> EpochAsync(long number, CancellationToken cancellationToken) => EpochAsync(number, default, cancellationToken);

    /// <summary>An epoch at a block.</summary>
    public async Task<EpochView> EpochAsync(long number, BlockTag block, CancellationToken cancellationToken)
    {
        var e = await Rpc.CallAsync(Contract, new Conduct.EpochOfCall(checked((ulong)number)), cancellationToken, block);
        return new EpochView((EpochState)e.State, checked((long)e.Deadline), e.Seed, e.Standings, e.Bookkeeper, e.Batch, e.Demands);
    }

    /// <summary>Whose account it is, at a block; zero for who never joined.</summary>
    public async Task<Hash32> SubjectAsync(Address account, BlockTag block, CancellationToken cancellationToken) =>
        (await Rpc.CallAsync(Contract, new Conduct.MemberOfCall(account), cancellationToken, block)).Subject;

    /// <summary>The newest block that is final; null while none is, or while the node has another one there.</summary>
    public async Task<BlockHeader?> FinalBlockAsync(CancellationToken cancellationToken)
    {
        var chainId = checked((long)ChainId);
        return await db.Finality.AsNoTracking().SingleOrDefaultAsync(f => f.ChainId == chainId, cancellationToken) is { } watermark
            && await Rpc.GetBlockHeaderAsync(checked((ulong)watermark.BlockNumber), cancellationToken) is { } header && header.Hash == Hash32.Parse(watermark.BlockHash)
            ? header
            : null;
    }

    /// <summary>The bills of an epoch that were lodged up to a final block.</summary>
    /// <returns>Null when no node has the block.</returns>
    public async Task<List<SignedBill>?> LodgedAsync(long epoch, EpochClock clock, BlockHeader final, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(clock);
        return (await LogsAsync(Conduct.BillLodgedEvent.Topic, epoch, clock.FirstOf(epoch), final, cancellationToken))?
            .Select(log => log.Decode<Conduct.BillLodgedEvent>()).Select(lodged => new SignedBill(lodged.Data, lodged.Signature_)).ToList();
    }

    /// <summary>What was demanded of an epoch's batches so far.</summary>
    /// <returns>Null when no node has the latest block.</returns>
    public async Task<List<DemandView>?> DemandsAsync(long epoch, EpochClock clock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var latest = (await Rpc.GetBlockHeaderAsync(BlockTag.Latest, cancellationToken))!;
        return (await LogsAsync(Conduct.BillDemandedEvent.Topic, epoch, clock.FirstOf(epoch + 1), latest, cancellationToken))?
            .Select(log => (log, Demanded: log.Decode<Conduct.BillDemandedEvent>()))
            .Select(d => new DemandView(d.Demanded.Index, checked((long)d.Demanded.AnswerBy), $"{d.log.TransactionHash}-{d.Demanded.Index}")).ToList();
    }

    /// <summary>A lagging node leaves logs out without an error, so only one that has the last block is asked.</summary>
    private async Task<List<Log>?> LogsAsync(Hash32 topic, long epoch, long since, BlockHeader last, CancellationToken cancellationToken)
    {
        var number = new byte[Hash32.Size];
        BinaryPrimitives.WriteInt64BigEndian(number.AsSpan(Hash32.Size - sizeof(long)), epoch);
        var filter = new LogFilter([Contract], [[topic], [new Hash32(number)]]);
        for (var endpoint = 0; endpoint < Rpc.Endpoints; endpoint++)
        {
            if ((await Rpc.GetBlockHeadersAsync(last.Number, last.Number, cancellationToken, endpoint))[0]?.Hash != last.Hash)
            {
                continue;
            }

            if (await FirstBlockAsync(since, last, endpoint, cancellationToken) is not { } first)
            {
                continue;
            }

            List<Log> logs = [];
            for (var from = first; from <= last.Number; from += LogBlocks)
            {
                logs.AddRange(await Rpc.GetLogsAsync(filter, from, Math.Min(last.Number, from + LogBlocks - 1), cancellationToken, endpoint));
            }

            return logs;
        }

        return null;
    }

    /// <summary>The first block that is not before a time; the one after the last when all are; null when the node lacks one on the way.</summary>
    private async Task<ulong?> FirstBlockAsync(long time, BlockHeader last, int endpoint, CancellationToken cancellationToken)
    {
        var (low, high) = ((ulong)0, last.Number + 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if ((await Rpc.GetBlockHeadersAsync(middle, middle, cancellationToken, endpoint))[0] is not { } header)
            {
                return null;
            }

            (low, high) = header.Timestamp < (ulong)time ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
