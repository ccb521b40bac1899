using System.Security.Cryptography;

namespace Workers.Hosting.Cryptography;

/// <summary>A key or a sealed message that RFC 9180 does not accept; the message says which and never contains key material.</summary>
public sealed class HpkeException : CryptographicException
{
    /// <summary>Makes the exception with an explanation.</summary>
    public HpkeException(string message) : base(message)
    {
    }

    /// <summary>Makes the exception with an explanation and what the platform said.</summary>
    public HpkeException(string message, Exception inner) : base(message, inner)
    {
    }
}
