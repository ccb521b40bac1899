namespace Ethereum.Abi;

/// <summary>A call of a contract's function with its arguments; made by the source generator from the contract's ABI.</summary>
public interface ICall
{
    /// <summary>Canonical signature, for example <c>transfer(address,uint256)</c>.</summary>
    string Function { get; }

    /// <summary>Call data: selector and encoded arguments.</summary>
    /// <exception cref="AbiException">An argument does not fit its Solidity type.</exception>
    byte[] Encode();
}

/// <summary>A call that returns something when it is run without a transaction.</summary>
/// <typeparam name="TResult">The one return value, or a record of them.</typeparam>
public interface ICall<out TResult> : ICall
{
    /// <summary>Reads the data that the call returned.</summary>
    /// <exception cref="AbiException">The data is not what the ABI says.</exception>
    TResult DecodeResult(ReadOnlySpan<byte> data);
}

/// <summary>Creation of a contract with its constructor's arguments.</summary>
public interface IDeployment
{
    /// <summary>Bytecode and encoded arguments: the data of a transaction without a receiver.</summary>
    /// <exception cref="AbiException">An argument does not fit its Solidity type.</exception>
    byte[] Encode();
}

/// <summary>An event that a contract logged.</summary>
public interface IEvent
{
    /// <summary>Canonical signature, for example <c>Transfer(address,address,uint256)</c>.</summary>
    string Event { get; }
}

/// <summary>An event that a contract logged, with what is known of its type.</summary>
/// <typeparam name="TSelf">The record itself.</typeparam>
public interface IEvent<TSelf> : IEvent
    where TSelf : IEvent<TSelf>
{
    /// <summary>Keccak-256 of the signature: the log's first topic.</summary>
    static abstract Hash32 Topic { get; }

    /// <summary>Reads a log's topics and data. Indexed strings, bytes, arrays and structs are their Keccak-256.</summary>
    /// <exception cref="AbiException">The log is another event, or is not what the ABI says.</exception>
    static abstract TSelf Decode(ReadOnlySpan<Hash32> topics, ReadOnlySpan<byte> data);
}

/// <summary>A custom error with which a contract reverted.</summary>
public interface IContractError
{
    /// <summary>Canonical signature, for example <c>TooLate(uint256,uint64)</c>.</summary>
    string Error { get; }
}

/// <summary>A custom error with which a contract reverted, with what is known of its type.</summary>
/// <typeparam name="TSelf">The record itself.</typeparam>
public interface IContractError<TSelf> : IContractError
    where TSelf : IContractError<TSelf>
{
    /// <summary>First four bytes of the signature's Keccak-256.</summary>
    static abstract ReadOnlySpan<byte> Selector { get; }

    /// <summary>Reads revert data: selector and arguments.</summary>
    /// <exception cref="AbiException">The data is another error, or is not what the ABI says.</exception>
    static abstract TSelf Decode(ReadOnlySpan<byte> data);
}
