using Ethereum.Abi;
using Ethereum.Contracts;
using Ethereum.Logs;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Testing;

namespace Ethereum.Tests;

/// <summary>The client against a real node.</summary>
public sealed class AnvilTests : IAsyncLifetime, IDisposable
{
    private readonly HttpClient _http = new(EthereumRpc.CreateHandler());
    private readonly LocalKeySigner _alice = new(Hex.Parse(AnvilNode.Accounts[0].PrivateKey));
    private AnvilNode _node = null!;
    private EthereumRpc _rpc = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await AnvilNode.StartAsync(cancellation: Cancellation);
        _rpc = new EthereumRpc(_http, new EthereumRpcOptions { Endpoints = [_node.Address] }, TimeProvider.System);
    }

    public async ValueTask DisposeAsync() => await _node.DisposeAsync();

    public void Dispose()
    {
        _http.Dispose();
        _alice.Dispose();
    }

    [Fact]
    public async Task Signed_transactions_are_mined_and_their_events_and_errors_read_back()
    {
        Assert.Equal(31337UL, await _rpc.ChainIdAsync(Cancellation));
        var token = await DeployAsync();
        Assert.NotEmpty(await _rpc.GetCodeAsync(token, BlockTag.Latest, Cancellation));

        var bob = Address.Parse(AnvilNode.Accounts[1].Address);
        var receipt = await SendAsync(_alice, token, new MarketToken.MintCall(_alice.Address, 1000).Encode());
        Assert.True(receipt.Succeeded);
        receipt = await SendAsync(_alice, token, new MarketToken.TransferCall(bob, 300).Encode());
        var transfer = Assert.Single(receipt.Logs, l => l.Topics[0] == MarketToken.TransferEvent.Topic);
        Assert.Equal(new MarketToken.TransferEvent(_alice.Address, bob, 300), transfer.Decode<MarketToken.TransferEvent>());
        Assert.Equal(300, await _rpc.CallAsync(token, new MarketToken.BalanceOfAddressCall(bob), Cancellation));
        Assert.Equal(0, await _rpc.CallAsync(token, new MarketToken.BalanceOfAddressCall(bob), Cancellation, block: receipt.BlockNumber - 1));
        Assert.Equal(receipt.TransactionHash, Assert.Single((await _rpc.GetBlockReceiptsAsync(receipt.BlockNumber, Cancellation))!).TransactionHash);
        Assert.True(await _rpc.IsTransactionKnownAsync(receipt.TransactionHash, Cancellation));
        Assert.False(await _rpc.IsTransactionKnownAsync(Hash32.Zero, Cancellation));
        Assert.Null(await _rpc.GetTransactionReceiptAsync(Hash32.Zero, Cancellation));

        var reverted = await Assert.ThrowsAsync<RpcErrorException>(() => _rpc.EstimateGasAsync(TransactionRequest.Of(token, new MarketToken.TransferCall(bob, 5000), _alice.Address), Cancellation));
        Assert.True(reverted.IsRevert);
        Assert.Equal(new MarketToken.ERC20InsufficientBalanceError(_alice.Address, 700, 5000), MarketToken.DecodeError(reverted.RevertData));
    }

    [Fact]
    public async Task Prices_balances_and_blocks_are_read()
    {
        await _node.MineAsync(3);
        var fees = await _rpc.FeeHistoryAsync(2, BlockTag.Latest, [10, 50], Cancellation);
        Assert.Equal((3, 2), (fees.BaseFeePerGas.Count, fees.GasUsedRatio.Count));
        Assert.True(await _rpc.MaxPriorityFeePerGasAsync(Cancellation) >= 0);
        Assert.True(await _rpc.GetBalanceAsync(_alice.Address, BlockTag.Latest, Cancellation) > 0);
        var latest = (await _rpc.GetBlockHeaderAsync(BlockTag.Latest, Cancellation))!;
        Assert.Equal(latest.Number, await _rpc.BlockNumberAsync(Cancellation));
        var byHash = await _rpc.GetBlockHeaderAsync(BlockTag.Hash(latest.Hash), Cancellation);
        Assert.Equal((latest.Hash, latest.ParentHash), (byHash!.Hash, byHash.ParentHash));
        Assert.Null(await _rpc.GetBlockHeaderAsync(latest.Number + 1000, Cancellation));
        Assert.NotNull(await _rpc.GetBlockHeaderAsync(BlockTag.Finalized, Cancellation));
    }

    [Fact]
    public async Task Transaction_sent_twice_is_accepted_once_and_a_used_nonce_is_an_error()
    {
        var signed = await _alice.SignAsync(await PrepareAsync(_alice.Address, Address.Zero, []), Cancellation);
        await _node.CallAsync("evm_setAutomine", false);
        Assert.Equal(signed.Hash, await _rpc.SendRawTransactionAsync(signed.Raw, Cancellation));
        Assert.Equal(signed.Hash, await _rpc.SendRawTransactionAsync(signed.Raw, Cancellation));
        Assert.Equal(1UL, await _rpc.GetTransactionCountAsync(_alice.Address, BlockTag.Pending, Cancellation));
        await _node.MineAsync();
        Assert.Equal(1UL, await _rpc.GetTransactionCountAsync(_alice.Address, BlockTag.Latest, Cancellation));
        await Assert.ThrowsAsync<RpcErrorException>(() => _rpc.SendRawTransactionAsync(signed.Raw, Cancellation));
    }

    [Fact]
    public async Task Node_signs_for_the_account_that_it_holds_and_is_checked()
    {
        var signer = new NodeSigner(_rpc, _alice.Address);
        var signed = await signer.SignAsync(await PrepareAsync(_alice.Address, Address.Zero, [1, 2]), Cancellation);
        Assert.Equal(_alice.Address, signed.Sender);
        await _rpc.SendRawTransactionAsync(signed.Raw, Cancellation);
        Assert.True((await ReceiptAsync(signed.Hash)).Succeeded);
        await Assert.ThrowsAsync<RpcErrorException>(() => new NodeSigner(_rpc, Address.Zero).SignAsync(signed.Transaction, Cancellation));
    }

    [Fact]
    public async Task Logs_of_a_real_chain_are_read_and_pass_the_bloom_filter_of_their_blocks()
    {
        var token = await DeployAsync();
        for (var i = 0; i < 5; i++)
        {
            await SendAsync(_alice, token, new MarketToken.MintCall(_alice.Address, i + 1).Encode());
            await _node.MineAsync(i);
        }

        var filter = LogFilter.Of([token], MarketToken.TransferEvent.Topic);
        var matches = Bloom.Matcher(filter);
        var read = new List<BlockLogs>();
        await foreach (var block in new LogReader(_rpc, new LogReaderOptions { InitialRange = 3 }, TimeProvider.System).ReadAsync(filter, 0, await _rpc.BlockNumberAsync(Cancellation), null, Cancellation))
        {
            Assert.Equal(block.Logs.Count > 0, matches(block.Header.LogsBloom));
            read.Add(block);
        }

        Assert.Equal([1, 2, 3, 4, 5], read.SelectMany(b => b.Logs).Select(l => (int)l.Decode<MarketToken.TransferEvent>().Value));
    }

    private async Task<Address> DeployAsync() => (await SendAsync(_alice, null, new MarketToken.Deployment(_alice.Address).Encode())).ContractAddress!.Value;

    private async Task<TransactionReceipt> SendAsync(LocalKeySigner signer, Address? to, byte[] data)
    {
        var signed = await signer.SignAsync(await PrepareAsync(signer.Address, to, data), Cancellation);
        await _rpc.SendRawTransactionAsync(signed.Raw, Cancellation);
        return await ReceiptAsync(signed.Hash);
    }

    private async Task<TransactionReceipt> ReceiptAsync(Hash32 hash)
    {
        TransactionReceipt? receipt;
        while ((receipt = await _rpc.GetTransactionReceiptAsync(hash, Cancellation)) is null)
        {
            await Task.Delay(20, Cancellation);
        }

        return receipt;
    }

    private async Task<Eip1559Transaction> PrepareAsync(Address from, Address? to, byte[] data)
    {
        var request = new TransactionRequest { From = from, To = to, Data = data };
        return new Eip1559Transaction
        {
            ChainId = await _rpc.ChainIdAsync(Cancellation),
            Nonce = await _rpc.GetTransactionCountAsync(from, BlockTag.Pending, Cancellation),
            GasLimit = await _rpc.EstimateGasAsync(request, Cancellation),
            MaxFeePerGas = 10_000_000_000,
            MaxPriorityFeePerGas = 1_000_000_000,
            To = to,
            Data = data,
        };
    }
}
