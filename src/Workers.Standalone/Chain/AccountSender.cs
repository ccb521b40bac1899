using System.Numerics;
using Ethereum;
using Ethereum.Rpc;
using Ethereum.Transactions;

namespace Workers.Standalone.Chain;

/// <summary>Sends one transaction after the other from an account that no worker uses, on a development chain.</summary>
internal sealed class AccountSender(EthereumRpc rpc, ISigner account)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Gas of everything that was sent.</summary>
    public ulong GasUsed { get; private set; }

    /// <summary>Sends a transaction; returns when it is in a block.</summary>
    /// <returns>The contract that it made, if any.</returns>
    /// <exception cref="InvalidOperationException">It reverted.</exception>
    /// <exception cref="TimeoutException">No block took it.</exception>
    public async Task<Address?> SendAsync(Address? to, byte[] data, BigInteger value, CancellationToken cancellationToken)
    {
        var head = await rpc.GetBlockHeaderAsync(BlockTag.Latest, cancellationToken);
        var request = new TransactionRequest { From = account.Address, To = to, Data = data, Value = value };
        var signed = await account.SignAsync(
            new Eip1559Transaction
            {
                ChainId = await rpc.ChainIdAsync(cancellationToken),
                Nonce = await rpc.GetTransactionCountAsync(account.Address, BlockTag.Latest, cancellationToken),
                GasLimit = await rpc.EstimateGasAsync(request, cancellationToken) * 5 / 4, // the state may change until it is mined
                MaxPriorityFeePerGas = 1_000_000_000,
                MaxFeePerGas = (2 * head!.BaseFeePerGas) + 1_000_000_000,
                To = to,
                Value = value,
                Data = data,
            },
            cancellationToken);
        await rpc.SendRawTransactionAsync(signed.Raw, cancellationToken);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            if (await rpc.GetTransactionReceiptAsync(signed.Hash, cancellationToken) is { } receipt)
            {
                GasUsed += receipt.GasUsed;
                return receipt.Succeeded
                    ? receipt.ContractAddress
                    : throw new InvalidOperationException($"The transaction {signed.Hash} of {account.Address} reverted.");
            }

            if (clock.Elapsed > Patience)
            {
                throw new TimeoutException($"No block took the transaction {signed.Hash} of {account.Address} within {Patience}: does the chain still make blocks?");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }
}
