using Ethereum.Rpc;

namespace Ethereum.Logs;

/// <summary>How many blocks the next request asks for: doubles while answers are small and quick, halves when they are not.</summary>
internal sealed class RangeSize(LogReaderOptions options)
{
    private readonly Lock _lock = new();
    private int _size = Math.Clamp(options.InitialRange, 1, options.MaxRange);

    /// <summary>Blocks.</summary>
    public int Current
    {
        get
        {
            lock (_lock)
            {
                return _size;
            }
        }
    }

    /// <summary>An answer came.</summary>
    public void Answered(int blocks, int logs, TimeSpan time)
    {
        lock (_lock)
        {
            if (logs > options.TargetLogs || time > options.TargetTime)
            {
                _size = Math.Min(_size, Math.Max(1, blocks / 2));
            }
            else if (blocks >= _size && logs < options.TargetLogs / 2 && time < options.TargetTime / 2)
            {
                _size = Math.Min(options.MaxRange, 2 * _size);
            }
        }
    }

    /// <summary>The node refused that many blocks.</summary>
    public void Refused(int blocks)
    {
        lock (_lock)
        {
            _size = Math.Min(_size, Math.Max(1, blocks / 2));
        }
    }

    /// <summary>Whether fewer blocks may be answered. There is no standard code for it: nodes say so in words.</summary>
    public static bool IsTooMuch(RpcException error) => error switch
    {
        RpcResponseTooLargeException => true,
        RpcTransportException transport => transport.IsTimeout || transport.IsTooLarge,
        RpcErrorException { NodeMessage: var message } =>
            !message.Contains("rate", StringComparison.OrdinalIgnoreCase)
            && Array.Exists(Words, word => message.Contains(word, StringComparison.OrdinalIgnoreCase)),
        _ => false,
    };

    private static readonly string[] Words = ["range", "results", "too many", "too large", "too big", "response size", "limit", "exceed", "timeout", "timed out", "10000", "10,000"];
}
