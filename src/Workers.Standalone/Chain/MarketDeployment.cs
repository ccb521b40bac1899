using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;

namespace Workers.Standalone.Chain;

/// <summary>Where the market's contracts stand.</summary>
/// <param name="Block">The first block that can hold one of their events.</param>
internal sealed record MarketContracts(Address MarketToken, Address DataTrades, Address CommunicationLog, Address TradingSessions, Address DatasetMarket, Address PrivacyOracle, ulong Block);

/// <summary>What the market's operator does on a development chain: deploy, hand out coins and credit. Waits for each receipt.</summary>
internal sealed class MarketDeployment(EthereumRpc rpc, ISigner operatorAccount)
{
    private readonly AccountSender _sender = new(rpc, operatorAccount);

    /// <summary>What a seat in an oracle's committee reserves, and what an offence costs: 50 credits.</summary>
    public static readonly BigInteger OraclePenalty = 50 * BigInteger.Pow(10, 18);

    /// <summary>Deploys the contracts; the operator issues the credit.</summary>
    /// <param name="challengeWindow">In which an oracle node's contradictions can be shown after a request's end; whole seconds.</param>
    public async Task<MarketContracts> DeployAsync(TimeSpan challengeWindow, CancellationToken cancellationToken)
    {
        var block = await rpc.BlockNumberAsync(cancellationToken);
        var token = await _sender.SendAsync(to: null, new MarketToken.Deployment(operatorAccount.Address).Encode(), value: 0, cancellationToken);
        var trades = await _sender.SendAsync(to: null, new DataTrades.Deployment(token!.Value).Encode(), value: 0, cancellationToken);
        var log = await _sender.SendAsync(to: null, new CommunicationLog.Deployment().Encode(), value: 0, cancellationToken);
        var sessions = await _sender.SendAsync(to: null, new TradingSessions.Deployment(token!.Value).Encode(), value: 0, cancellationToken);
        var datasets = await _sender.SendAsync(to: null, new DatasetMarket.Deployment(token!.Value, token!.Value).Encode(), value: 0, cancellationToken);
        var oracle = await _sender.SendAsync(to: null, new PrivacyOracle.Deployment(token!.Value, OraclePenalty, (uint)challengeWindow.TotalSeconds).Encode(), value: 0, cancellationToken);
        return new MarketContracts(token!.Value, trades!.Value, log!.Value, sessions!.Value, datasets!.Value, oracle!.Value, block);
    }

    /// <summary>Gives an account coins for its fees.</summary>
    /// <param name="wei">Amount.</param>
    public Task FundAsync(Address account, BigInteger wei, CancellationToken cancellationToken) =>
        _sender.SendAsync(account, [], wei, cancellationToken);

    /// <summary>Issues credit, in its smallest unit.</summary>
    public Task IssueAsync(MarketContracts contracts, Address account, BigInteger amount, CancellationToken cancellationToken) =>
        _sender.SendAsync(contracts.MarketToken, new MarketToken.MintCall(account, amount).Encode(), value: 0, cancellationToken);
}
