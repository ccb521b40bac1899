using System.Numerics;
using Ethereum;
using Ethereum.Abi;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Microsoft.Extensions.Options;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;

namespace Workers.Hosting.Transactions;

/// <summary>What the sender needs of the chain's head, asked once for each turn.</summary>
/// <param name="Head">Hash of the newest block.</param>
/// <param name="FinalBlock">Up to which block the chain is final; −1 while none is.</param>
/// <param name="BaseFee">Of the newest block, wei per gas.</param>
/// <param name="SuggestedTip">Wei per gas.</param>
internal sealed record ChainHeads(Hash32 Head, long FinalBlock, BigInteger BaseFee, BigInteger SuggestedTip);

/// <summary>Why a transaction cannot be sent now.</summary>
/// <param name="IsFinal">The contract refuses it; otherwise the account lacks coins and the operator can help.</param>
internal sealed record Refusal(string Reason, bool IsFinal);

/// <summary>What a transaction would do on the newest block.</summary>
internal readonly record struct Simulation(ulong Gas, Refusal? Refusal);

/// <summary>The sender's questions to the node, in its own terms.</summary>
internal sealed class SenderChain(EthereumRpc rpc, IOptions<ChainOptions> options, MainAccount main)
{
    private readonly ChainOptions chain = options.Value;

    public async Task<ChainHeads> HeadsAsync(CancellationToken cancellationToken)
    {
        var latest = await rpc.GetBlockHeaderAsync(BlockTag.Latest, cancellationToken)
            ?? throw new InvalidOperationException("The node has no newest block.");
        var final = chain.Finality == Finality.Depth
            ? (long)latest.Number - chain.FinalityDepth
            : (long)((await rpc.GetBlockHeaderAsync(BlockTag.Finalized, cancellationToken))?.Number ?? 0);
        return new ChainHeads(latest.Hash, final, latest.BaseFeePerGas, await rpc.MaxPriorityFeePerGasAsync(cancellationToken));
    }

    public async Task<bool> IsOnChainAsync(MinedBlock block, CancellationToken cancellationToken) =>
        (await rpc.GetBlockHeaderAsync((ulong)block.Number, cancellationToken))?.Hash == Hash32.Parse(block.Hash);

    public async Task<TransactionView> ViewAsync(TransactionRow row, ChainHeads heads, CancellationToken cancellationToken)
    {
        foreach (var hash in row.Hashes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Reverse())
        {
            if (await rpc.GetTransactionReceiptAsync(Hash32.Parse(hash), cancellationToken) is { } r)
            {
                var fee = (decimal)(r.GasUsed * r.EffectiveGasPrice);
                return new TransactionView(
                    new Inclusion(hash, (long)r.BlockNumber, r.BlockHash.ToString(), r.Succeeded, (long)r.GasUsed, fee, r.ContractAddress?.ToString()), heads.FinalBlock, FinalNonce: 0);
            }
        }

        var finalNonce = heads.FinalBlock < 0 ? 0 : await rpc.GetTransactionCountAsync(Address.Parse(row.From), (ulong)heads.FinalBlock, cancellationToken);
        return new TransactionView(Inclusion: null, heads.FinalBlock, (long)finalNonce);
    }

    public async Task<Simulation> SimulateAsync(TransactionRow row, CancellationToken cancellationToken)
    {
        try
        {
            return new Simulation(await rpc.EstimateGasAsync(Request(row), cancellationToken), Refusal: null);
        }
        catch (RpcErrorException e) when (e.IsRevert)
        {
            return new Simulation(0, new Refusal(Describe(e), IsFinal: true));
        }
        catch (RpcErrorException e) when (!e.IsTransient)
        {
            return new Simulation(0, new Refusal(e.NodeMessage, IsFinal: false));
        }
    }

    public async Task<long> NonceAsync(string account, CancellationToken cancellationToken) =>
        (long)await rpc.GetTransactionCountAsync(Address.Parse(account), BlockTag.Latest, cancellationToken);

    /// <summary>Signs under the row's nonce and notes the signed form in the row; nothing is sent.</summary>
    public async Task SignAsync(TransactionRow row, Fees fees, IServiceProvider services, CancellationToken cancellationToken)
    {
        var transaction = new Eip1559Transaction
        {
            ChainId = (ulong)chain.ChainId,
            Nonce = (ulong)row.Nonce!.Value,
            MaxPriorityFeePerGas = BigInteger.Min(fees.Tip, fees.MaxFee),
            MaxFeePerGas = fees.MaxFee,
            GasLimit = (ulong)row.GasLimit,
            To = row.To is null ? null : Address.Parse(row.To),
            Value = new BigInteger(row.Value),
            Data = row.Data,
        };
        var signer = await SignerAsync(Address.Parse(row.From), services, cancellationToken);
        SignedTransaction signed;
        try
        {
            signed = await signer.SignAsync(transaction, cancellationToken);
        }
        finally
        {
            if (signer != main.Signer)
            {
                (signer as IDisposable)?.Dispose();
            }
        }

        row.Raw = signed.Raw;
        row.Hashes = row.Hashes.Length == 0 ? signed.Hash.ToString() : $"{row.Hashes} {signed.Hash}";
        (row.MaxFee, row.Tip) = ((decimal)fees.MaxFee, (decimal)fees.Tip);
    }

    /// <returns>The node's complaint, or null when it took the transaction.</returns>
    public async Task<string?> BroadcastAsync(TransactionRow row, CancellationToken cancellationToken)
    {
        try
        {
            await rpc.SendRawTransactionAsync(row.Raw, cancellationToken);
            return null;
        }
        catch (RpcException e)
        {
            // Whether it is on its way after all, the receipts will tell.
            return e.Message;
        }
    }

    /// <summary>
    /// Why a mined transaction reverted: the same call on the block before, and if it succeeds there on its own block, where another transaction was faster.
    /// </summary>
    public async Task<string> ReasonAsync(TransactionRow row, CancellationToken cancellationToken)
    {
        var block = (ulong)row.BlockNumber!.Value;
        foreach (var state in new[] { block - 1, block })
        {
            try
            {
                await rpc.CallAsync(Request(row), state, cancellationToken);
            }
            catch (RpcErrorException e)
            {
                return state == block ? $"another transaction of the same block was faster: {Describe(e)}" : Describe(e);
            }
        }

        // Whoever runs out of gas in a nested call keeps a 64th (EIP-150).
        return row.GasUsed * 64 >= row.GasLimit * 63
            ? $"it ran out of its {row.GasLimit} gas: what it did cost more than when it was estimated"
            : "reverted on chain";
    }

    private async ValueTask<ISigner> SignerAsync(Address account, IServiceProvider services, CancellationToken cancellationToken)
    {
        if (account == main.Address)
        {
            return main.Signer;
        }

        foreach (var source in services.GetServices<ISignerSource>())
        {
            if (await source.FindAsync(account, cancellationToken) is { } signer)
            {
                return signer;
            }
        }

        throw new InvalidOperationException($"No key of the account {account} is held here, but a transaction is queued for it.");
    }

    private static TransactionRequest Request(TransactionRow row) => new()
    {
        From = Address.Parse(row.From),
        To = row.To is null ? null : Address.Parse(row.To),
        Value = new BigInteger(row.Value),
        Data = row.Data,
    };

    private static string Describe(RpcErrorException e) =>
        e.RevertData is { Length: >= 4 } data ? ContractErrors.Describe(data) : e.NodeMessage;
}
