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
    public async Task<Address?> SendAsync(Address? to, byte[] data, BigInteger value, CancellationToken cancellationToken) =>
        (await SendAllAsync([(to, data, value)], cancellationToken))[0];

    /// <summary>Sends transactions that do not need each other at once; returns when all are in blocks.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public async Task<IReadOnlyList<Address?>> SendAllAsync(IReadOnlyList<(Address? To, byte[] Data, BigInteger Value)> calls, CancellationToken cancellationToken)
    {
        var head = await rpc.GetBlockHeaderAsync(BlockTag.Latest, cancellationToken);
        var (chain, nonce) = (await rpc.ChainIdAsync(cancellationToken), await rpc.GetTransactionCountAsync(account.Address, BlockTag.Latest, cancellationToken));
        var hashes = new List<Hash32>();
        foreach (var (to, data, value) in calls)
        {
            var signed = await account.SignAsync(
                new Eip1559Transaction
                {
                    ChainId = chain,
                    Nonce = nonce++,
                    GasLimit = await rpc.EstimateGasAsync(new TransactionRequest { From = account.Address, To = to, Data = data, Value = value }, cancellationToken) * 5 / 4, // the state may change until it is mined
                    MaxPriorityFeePerGas = 1_000_000_000,
                    MaxFeePerGas = (2 * head!.BaseFeePerGas) + 1_000_000_000,
                    To = to,
                    Value = value,
                    Data = data,
                },
                cancellationToken);
            hashes.Add(signed.Hash);
            await rpc.SendRawTransactionAsync(signed.Raw, cancellationToken);
        }

        var made = new List<Address?>();
        foreach (var hash in hashes)
        {
            made.Add(await ReceiptAsync(hash, cancellationToken));
        }

        return made;
    }

    private async Task<Address?> ReceiptAsync(Hash32 hash, CancellationToken cancellationToken)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            if (await rpc.GetTransactionReceiptAsync(hash, cancellationToken) is { } receipt)
            {
                GasUsed += receipt.GasUsed;
                return receipt.Succeeded
                    ? receipt.ContractAddress
                    : throw new InvalidOperationException($"The transaction {hash} of {account.Address} reverted.");
            }

            if (clock.Elapsed > Patience)
            {
                throw new TimeoutException($"No block took the transaction {hash} of {account.Address} within {Patience}: does the chain still make blocks?");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }
}
