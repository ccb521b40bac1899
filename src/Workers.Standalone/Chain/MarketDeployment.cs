using System.Numerics;
using Ethereum;
using Ethereum.Abi;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;

namespace Workers.Standalone.Chain;

/// <summary>Where the market's contracts stand.</summary>
/// <param name="Block">The first block that can hold one of their events.</param>
internal sealed record MarketContracts(Address MarketToken, Address DataTrades, Address CommunicationLog, ulong Block);

/// <summary>What the market's operator does on a development chain: deploy, hand out coins and credit. Waits for each receipt.</summary>
internal sealed class MarketDeployment(EthereumRpc rpc, ISigner operatorAccount)
{
    /// <summary>Deploys the three contracts; the operator issues the credit.</summary>
    public async Task<MarketContracts> DeployAsync(CancellationToken cancellationToken)
    {
        var block = await rpc.BlockNumberAsync(cancellationToken);
        var token = await SendAsync(to: null, new MarketToken.Deployment(operatorAccount.Address).Encode(), value: 0, cancellationToken);
        var trades = await SendAsync(to: null, new DataTrades.Deployment(token!.Value).Encode(), value: 0, cancellationToken);
        var log = await SendAsync(to: null, new CommunicationLog.Deployment().Encode(), value: 0, cancellationToken);
        return new MarketContracts(token!.Value, trades!.Value, log!.Value, block);
    }

    /// <summary>Gives an account coins for its fees.</summary>
    /// <param name="wei">Amount.</param>
    public Task FundAsync(Address account, BigInteger wei, CancellationToken cancellationToken) =>
        SendAsync(account, [], wei, cancellationToken);

    /// <summary>Issues credit, in its smallest unit.</summary>
    public Task IssueAsync(MarketContracts contracts, Address account, BigInteger amount, CancellationToken cancellationToken) =>
        SendAsync(contracts.MarketToken, new MarketToken.MintCall(account, amount).Encode(), value: 0, cancellationToken);

    private async Task<Address?> SendAsync(Address? to, byte[] data, BigInteger value, CancellationToken cancellationToken)
    {
        var head = await rpc.GetBlockHeaderAsync(BlockTag.Latest, cancellationToken);
        var request = new TransactionRequest { From = operatorAccount.Address, To = to, Data = data, Value = value };
        var signed = await operatorAccount.SignAsync(
            new Eip1559Transaction
            {
                ChainId = await rpc.ChainIdAsync(cancellationToken),
                Nonce = await rpc.GetTransactionCountAsync(operatorAccount.Address, BlockTag.Latest, cancellationToken),
                GasLimit = await rpc.EstimateGasAsync(request, cancellationToken),
                MaxPriorityFeePerGas = 1_000_000_000,
                MaxFeePerGas = (2 * head!.BaseFeePerGas) + 1_000_000_000,
                To = to,
                Value = value,
                Data = data,
            },
            cancellationToken);
        await rpc.SendRawTransactionAsync(signed.Raw, cancellationToken);
        while (true)
        {
            if (await rpc.GetTransactionReceiptAsync(signed.Hash, cancellationToken) is { } receipt)
            {
                return receipt.Succeeded
                    ? receipt.ContractAddress
                    : throw new InvalidOperationException($"The transaction {signed.Hash} of the market's operator reverted.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }
}
