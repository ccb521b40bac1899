using System.Text.Json;
using Ethereum.Abi;

namespace Ethereum.Rpc;

/// <summary>A log of a mined transaction.</summary>
/// <param name="Address">The contract that logged.</param>
/// <param name="Topics">Up to four; the first is the event's signature hash.</param>
/// <param name="Data">What is not indexed, ABI-encoded.</param>
/// <param name="BlockNumber">Number of the block.</param>
/// <param name="BlockHash">Hash of the block.</param>
/// <param name="TransactionHash">Hash of the transaction.</param>
/// <param name="TransactionIndex">0-based position of the transaction in the block.</param>
/// <param name="Index">0-based position of the log in the block.</param>
/// <param name="Removed">Whether the node says that a reorganisation took it back.</param>
public sealed record Log(
    Address Address, Hash32[] Topics, byte[] Data, ulong BlockNumber, Hash32 BlockHash, Hash32 TransactionHash, int TransactionIndex, int Index, bool Removed = false)
{
    private const int MaxTopics = 4; // LOG0 to LOG4

    /// <summary>Reads the log as that event.</summary>
    /// <exception cref="AbiException">It is another event, or malformed.</exception>
    public TEvent Decode<TEvent>()
        where TEvent : IEvent<TEvent> =>
        TEvent.Decode(Topics, Data);

    internal static Log Read(ref Utf8JsonReader reader)
    {
        Address? address = null;
        Hash32[]? topics = null;
        byte[]? data = null;
        ulong? block = null;
        Hash32? blockHash = null, transactionHash = null;
        int? transactionIndex = null, index = null;
        var removed = false;
        RpcJson.Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.ValueSpan;
            if (name.SequenceEqual("address"u8))
            {
                reader.Read();
                address = RpcJson.Address(ref reader);
            }
            else if (name.SequenceEqual("topics"u8))
            {
                reader.Read();
                topics = ReadTopics(ref reader);
            }
            else if (name.SequenceEqual("data"u8))
            {
                reader.Read();
                data = RpcJson.Bytes(ref reader);
            }
            else if (name.SequenceEqual("blockNumber"u8))
            {
                reader.Read();
                block = RpcJson.UInt64(ref reader);
            }
            else if (name.SequenceEqual("blockHash"u8))
            {
                reader.Read();
                blockHash = RpcJson.Hash32(ref reader);
            }
            else if (name.SequenceEqual("transactionHash"u8))
            {
                reader.Read();
                transactionHash = RpcJson.Hash32(ref reader);
            }
            else if (name.SequenceEqual("transactionIndex"u8))
            {
                reader.Read();
                transactionIndex = RpcJson.Int32(ref reader);
            }
            else if (name.SequenceEqual("logIndex"u8))
            {
                reader.Read();
                index = RpcJson.Int32(ref reader);
            }
            else if (name.SequenceEqual("removed"u8))
            {
                reader.Read();
                removed = reader.GetBoolean();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return address is { } a && topics is not null && data is not null && block is { } b && blockHash is { } bh
            && transactionHash is { } th && transactionIndex is { } ti && index is { } i
            ? new Log(a, topics, data, b, bh, th, ti, i, removed)
            : throw new JsonException("a log lacks one of address, topics, data, blockNumber, blockHash, transactionHash, transactionIndex, logIndex");
    }

    private static Hash32[] ReadTopics(ref Utf8JsonReader reader)
    {
        Span<Hash32> topics = stackalloc Hash32[MaxTopics];
        var count = 0;
        RpcJson.Expect(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (count == MaxTopics)
            {
                throw new JsonException("a log has more than four topics");
            }

            topics[count++] = RpcJson.Hash32(ref reader);
        }

        return topics[..count].ToArray();
    }
}
