using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Ethereum.Abi;

namespace Ethereum.Rpc;

/// <summary>
/// The Ethereum JSON-RPC methods that this project needs. Every method throws <see cref="RpcException"/>: see
/// <see cref="RpcException.IsTransient"/>. A failing endpoint is passed over for the next; nothing is waited for or repeated here.
/// </summary>
public sealed class EthereumRpc
{
    private readonly RpcTransport _transport;

    /// <summary>A client of one chain.</summary>
    /// <param name="http">Sends the requests; its handler should not follow redirects (see <see cref="CreateHandler"/>) and its time-out should exceed the options'.</param>
    /// <param name="options">Endpoints and limits.</param>
    /// <param name="time">Clock of time limits and back-off.</param>
    /// <exception cref="ArgumentException">No endpoint, or one that is not http or https.</exception>
    public EthereumRpc(HttpClient http, EthereumRpcOptions options, TimeProvider time) => _transport = new RpcTransport(http, options, time);

    /// <summary>Number of endpoints.</summary>
    public int Endpoints => _transport.Endpoints;

    /// <summary>A handler that follows no redirects, decompresses answers and renews connections, so that changed addresses are noticed.</summary>
    public static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = System.Net.DecompressionMethods.All,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(10),
    };

    /// <summary>The chain's number (EIP-155).</summary>
    public Task<ulong> ChainIdAsync(CancellationToken cancellation) => AskAsync("eth_chainId", static _ => { }, RpcJson.UInt64, cancellation);

    /// <summary>Number of the newest block.</summary>
    public Task<ulong> BlockNumberAsync(CancellationToken cancellation) => AskAsync("eth_blockNumber", static _ => { }, RpcJson.UInt64, cancellation);

    /// <summary>A block's header, null when the node does not know the block.</summary>
    public Task<BlockHeader?> GetBlockHeaderAsync(BlockTag block, CancellationToken cancellation) =>
        AskAsync(block.IsHash ? "eth_getBlockByHash" : "eth_getBlockByNumber", w => WriteBlock(w, block), BlockHeader.Read, cancellation);

    /// <summary>The headers of blocks <paramref name="from"/> to <paramref name="to"/>, both included; null for a block that the node does not know.</summary>
    /// <param name="from">First block.</param>
    /// <param name="to">Last block.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="endpoint">Only this endpoint (0-based), or null for any.</param>
    public async Task<IReadOnlyList<BlockHeader?>> GetBlockHeadersAsync(ulong from, ulong to, CancellationToken cancellation, int? endpoint = null) =>
        await _transport.SendAsync("eth_getBlockByNumber", checked((int)(to - from + 1)), (w, i) => WriteBlock(w, from + (ulong)i), BlockHeader.Read, endpoint, cancellation);

    /// <summary>Logs of blocks <paramref name="from"/> to <paramref name="to"/>, both included. A lagging node leaves logs out without an error.</summary>
    /// <param name="filter">Which logs.</param>
    /// <param name="from">First block.</param>
    /// <param name="to">Last block.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="endpoint">Only this endpoint (0-based), or null for any.</param>
    public Task<List<Log>> GetLogsAsync(LogFilter filter, ulong from, ulong to, CancellationToken cancellation, int? endpoint = null) =>
        AskAsync("eth_getLogs", w => WriteFilter(w, filter, from, to, null), ReadLogs, cancellation, endpoint);

    /// <summary>Logs of the block of that hash (EIP-234); an error when the node does not know the block.</summary>
    public Task<List<Log>> GetLogsAsync(LogFilter filter, Hash32 block, CancellationToken cancellation, int? endpoint = null) =>
        AskAsync("eth_getLogs", w => WriteFilter(w, filter, 0, 0, block), ReadLogs, cancellation, endpoint);

    /// <summary>The receipt of a mined transaction, null while it waits or is unknown.</summary>
    public Task<TransactionReceipt?> GetTransactionReceiptAsync(Hash32 transaction, CancellationToken cancellation) =>
        AskAsync("eth_getTransactionReceipt", w => w.WriteStringValue(transaction.ToString()), TransactionReceipt.Read, cancellation);

    /// <summary>All receipts of a block, null when the node does not know the block.</summary>
    public Task<List<TransactionReceipt>?> GetBlockReceiptsAsync(BlockTag block, CancellationToken cancellation, int? endpoint = null) =>
        AskAsync("eth_getBlockReceipts", w => w.WriteStringValue(block.ToString()), ReadReceipts, cancellation, endpoint);

    /// <summary>Whether the node knows the transaction, waiting or mined.</summary>
    public Task<bool> IsTransactionKnownAsync(Hash32 transaction, CancellationToken cancellation) =>
        AskAsync("eth_getTransactionByHash", w => w.WriteStringValue(transaction.ToString()), ReadPresence, cancellation);

    /// <summary>Number of transactions that the account sent: its next nonce. <see cref="BlockTag.Pending"/> counts waiting ones.</summary>
    public Task<ulong> GetTransactionCountAsync(Address account, BlockTag block, CancellationToken cancellation) =>
        AskAsync("eth_getTransactionCount", w => WriteAt(w, account, block), RpcJson.UInt64, cancellation);

    /// <summary>The account's balance, wei.</summary>
    public Task<BigInteger> GetBalanceAsync(Address account, BlockTag block, CancellationToken cancellation) =>
        AskAsync("eth_getBalance", w => WriteAt(w, account, block), RpcJson.BigInteger, cancellation);

    /// <summary>The contract's code; empty for an account without one.</summary>
    public Task<byte[]> GetCodeAsync(Address account, BlockTag block, CancellationToken cancellation) =>
        AskAsync("eth_getCode", w => WriteAt(w, account, block), RpcJson.Bytes, cancellation);

    /// <summary>Gas that the transaction would use on the newest block.</summary>
    /// <exception cref="RpcErrorException">It would revert; see <see cref="RpcErrorException.RevertData"/>.</exception>
    public Task<ulong> EstimateGasAsync(TransactionRequest transaction, CancellationToken cancellation) =>
        AskAsync("eth_estimateGas", transaction.Write, RpcJson.UInt64, cancellation);

    /// <summary>Runs a call without a transaction.</summary>
    /// <returns>What it returned.</returns>
    /// <exception cref="RpcErrorException">It reverts; see <see cref="RpcErrorException.RevertData"/>.</exception>
    public Task<byte[]> CallAsync(TransactionRequest transaction, BlockTag block, CancellationToken cancellation) =>
        AskAsync("eth_call", w => WriteCall(w, transaction, block), RpcJson.Bytes, cancellation);

    /// <summary>Runs a contract's function without a transaction.</summary>
    /// <exception cref="AbiException">It returned something else than its ABI says: there is no such contract at that address.</exception>
    public async Task<TResult> CallAsync<TResult>(Address contract, ICall<TResult> call, CancellationToken cancellation, BlockTag block = default, Address? from = null) =>
        call.DecodeResult(await CallAsync(TransactionRequest.Of(contract, call, from), block, cancellation));

    /// <summary>Prices of the newest blocks.</summary>
    /// <param name="blocks">Number of blocks, 1 to 1024.</param>
    /// <param name="newest">The last of them.</param>
    /// <param name="percentiles">0 to 100, ascending; of the producers' rewards, by gas.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<FeeHistory> FeeHistoryAsync(int blocks, BlockTag newest, IReadOnlyList<double> percentiles, CancellationToken cancellation) =>
        AskAsync("eth_feeHistory", w => WriteFeeHistory(w, blocks, newest, percentiles), FeeHistory.Read, cancellation);

    /// <summary>What the node suggests to pay the block's producer, wei per gas.</summary>
    public Task<BigInteger> MaxPriorityFeePerGasAsync(CancellationToken cancellation) =>
        AskAsync("eth_maxPriorityFeePerGas", static _ => { }, RpcJson.BigInteger, cancellation);

    /// <summary>Sends a signed transaction. Sending it again is harmless; a node that knows it already counts as success.</summary>
    /// <returns>Its hash.</returns>
    /// <exception cref="RpcErrorException">The node refuses it: nonce too low, too little money, underpriced.</exception>
    public async Task<Hash32> SendRawTransactionAsync(ReadOnlyMemory<byte> raw, CancellationToken cancellation)
    {
        var hash = Keccak256.Hash(raw.Span);
        try
        {
            await AskAsync("eth_sendRawTransaction", w => w.WriteStringValue(Hex.ToString(raw.Span)), RpcJson.Hash32, cancellation);
        }
        catch (RpcErrorException e) when (IsKnown(e.NodeMessage))
        {
            // The first endpoint took it and its answer was lost; the second, or the repetition, says so.
        }

        return hash;
    }

    /// <summary>Has the node sign a transaction with an account that it holds.</summary>
    /// <returns>The signed transaction's bytes.</returns>
    public Task<byte[]> SignTransactionAsync(TransactionRequest transaction, CancellationToken cancellation) =>
        AskAsync("eth_signTransaction", transaction.Write, ReadSigned, cancellation);

    /// <summary>Any other method, for tools and tests: <c>evm_snapshot</c>, <c>anvil_mine</c>.</summary>
    /// <param name="method">The method.</param>
    /// <param name="parameters">Values that <see cref="JsonSerializer"/> writes.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<JsonElement> RequestAsync(string method, IReadOnlyList<object?> parameters, CancellationToken cancellation) =>
        AskAsync(method, w => WriteAny(w, parameters), static (ref Utf8JsonReader r) => JsonElement.ParseValue(ref r), cancellation);

    private async Task<T> AskAsync<T>(string method, Action<Utf8JsonWriter> parameters, ResultParser<T> parse, CancellationToken cancellation, int? endpoint = null) =>
        (await _transport.SendAsync(method, 1, (w, _) => parameters(w), parse, endpoint, cancellation))[0];

    private static bool IsKnown(string message) =>
        message.Contains("already known", StringComparison.OrdinalIgnoreCase) || message.Contains("already imported", StringComparison.OrdinalIgnoreCase);

    private static void WriteBlock(Utf8JsonWriter writer, BlockTag block)
    {
        writer.WriteStringValue(block.ToString());
        writer.WriteBooleanValue(false);
    }

    private static void WriteAt(Utf8JsonWriter writer, Address account, BlockTag block)
    {
        writer.WriteStringValue(account.ToString());
        block.Write(writer);
    }

    private static void WriteCall(Utf8JsonWriter writer, TransactionRequest transaction, BlockTag block)
    {
        transaction.Write(writer);
        block.Write(writer);
    }

    private static void WriteFilter(Utf8JsonWriter writer, LogFilter filter, ulong from, ulong to, Hash32? block)
    {
        writer.WriteStartObject();
        if (block is { } hash)
        {
            writer.WriteString("blockHash"u8, hash.ToString());
        }
        else
        {
            writer.WriteString("fromBlock"u8, Hex.Quantity(from));
            writer.WriteString("toBlock"u8, Hex.Quantity(to));
        }

        filter.WriteMembers(writer);
        writer.WriteEndObject();
    }

    private static void WriteFeeHistory(Utf8JsonWriter writer, int blocks, BlockTag newest, IReadOnlyList<double> percentiles)
    {
        writer.WriteStringValue(Hex.Quantity((ulong)blocks));
        writer.WriteStringValue(newest.ToString());
        writer.WriteStartArray();
        foreach (var percentile in percentiles)
        {
            writer.WriteNumberValue(percentile);
        }

        writer.WriteEndArray();
    }

    private static void WriteAny(Utf8JsonWriter writer, IReadOnlyList<object?> parameters)
    {
        foreach (var parameter in parameters)
        {
            switch (parameter)
            {
                case ulong or BigInteger:
                    writer.WriteStringValue(Hex.Quantity(parameter is ulong small ? small : (BigInteger)parameter));
                    break;
                case Hash32 or Address:
                    writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{parameter}"));
                    break;
                case byte[] bytes:
                    writer.WriteStringValue(Hex.ToString(bytes));
                    break;
                default:
                    JsonSerializer.Serialize(writer, parameter);
                    break;
            }
        }
    }

    private static List<Log> ReadLogs(ref Utf8JsonReader reader) => RpcJson.List(ref reader, Log.Read);

    private static List<TransactionReceipt>? ReadReceipts(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Null
            ? null
            : RpcJson.List(ref reader, static (ref Utf8JsonReader r) => TransactionReceipt.Read(ref r) ?? throw RpcJson.Malformed("a receipt of a mined transaction"));

    private static bool ReadPresence(ref Utf8JsonReader reader)
    {
        var present = reader.TokenType != JsonTokenType.Null;
        reader.Skip();
        return present;
    }

    // Geth answers {raw, tx}, others the bytes alone.
    private static byte[] ReadSigned(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return RpcJson.Bytes(ref reader);
        }

        byte[]? raw = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isRaw = reader.ValueTextEquals("raw"u8);
            reader.Read();
            if (isRaw)
            {
                raw = RpcJson.Bytes(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return raw ?? throw RpcJson.Malformed("the signed transaction's bytes");
    }
}
