using System.Buffers.Binary;
using System.Text.Json;
using Ethereum.Logs;
using Ethereum.Rpc;

namespace Ethereum.Tests.Rpc;

/// <summary>A chain made of arithmetic: block n has the hash of n, and the logs it is given.</summary>
internal static class Chain
{
    public static readonly Address Token = Address.Parse("0x00000000000000000000000000000000000070ce");
    public static readonly Hash32 Topic = Keccak256.Hash("Transfer(address,address,uint256)");

    public static Hash32 HashOf(ulong number, string fork = "")
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return Keccak256.Hash([.. bytes, .. System.Text.Encoding.ASCII.GetBytes(fork)]);
    }

    public static BlockHeader Block(ulong number, params Log[] logs) =>
        new(number, HashOf(number), number == 0 ? Hash32.Zero : HashOf(number - 1), 1000 + number, Bloom.Of(logs), 1);

    public static Log LogAt(ulong number, int index) => new(Token, [Topic], [1], number, HashOf(number), Keccak256.Hash($"tx{number}.{index}"), index, index);

    public static string Json(BlockHeader header) => JsonSerializer.Serialize(new
    {
        number = Hex.Quantity(header.Number),
        hash = header.Hash.ToString(),
        parentHash = header.ParentHash.ToString(),
        timestamp = Hex.Quantity(header.Timestamp),
        logsBloom = Hex.ToString(header.LogsBloom),
        baseFeePerGas = "0x1",
        transactions = Array.Empty<string>(),
    });

    public static string Json(Log log) => JsonSerializer.Serialize(new
    {
        address = log.Address.ToString(),
        topics = log.Topics.Select(t => t.ToString()),
        data = Hex.ToString(log.Data),
        blockNumber = Hex.Quantity(log.BlockNumber),
        blockHash = log.BlockHash.ToString(),
        transactionHash = log.TransactionHash.ToString(),
        transactionIndex = Hex.Quantity((ulong)log.TransactionIndex),
        logIndex = Hex.Quantity((ulong)log.Index),
        removed = log.Removed,
    });

    public static string Receipt(Log log) => JsonSerializer.Serialize(new
    {
        transactionHash = log.TransactionHash.ToString(),
        transactionIndex = Hex.Quantity((ulong)log.TransactionIndex),
        blockNumber = Hex.Quantity(log.BlockNumber),
        blockHash = log.BlockHash.ToString(),
        from = Token.ToString(),
        to = Token.ToString(),
        contractAddress = (string?)null,
        status = "0x1",
        gasUsed = "0x1",
        effectiveGasPrice = "0x1",
        logs = new[] { JsonSerializer.Deserialize<JsonElement>(Json(log)) },
    });
}
