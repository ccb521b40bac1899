using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;

namespace Workers.Standalone.Chain;

/// <summary>Where the market's contracts stand.</summary>
/// <param name="Block">The first block that can hold one of their events.</param>
internal sealed record MarketContracts(Address MarketToken, Address DataTrades, Address CommunicationLog, Address TradingSessions, Address DatasetMarket, Address PrivacyOracle, Address Conduct, Address Collaboration, ulong Block);

/// <summary>What the market's operator does on a development chain: deploy, hand out coins and credit. Waits for each receipt.</summary>
internal sealed class MarketDeployment(EthereumRpc rpc, ISigner operatorAccount)
{
    private readonly AccountSender _sender = new(rpc, operatorAccount);

    /// <summary>What a seat in an oracle's committee reserves, and what an offence costs: 50 credits.</summary>
    public static readonly BigInteger OraclePenalty = 50 * BigInteger.Pow(10, 18);

    /// <summary>Rules of conduct for a market that stays.</summary>
    public static readonly Conduct.Rules LastingRules = new(
        Bond: 100 * BigInteger.Pow(10, 18),
        Dues: 5 * BigInteger.Pow(10, 18),
        Fine: 20 * BigInteger.Pow(10, 18),
        Lock: 86_400,
        PermanentAfter: 5,
        Keeping: 30 * 86_400,
        Epoch: 86_400,
        Collecting: 2 * 3_600,
        Posting: 2 * 3_600,
        Disputing: 86_400,
        Answering: 6 * 3_600,
        Speed: 70,
        Slack: 250);

    /// <summary>Rules of conduct for a market of minutes.</summary>
    public static readonly Conduct.Rules Rules = new(
        Bond: 100 * BigInteger.Pow(10, 18),
        Dues: 5 * BigInteger.Pow(10, 18),
        Fine: 20 * BigInteger.Pow(10, 18),
        Lock: 3_600,
        PermanentAfter: 5,
        Keeping: 86_400,
        Epoch: 60,
        Collecting: 20,
        Posting: 20,
        Disputing: 20,
        Answering: 10,
        Speed: 70,
        Slack: 250);

    /// <summary>Deploys the contracts; the operator issues the credit.</summary>
    /// <param name="challengeWindow">In which an oracle node's contradictions can be shown after a request's end; whole seconds.</param>
    /// <param name="rules">Of conduct; by default <see cref="Rules"/>.</param>
    /// <param name="attestors">Who says who is one person and what standing it has, of whom more than half suffice; by default the operator alone.</param>
    public async Task<MarketContracts> DeployAsync(TimeSpan challengeWindow, CancellationToken cancellationToken, Conduct.Rules? rules = null, IReadOnlyCollection<Address>? attestors = null)
    {
        var block = await rpc.BlockNumberAsync(cancellationToken);
        var token = await _sender.SendAsync(to: null, new MarketToken.Deployment(operatorAccount.Address).Encode(), value: 0, cancellationToken);
        var trades = await _sender.SendAsync(to: null, new DataTrades.Deployment(token!.Value).Encode(), value: 0, cancellationToken);
        var log = await _sender.SendAsync(to: null, new CommunicationLog.Deployment().Encode(), value: 0, cancellationToken);
        var sessions = await _sender.SendAsync(to: null, new TradingSessions.Deployment(token!.Value).Encode(), value: 0, cancellationToken);
        var datasets = await _sender.SendAsync(to: null, new DatasetMarket.Deployment(token!.Value, token!.Value).Encode(), value: 0, cancellationToken);
        var oracle = await _sender.SendAsync(to: null, new PrivacyOracle.Deployment(token!.Value, OraclePenalty, (uint)challengeWindow.TotalSeconds).Encode(), value: 0, cancellationToken);
        Address[] attesting = [.. (attestors ?? [operatorAccount.Address]).OrderBy(a => a.ToTopic())];
        var conduct = await _sender.SendAsync(to: null, new Conduct.Deployment(token!.Value, rules ?? Rules, attesting, (byte)((attesting.Length / 2) + 1)).Encode(), value: 0, cancellationToken);
        var collaboration = await _sender.SendAsync(to: null, new Ethereum.Contracts.Collaboration.Deployment(token!.Value, conduct!.Value).Encode(), value: 0, cancellationToken);
        return new MarketContracts(token!.Value, trades!.Value, log!.Value, sessions!.Value, datasets!.Value, oracle!.Value, conduct!.Value, collaboration!.Value, block);
    }

    /// <summary>Gives accounts 100 coins each for their fees, and credit.</summary>
    /// <param name="credits">In whole credits.</param>
    public Task EndowAsync(MarketContracts contracts, IEnumerable<Address> accounts, int credits, CancellationToken cancellationToken) => _sender.SendAllAsync(
        [
            .. accounts.SelectMany(account => new (Address?, byte[], BigInteger)[]
            {
                (account, [], 100 * BigInteger.Pow(10, 18)),
                (contracts.MarketToken, new MarketToken.MintCall(account, credits * BigInteger.Pow(10, 18)).Encode(), 0),
            }),
        ],
        cancellationToken);

    /// <summary>Gives an account coins for its fees.</summary>
    /// <param name="wei">Amount.</param>
    public Task FundAsync(Address account, BigInteger wei, CancellationToken cancellationToken) =>
        _sender.SendAsync(account, [], wei, cancellationToken);

    /// <summary>Issues credit, in its smallest unit.</summary>
    public Task IssueAsync(MarketContracts contracts, Address account, BigInteger amount, CancellationToken cancellationToken) =>
        _sender.SendAsync(contracts.MarketToken, new MarketToken.MintCall(account, amount).Encode(), value: 0, cancellationToken);
}
