using System.Numerics;
using System.Text.Json;

namespace Ethereum.Rpc;

/// <summary>Prices of the newest blocks (eth_feeHistory).</summary>
/// <param name="OldestBlock">Number of the first block.</param>
/// <param name="BaseFeePerGas">Wei per gas of each block, and of the block that comes next.</param>
/// <param name="GasUsedRatio">Gas used of each block's limit, 0 to 1.</param>
/// <param name="Rewards">Wei per gas that producers got, per block and percentile asked for; empty when none were.</param>
public sealed record FeeHistory(ulong OldestBlock, IReadOnlyList<BigInteger> BaseFeePerGas, IReadOnlyList<double> GasUsedRatio, IReadOnlyList<IReadOnlyList<BigInteger>> Rewards)
{
    internal static FeeHistory Read(ref Utf8JsonReader reader)
    {
        ulong? oldest = null;
        List<BigInteger>? baseFees = null;
        List<double> ratios = [];
        List<IReadOnlyList<BigInteger>> rewards = [];
        RpcJson.Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "oldestBlock":
                    oldest = RpcJson.UInt64(ref reader);
                    break;
                case "baseFeePerGas":
                    baseFees = RpcJson.List(ref reader, RpcJson.BigInteger);
                    break;
                case "gasUsedRatio":
                    ratios = RpcJson.List(ref reader, static (ref Utf8JsonReader r) => r.GetDouble());
                    break;
                case "reward" when reader.TokenType == JsonTokenType.StartArray:
                    rewards = RpcJson.List(ref reader, static IReadOnlyList<BigInteger> (ref Utf8JsonReader r) => RpcJson.List(ref r, RpcJson.BigInteger));
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return oldest is { } o && baseFees is { Count: > 0 }
            ? new FeeHistory(o, baseFees, ratios, rewards)
            : throw new JsonException("a fee history lacks oldestBlock or baseFeePerGas");
    }
}
