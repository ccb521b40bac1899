using System.Diagnostics;
using System.Security.Cryptography;

namespace Workers.Hosting.Cryptography;

/// <summary>
/// Bytes that must not be seen: a period's key, a private key, a master key. They live in pinned memory, so the garbage
/// collector leaves no copies behind, and are zeroed on <see cref="Dispose"/>. Text and debugger show nothing of them.
/// </summary>
[DebuggerDisplay("[secret]")]
public sealed class Secret : IDisposable
{
    private readonly byte[] _bytes;
    private bool _disposed;

    private Secret(int length) => _bytes = GC.AllocateArray<byte>(length, pinned: true);

    /// <summary>Number of bytes.</summary>
    public int Length => _bytes.Length;

    /// <summary>Makes a secret of <paramref name="length"/> random bytes from the system's generator.</summary>
    public static Secret Random(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        var secret = new Secret(length);
        RandomNumberGenerator.Fill(secret._bytes);
        return secret;
    }

    /// <summary>Copies <paramref name="source"/>; the caller zeroes its own buffer.</summary>
    public static Secret CopyOf(ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty)
        {
            throw new ArgumentException("A secret has at least one byte.", nameof(source));
        }

        var secret = new Secret(source.Length);
        source.CopyTo(secret._bytes);
        return secret;
    }

    /// <summary>Shows the bytes. The span is valid until the secret is disposed; never store or log what it holds.</summary>
    /// <exception cref="ObjectDisposedException">The secret was zeroed.</exception>
    public ReadOnlySpan<byte> Reveal()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _bytes;
    }

    /// <summary>Compares in constant time.</summary>
    public bool FixedTimeEquals(Secret other) => CryptographicOperations.FixedTimeEquals(Reveal(), other.Reveal());

    /// <summary>Always <c>[secret]</c>.</summary>
    public override string ToString() => "[secret]";

    /// <summary>Zeroes the bytes.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_bytes);
        _disposed = true;
    }

    /// <summary>Makes a secret whose bytes <paramref name="fill"/> writes in place.</summary>
    internal static Secret Create<TState>(int length, TState state, System.Buffers.SpanAction<byte, TState> fill)
    {
        var secret = new Secret(length);
        fill(secret._bytes, state);
        return secret;
    }
}
