using System.Numerics;
using Contracts.Messages;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;
using Workers.Oracle.Requests;

namespace Workers.Oracle.Nodes;

/// <summary>See to it that this house is the node that its options want. Sent by the schedule.</summary>
public sealed record MaintainNode;

/// <summary>What is missing for a house to be the node that it wants to be.</summary>
public enum MaintainStep
{
    None,

    /// <summary>It is not registered, or with another key.</summary>
    Register,

    /// <summary>It was retired: by its operator, or because it was silent in a request.</summary>
    Resume,
}

/// <summary>Registers with the stake of the options, and comes back. A stake that was lost is not made up for: that is the operator's decision.</summary>
public sealed partial class MaintainNodeHandler(OracleDb db, OracleChain chain, KeyVault vault, MainAccount account, IOptions<NodeOptions> options, TimeProvider clock, ILogger<MaintainNodeHandler> logger)
    : IHandler<MaintainNode>
{
    private const string KeyPurpose = "oracle node key", Prefix = "node/";

    /// <inheritdoc/>
    public async Task HandleAsync(MaintainNode message, CancellationToken cancellationToken)
    {
        if (options.Value.Stake <= 0 || await NextKeyAsync(db, cancellationToken) is not { } key)
        {
            return;
        }

        var (self, own) = (account.Address.ToString(), await OwnKeyAsync(cancellationToken));
        var registered = await db.Nodes.AsNoTracking().SingleOrDefaultAsync(n => n.Node == self, cancellationToken);
        var (stake, _, active, _) = await chain.ReadAsync(chain.Contract, new PrivacyOracle.NodeOfCall(account.Address), cancellationToken);
        var step = Next(active, registered?.PublicKey ?? [], own.PublicKey);
        if (step != MaintainStep.None && !await chain.IsAllowedAsync(account.Address, cancellationToken))
        {
            LogCannotRegister($"{account.Address} is locked for misconduct. It serves again when the lock has ended");
            return;
        }

        switch (step)
        {
            case MaintainStep.Register:
                var amount = stake.IsZero ? new BigInteger(options.Value.Stake) : BigInteger.Zero;
                var spending = new Spending(key, account.Address, chain.Contract, "the oracle's contract", amount, clock.GetUtcNow());
                var problem = await Allowance.SubmitAsync(db, chain, spending, () => Task.FromResult(new PrivacyOracle.RegisterCall(own.PublicKey, amount).Encode()), cancellationToken);
                if (problem is not null)
                {
                    LogCannotRegister(problem);
                }

                break;
            case MaintainStep.Resume:
                await db.SubmitAsync(key, account.Address, chain.Contract, new PrivacyOracle.ResumeCall().Encode(), cancellationToken);
                break;
        }
    }

    /// <summary>What to do, as a pure function.</summary>
    /// <param name="registered">The public key that the chain tells of; empty when there is none.</param>
    public static MaintainStep Next(bool active, ReadOnlySpan<byte> registered, ReadOnlySpan<byte> own) =>
        !registered.SequenceEqual(own) ? MaintainStep.Register : active ? MaintainStep.None : MaintainStep.Resume;

    /// <summary>
    /// The key of the next transaction about this node; null while one is under way. To be asked for before the stake is read: whoever else saw the same stake then has the same key, and only
    /// one of them is saved. Counted later, or under a key for each kind, both would be, and stake twice.
    /// </summary>
    internal static async Task<string?> NextKeyAsync(OracleDb db, CancellationToken cancellationToken)
    {
        var states = await db.Transactions.Where(t => t.Key.StartsWith(Prefix)).Select(t => t.State).ToListAsync(cancellationToken);
        return states.Any(s => s < TransactionState.Final) ? null : $"{Prefix}{states.Count}";
    }

    /// <summary>This node's key pair; null when it has none yet.</summary>
    internal static async Task<P256KeyPair?> KeyPairAsync(OracleDb db, KeyVault vault, CancellationToken cancellationToken)
    {
        if (await db.NodeKeys.AsNoTracking().SingleOrDefaultAsync(cancellationToken) is not { } row)
        {
            return null;
        }

        using var secret = vault.Unwrap(row.WrappedKey, KeyPurpose);
        return P256KeyPair.FromPrivateKey(secret.Reveal());
    }

    private async Task<NodeKeyRow> OwnKeyAsync(CancellationToken cancellationToken)
    {
        if (await db.NodeKeys.SingleOrDefaultAsync(cancellationToken) is { } row)
        {
            return row;
        }

        using var pair = P256KeyPair.Generate();
        using var secret = pair.ExportPrivateKey();
        return db.NodeKeys.Add(new NodeKeyRow { PublicKey = pair.PublicKey.ToArray(), WrappedKey = vault.Wrap(secret, KeyPurpose) }).Entity;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "This node cannot register: {Problem}")]
    private partial void LogCannotRegister(string problem);
}
