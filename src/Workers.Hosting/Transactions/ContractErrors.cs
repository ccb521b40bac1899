using Ethereum;
using Ethereum.Abi;
using Ethereum.Contracts;

namespace Workers.Hosting.Transactions;

/// <summary>Tells a person why a contract refused a call.</summary>
public static class ContractErrors
{
    /// <summary>The custom error with its values, the reason string, or the data as it came.</summary>
    /// <param name="data">What the call reverted with.</param>
    public static string Describe(ReadOnlySpan<byte> data)
    {
        var error = DataTrades.DecodeError(data) ?? TradingSessions.DecodeError(data) ?? DatasetMarket.DecodeError(data) ?? PrivacyOracle.DecodeError(data) ?? Conduct.DecodeError(data)
            ?? Collaboration.DecodeError(data)
            ?? MarketToken.DecodeError(data) ?? CommunicationLog.DecodeError(data) ?? SolidityErrors.Decode(data);
        return error?.ToString() ?? $"reverted with {Hex.ToString(data)}";
    }
}
