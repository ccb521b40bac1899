namespace Ethereum.Rpc;

/// <summary>A JSON-RPC request failed. Names the endpoint by host and port only: its path or credentials may be secret.</summary>
public abstract class RpcException : Exception
{
    private protected RpcException(string endpoint, string method, string what, bool isTransient, Exception? innerException)
        : base($"{method} at {endpoint}: {what}", innerException) =>
        (Endpoint, Method, IsTransient) = (endpoint, method, isTransient);

    /// <summary>Host and port of the endpoint.</summary>
    public string Endpoint { get; }

    /// <summary>The JSON-RPC method.</summary>
    public string Method { get; }

    /// <summary>Whether the same request may succeed later, or at another endpoint.</summary>
    public bool IsTransient { get; }

    /// <summary>Whether another endpoint should be asked at once.</summary>
    internal abstract bool AnotherEndpointMayAnswer { get; }
}

/// <summary>No answer: the endpoint cannot be reached, took too long, or refused the HTTP request.</summary>
public sealed class RpcTransportException : RpcException
{
    internal RpcTransportException(string endpoint, string method, string what, bool isTransient, TimeSpan? retryAfter = null, Exception? innerException = null)
        : base(endpoint, method, what, isTransient, innerException) =>
        RetryAfter = retryAfter;

    /// <summary>How long the endpoint asked to be left alone (Retry-After), if it did.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Whether the time limit passed.</summary>
    public bool IsTimeout => InnerException is OperationCanceledException;

    /// <summary>Whether the endpoint said that the request asks for too much (HTTP 413).</summary>
    internal bool IsTooLarge { get; init; }

    internal override bool AnotherEndpointMayAnswer => true;
}

/// <summary>An answer that is not the JSON-RPC answer to the request: HTML, truncated or malformed JSON, a wrong id, a missing or impossible part.</summary>
public sealed class RpcProtocolException : RpcException
{
    internal RpcProtocolException(string endpoint, string method, string what, Exception? innerException = null)
        : base(endpoint, method, what, isTransient: true, innerException)
    {
    }

    internal override bool AnotherEndpointMayAnswer => true;
}

/// <summary>The answer is longer than <see cref="EthereumRpcOptions.MaxResponseBytes"/>; ask for less at once.</summary>
public sealed class RpcResponseTooLargeException : RpcException
{
    internal RpcResponseTooLargeException(string endpoint, string method, long limit)
        : base(endpoint, method, $"the answer is longer than the limit of {limit} bytes; ask for less at once or raise the limit", isTransient: false, null)
    {
    }

    internal override bool AnotherEndpointMayAnswer => false;
}

/// <summary>The node answered with a JSON-RPC error.</summary>
public sealed class RpcErrorException : RpcException
{
    private const int MethodNotFound = -32601;

    internal RpcErrorException(string endpoint, string method, long code, string message, byte[]? data)
        : base(endpoint, method, $"error {code}: {message}", IsLimit(code), null) =>
        (Code, NodeMessage, RevertData) = (code, message, data);

    /// <summary>The error's code (JSON-RPC 2.0, section 5.1; EIP-1474). 3 and -32000 are used for reverts.</summary>
    public long Code { get; }

    /// <summary>What the node said, shortened to 512 characters.</summary>
    public string NodeMessage { get; }

    /// <summary>What the contract reverted with (a selector and arguments), null when the error carries no bytes.</summary>
    public byte[]? RevertData { get; }

    /// <summary>Whether the contract reverted.</summary>
    public bool IsRevert => Code == 3 || RevertData is not null || NodeMessage.Contains("revert", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the endpoint does not offer the method.</summary>
    public bool IsMethodMissing => Code == MethodNotFound;

    internal override bool AnotherEndpointMayAnswer => IsTransient || IsMethodMissing;

    // EIP-1474: -32002 resource unavailable, -32005 limit exceeded. Hosted nodes use 429 and -32029 for their rate limits as well.
    private static bool IsLimit(long code) => code is -32002 or -32005 or -32029 or 429;
}
