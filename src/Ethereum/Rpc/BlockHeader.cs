using System.Numerics;
using System.Text.Json;

namespace Ethereum.Rpc;

/// <summary>What is needed of a block's header.</summary>
/// <param name="Number">Height; 0 is genesis.</param>
/// <param name="Hash">The block's hash.</param>
/// <param name="ParentHash">Hash of the block before.</param>
/// <param name="Timestamp">Seconds since 1970.</param>
/// <param name="LogsBloom">256 bytes; 2048 bits, three per address and topic of the logs.</param>
/// <param name="BaseFeePerGas">Wei per gas that is burnt (EIP-1559); 0 before London.</param>
public sealed record BlockHeader(ulong Number, Hash32 Hash, Hash32 ParentHash, ulong Timestamp, byte[] LogsBloom, BigInteger BaseFeePerGas)
{
    private const int BloomBytes = 256;

    internal static BlockHeader? Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        ulong? number = null, timestamp = null;
        Hash32? hash = null, parent = null;
        byte[]? bloom = null;
        var baseFee = BigInteger.Zero;
        RpcJson.Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.ValueSpan;
            reader.Read();
            if (name.SequenceEqual("number"u8))
            {
                number = RpcJson.UInt64(ref reader);
            }
            else if (name.SequenceEqual("hash"u8))
            {
                hash = RpcJson.Hash32(ref reader);
            }
            else if (name.SequenceEqual("parentHash"u8))
            {
                parent = RpcJson.Hash32(ref reader);
            }
            else if (name.SequenceEqual("timestamp"u8))
            {
                timestamp = RpcJson.UInt64(ref reader);
            }
            else if (name.SequenceEqual("logsBloom"u8))
            {
                bloom = RpcJson.Bytes(ref reader);
            }
            else if (name.SequenceEqual("baseFeePerGas"u8))
            {
                baseFee = RpcJson.BigInteger(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return number is { } n && hash is { } h && parent is { } p && timestamp is { } t && bloom?.Length == BloomBytes
            ? new BlockHeader(n, h, p, t, bloom, baseFee)
            : throw new JsonException("a block lacks one of number, hash, parentHash, timestamp, logsBloom (256 bytes)");
    }
}
