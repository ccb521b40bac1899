using System.Numerics;
using System.Text.Json;
using Ethereum.Abi;

namespace Ethereum.Rpc;

/// <summary>A call or transaction as a node is asked for it; what is null the node chooses.</summary>
public sealed record TransactionRequest
{
    /// <summary>The sender.</summary>
    public Address? From { get; init; }

    /// <summary>The receiver; null creates a contract.</summary>
    public Address? To { get; init; }

    /// <summary>Call data or creation code.</summary>
    public byte[] Data { get; init; } = [];

    /// <summary>Wei sent along.</summary>
    public BigInteger Value { get; init; }

    /// <summary>Gas limit.</summary>
    public ulong? Gas { get; init; }

    /// <summary>Number of the sender's transactions before this one.</summary>
    public ulong? Nonce { get; init; }

    /// <summary>Wei per gas, at most (EIP-1559).</summary>
    public BigInteger? MaxFeePerGas { get; init; }

    /// <summary>Wei per gas for the block's producer, at most (EIP-1559).</summary>
    public BigInteger? MaxPriorityFeePerGas { get; init; }

    /// <summary>The chain for which it is signed.</summary>
    public ulong? ChainId { get; init; }

    /// <summary>A request for a contract's function.</summary>
    public static TransactionRequest Of(Address to, ICall call, Address? from = null) => new() { From = from, To = to, Data = call.Encode() };

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        Write(writer, "from", From?.ToString());
        Write(writer, "to", To?.ToString());
        Write(writer, "data", Data.Length > 0 ? Hex.ToString(Data) : null);
        Write(writer, "value", Value.IsZero ? null : Hex.Quantity(Value));
        Write(writer, "gas", Gas is { } gas ? Hex.Quantity(gas) : null);
        Write(writer, "nonce", Nonce is { } nonce ? Hex.Quantity(nonce) : null);
        Write(writer, "maxFeePerGas", MaxFeePerGas is { } fee ? Hex.Quantity(fee) : null);
        Write(writer, "maxPriorityFeePerGas", MaxPriorityFeePerGas is { } tip ? Hex.Quantity(tip) : null);
        Write(writer, "chainId", ChainId is { } chain ? Hex.Quantity(chain) : null);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
