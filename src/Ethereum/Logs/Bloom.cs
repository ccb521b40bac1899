using Ethereum.Rpc;

namespace Ethereum.Logs;

/// <summary>
/// The 2048-bit filter in a block's header over the addresses and topics of its logs (Ethereum yellow paper, section 4.3.1, function M):
/// what was logged is always in it, what was not is seldom.
/// </summary>
public static class Bloom
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 256;

    /// <summary>Adds an address or topic.</summary>
    public static void Add(Span<byte> bloom, ReadOnlySpan<byte> value)
    {
        foreach (var bit in Bits(value))
        {
            bloom[Size - 1 - (bit / 8)] |= (byte)(1 << (bit % 8));
        }
    }

    /// <summary>False when the value was certainly not added.</summary>
    public static bool MayContain(ReadOnlySpan<byte> bloom, ReadOnlySpan<byte> value) => MayContain(bloom, Bits(value));

    /// <summary>The filter of a whole block.</summary>
    public static byte[] Of(IEnumerable<Log> logs)
    {
        var bloom = new byte[Size];
        foreach (var log in logs)
        {
            Add(bloom, log.Address.ToArray());
            foreach (var topic in log.Topics)
            {
                Add(bloom, topic.ToArray());
            }
        }

        return bloom;
    }

    /// <summary>A test for logs that a filter wants: false when the block certainly has none.</summary>
    public static Func<byte[], bool> Matcher(LogFilter filter)
    {
        var wanted = new List<ushort[][]>();
        if (filter.Addresses.Count > 0)
        {
            wanted.Add([.. filter.Addresses.Select(a => Bits(a.ToArray()))]);
        }

        wanted.AddRange(filter.Topics.Where(t => t.Count > 0).Select(t => t.Select(topic => Bits(topic.ToArray())).ToArray()));
        return bloom => wanted.TrueForAll(alternatives => Array.Exists(alternatives, bits => MayContain(bloom, bits))) && (wanted.Count > 0 || bloom.AsSpan().ContainsAnyExcept((byte)0));
    }

    private static bool MayContain(ReadOnlySpan<byte> bloom, ushort[] bits)
    {
        foreach (var bit in bits)
        {
            if ((bloom[Size - 1 - (bit / 8)] & (1 << (bit % 8))) == 0)
            {
                return false;
            }
        }

        return true;
    }

    // The low 11 bits of the first three pairs of bytes of the hash.
    private static ushort[] Bits(ReadOnlySpan<byte> value)
    {
        Span<byte> hash = stackalloc byte[Hash32.Size];
        Keccak256.Hash(value, hash);
        return [Bit(hash), Bit(hash[2..]), Bit(hash[4..])];
    }

    private static ushort Bit(ReadOnlySpan<byte> pair) => (ushort)(((pair[0] << 8) | pair[1]) & 0x7ff);
}
