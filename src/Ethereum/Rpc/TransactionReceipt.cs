using System.Numerics;
using System.Text.Json;

namespace Ethereum.Rpc;

/// <summary>What became of a mined transaction.</summary>
/// <param name="TransactionHash">Hash of the transaction.</param>
/// <param name="BlockNumber">Number of the block.</param>
/// <param name="BlockHash">Hash of the block.</param>
/// <param name="TransactionIndex">0-based position in the block.</param>
/// <param name="From">The sender.</param>
/// <param name="To">The receiver, null for a creation.</param>
/// <param name="ContractAddress">The contract that a creation made.</param>
/// <param name="Succeeded">False when it reverted.</param>
/// <param name="GasUsed">Gas.</param>
/// <param name="EffectiveGasPrice">Wei per gas that was paid.</param>
/// <param name="Logs">Its logs.</param>
public sealed record TransactionReceipt(
    Hash32 TransactionHash, ulong BlockNumber, Hash32 BlockHash, int TransactionIndex, Address From, Address? To, Address? ContractAddress,
    bool Succeeded, ulong GasUsed, BigInteger EffectiveGasPrice, IReadOnlyList<Log> Logs)
{
    internal static TransactionReceipt? Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        Hash32? hash = null, blockHash = null;
        ulong? block = null, gasUsed = null, status = null;
        int? index = null;
        Address? from = null, to = null, contract = null;
        var price = BigInteger.Zero;
        List<Log>? logs = null;
        RpcJson.Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "transactionHash":
                    hash = RpcJson.Hash32(ref reader);
                    break;
                case "blockHash":
                    blockHash = RpcJson.OptionalHash32(ref reader);
                    break;
                case "blockNumber" when reader.TokenType != JsonTokenType.Null:
                    block = RpcJson.UInt64(ref reader);
                    break;
                case "transactionIndex":
                    index = RpcJson.Int32(ref reader);
                    break;
                case "from":
                    from = RpcJson.Address(ref reader);
                    break;
                case "to":
                    to = RpcJson.OptionalAddress(ref reader);
                    break;
                case "contractAddress":
                    contract = RpcJson.OptionalAddress(ref reader);
                    break;
                case "status":
                    status = RpcJson.UInt64(ref reader);
                    break;
                case "gasUsed":
                    gasUsed = RpcJson.UInt64(ref reader);
                    break;
                case "effectiveGasPrice":
                    price = RpcJson.BigInteger(ref reader);
                    break;
                case "logs":
                    logs = RpcJson.List(ref reader, Log.Read);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (blockHash is null || block is null)
        {
            return null; // some nodes answer so for a transaction that still waits
        }

        return hash is { } h && index is { } i && from is { } f && status is { } s && gasUsed is { } g && logs is not null
            ? new TransactionReceipt(h, block.Value, blockHash.Value, i, f, to, contract, s == 1, g, price, logs)
            : throw new JsonException("a receipt lacks one of transactionHash, transactionIndex, from, status, gasUsed, logs");
    }
}
