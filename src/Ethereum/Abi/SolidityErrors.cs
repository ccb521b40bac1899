using System.Numerics;

namespace Ethereum.Abi;

/// <summary>The errors that Solidity itself makes: <c>require</c> with a text, and <c>assert</c>.</summary>
public static class SolidityErrors
{
    /// <summary>The built-in error that the revert data holds, or null when it is none.</summary>
    public static IContractError? Decode(ReadOnlySpan<byte> data) =>
        data.StartsWith(Reason.Selector) ? Reason.Decode(data)
        : data.StartsWith(Panic.Selector) ? Panic.Decode(data)
        : null;

    /// <summary><c>Error(string)</c>: a text for people.</summary>
    /// <param name="Message">The text, as the contract gave it.</param>
    public sealed record Reason(string Message) : IContractError<Reason>
    {
        /// <inheritdoc/>
        public static ReadOnlySpan<byte> Selector => [0x08, 0xc3, 0x79, 0xa0];

        string IContractError.Error => "Error(string)";

        /// <inheritdoc/>
        public static Reason Decode(ReadOnlySpan<byte> data)
        {
            var reader = new AbiReader(Arguments(data, Selector), AbiReader.Word);
            var message = reader.String();
            reader.End();
            return new Reason(message);
        }
    }

    /// <summary><c>Panic(uint256)</c>: 0x01 a failed assertion, 0x11 overflow, 0x12 division by zero, 0x32 index out of bounds (Solidity documentation, "Panic via assert").</summary>
    /// <param name="Code">What went wrong.</param>
    public sealed record Panic(BigInteger Code) : IContractError<Panic>
    {
        /// <inheritdoc/>
        public static ReadOnlySpan<byte> Selector => [0x4e, 0x48, 0x7b, 0x71];

        string IContractError.Error => "Panic(uint256)";

        /// <inheritdoc/>
        public static Panic Decode(ReadOnlySpan<byte> data)
        {
            var reader = new AbiReader(Arguments(data, Selector), AbiReader.Word);
            var code = reader.BigUInt(256);
            reader.End();
            return new Panic(code);
        }
    }

    private static ReadOnlySpan<byte> Arguments(ReadOnlySpan<byte> data, ReadOnlySpan<byte> selector) =>
        data.StartsWith(selector) ? data[4..] : throw new AbiException("The revert data is another error.");
}
