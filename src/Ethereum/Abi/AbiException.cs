namespace Ethereum.Abi;

/// <summary>Bytes are not the canonical ABI encoding of the expected type, or a value does not fit its type. Repeating will not help.</summary>
public sealed class AbiException : Exception
{
    /// <summary>An error without details.</summary>
    public AbiException()
    {
    }

    /// <summary>An error that says what was expected and what was found.</summary>
    public AbiException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its cause.</summary>
    public AbiException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
