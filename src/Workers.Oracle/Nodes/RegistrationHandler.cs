using Contracts.Messages;
using Ethereum.Contracts;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;

namespace Workers.Oracle.Nodes;

/// <summary>Keeps every node's present public key.</summary>
public sealed class RegistrationHandler(OracleDb db) : FactHandler<PrivacyOracle.NodeRegisteredEvent, string, RegistrationRow>(db)
{
    /// <inheritdoc/>
    protected override (string Key, RegistrationRow Row) Read(PrivacyOracle.NodeRegisteredEvent contractEvent, LogPosition position)
    {
        ArgumentNullException.ThrowIfNull(contractEvent);
        ArgumentNullException.ThrowIfNull(position);
        var node = contractEvent.Node.ToString();
        return (node, new RegistrationRow
        {
            Node = node,
            BlockNumber = checked((long)position.BlockNumber),
            BlockHash = position.BlockHash,
            LogIndex = position.LogIndex,
            PublicKey = contractEvent.PublicKey,
        });
    }

    /// <inheritdoc/>
    protected override IQueryable<RegistrationRow> FactsOf(string key) => db.Registrations.Where(r => r.Node == key);

    /// <inheritdoc/>
    protected override async Task<IVersioned> AddUpAsync(string key, IReadOnlyList<RegistrationRow> facts, CancellationToken cancellationToken)
    {
        var row = await db.Nodes.FindAsync([key], cancellationToken) ?? db.Nodes.Add(new OracleNodeRow { Node = key }).Entity;
        row.PublicKey = facts.InChainOrder().LastOrDefault()?.PublicKey ?? [];
        return row;
    }
}
