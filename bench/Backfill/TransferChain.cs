using Ethereum;
using Ethereum.Abi;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Testing;

namespace Backfill;

/// <summary>Fills a fresh chain with ERC-20 transfers, a hundred in each block.</summary>
internal static class TransferChain
{
    private const int PerBlock = 100;
    private const ulong GasLimit = 25_000_000;

    // Calls transfer(to, 1) on a token n times; call data is (token, to, n). Reverts when a call fails.
    //   mem[0..0x44] = selector, to, 1
    //   loop: call(gas, token, 0, 0, 0x44, 0x80, 0x20); n -= 1; if (n != 0) goto loop
    private const string BatchRuntime =
        "63a9059cbb60e01b5f52" + "602035600452" + "6001602452" + "604035"
        + "5b" + "602060806044" + "5f5f5f355af1" + "15603257" + "60019003" + "80601857" + "00" + "5b5f5ffd";

    private const int LoopAt = 0x18;
    private const int FailAt = 0x32;

    /// <summary>Deploys a token, mints, and sends the transfers.</summary>
    /// <returns>The token, and the first and last block with transfers.</returns>
    public static async Task<(Address Token, ulong From, ulong To)> FillAsync(EthereumRpc rpc, int transfers, CancellationToken cancellation)
    {
        using var sender = new LocalKeySigner(Hex.Parse(AnvilNode.Accounts[0].PrivateKey));
        var nonce = 0UL;
        var token = (await SendAsync(null, new MarketToken.Deployment(sender.Address).Encode())).ContractAddress!.Value;
        var batch = (await SendAsync(null, Creation())).ContractAddress!.Value;
        await SendAsync(token, new MarketToken.MintCall(batch, transfers).Encode());
        var from = await rpc.BlockNumberAsync(cancellation) + 1;
        for (var sent = 0; sent < transfers; sent += PerBlock)
        {
            // Another receiver in each block, so that the filters of the headers differ.
            var to = new Address(Keccak256.Hash($"receiver {sent}").ToArray().AsSpan(12));
            var writer = new AbiWriter(3 * AbiReader.Word);
            writer.Address(token);
            writer.Address(to);
            writer.UInt64((ulong)Math.Min(PerBlock, transfers - sent), 64);
            await SendAsync(batch, writer.ToArray());
        }

        return (token, from, await rpc.BlockNumberAsync(cancellation));

        async Task<TransactionReceipt> SendAsync(Address? to, byte[] data)
        {
            var signed = await sender.SignAsync(
                new Eip1559Transaction
                {
                    ChainId = 31337,
                    Nonce = nonce++,
                    GasLimit = GasLimit,
                    MaxFeePerGas = 100_000_000_000,
                    MaxPriorityFeePerGas = 1,
                    To = to,
                    Data = data,
                },
                cancellation);
            await rpc.SendRawTransactionAsync(signed.Raw, cancellation);
            TransactionReceipt? receipt;
            while ((receipt = await rpc.GetTransactionReceiptAsync(signed.Hash, cancellation)) is null)
            {
                await Task.Delay(5, cancellation);
            }

            return receipt.Succeeded ? receipt : throw new InvalidOperationException($"Transaction {signed.Hash} reverted.");
        }
    }

    // Creation code that returns what follows it: push length, duplicate, offset, copy, return.
    private static byte[] Creation()
    {
        var runtime = Hex.Parse(BatchRuntime);
        return runtime[LoopAt] == 0x5b && runtime[FailAt] == 0x5b
            ? [0x60, (byte)runtime.Length, 0x80, 0x60, 0x09, 0x5f, 0x39, 0x5f, 0xf3, .. runtime]
            : throw new InvalidOperationException("The jump targets do not fit the code.");
    }
}
